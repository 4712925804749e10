//! What a partner's program links: one call each to give a signal, read matches and notices, confirm
//! contact, ask consent, and send, fetch and acknowledge sealed messages and documents; and for a
//! supervisor, to fetch the log.
//!
//! Identifiers become tokens here, before anything leaves the machine, and messages are sealed and
//! opened here. With a keyholder ([`keyholder`]) a token is blinded, evaluated there, verified and
//! unblinded on the way, all inside the one call; when the keyholder fails, nothing is sent to the
//! service, and never a token of the weaker suite. It does *not* keep anything (neither tokens, messages nor which notices were seen),
//! does not decide for the professional, reads no clock and draws no chance of its own: the program
//! gives it an [`Environment`]. It checks consent records before it seals or opens, and with a keyholder gets
//! its share each time, but it has the portal's keys and the other organisations' sealing keys from the
//! service: against a service that hands out wrong keys, [`Settings::consent_keys`] can be pinned, and sealing
//! keys, compared by telephone, kept ([`KnownKeys`]).
//!
//! A call that changes something takes an `Idempotency-Key`, or draws one when it is given none. A call
//! repeats itself a few times under its key; who must go on after a crash or a long outage chooses the
//! key, keeps it, and calls again: the act takes hold once.
//!
//! ```no_run
//! # async fn example(environment: impl client::Environment, secret: identifiers::NetworkSecret) -> Result<(), client::Error> {
//! use client::{NetworkKey, NewSignal, Partner, PartnerKeys, Settings};
//!
//! let settings = Settings {
//!     api_url: "https://trefpunt.example".into(),
//!     token_url: "https://trefpunt.example/oauth/token".into(),
//!     client_id: "cl_school".parse()?,
//!     private_key_pem: std::fs::read_to_string("school.pem").unwrap_or_default().into(),
//!     consent_keys: None,
//!     keyholder: Some(client::keyholder::KeyholderSettings {
//!         url: "https://keyholder.example".into(),
//!         token_url: "https://keyholder.example/oauth/token".into(),
//!         key: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".parse()?,
//!         known: None,
//!         deadline: client::keyholder::DEADLINE,
//!     }),
//!     min_suite: 2,
//! };
//! let sealing = std::fs::read_to_string("school.sealing").unwrap_or_default();
//! let keys = PartnerKeys {
//!     network: vec![NetworkKey { epoch: 1, secret }],
//!     sealing: protocol::sealed_message::SealingSecret::parse_key_file(&sealing)?.into(),
//! };
//! let partner = Partner::connect(settings, keys, environment)?;
//! let submitted = partner
//!     .submit_signal(
//!         &NewSignal {
//!             child: identifiers::Bsn::parse("999990019")?.into(),
//!             guardians: Vec::new(),
//!             professional: protocol::signal::Contact {
//!                 reference: "m.jansen".parse()?,
//!                 email: Some("m.jansen@school.example".parse()?),
//!                 phone: None,
//!             },
//!             planned_end: protocol::text::date("2027-06-30")?,
//!             destroy_by: "2041-05".parse()?,
//!             ground: "development-at-risk".parse()?,
//!             on_behalf_of: None,
//!         },
//!         None,
//!     )
//!     .await?;
//! println!("{}", submitted.signal().id);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod access;
mod audit;
mod batch;
mod clients;
mod connection;
mod consent;
mod covenant;
mod desk;
mod disclosure;
mod environment;
mod error;
mod exchange;
mod family_match;
mod follow_up;
pub mod keyholder;
mod known_keys;
mod mail;
mod match_case;
mod municipality;
mod notice;
mod objection;
mod oblivious;
mod partner;
mod portal;
mod receipts;
mod resubmission;
mod rights_request;
mod sandbox;
mod sealing_keys;
mod settings;
mod signal;
mod soft_match;
mod statistics;
mod tokens;
pub mod webhook;

pub use access::access_token;
pub use audit::Supervisor;
pub use batch::PreparedBatch;
pub use connection::MAX_ATTEMPTS;
pub use environment::Environment;
pub use error::{Error, Lie, NoConsent, Peer, Unsettled};
pub use exchange::{Content, Fetched, SealedAttachment};
pub use known_keys::KnownKeys;
pub use municipality::Municipality;
pub use partner::{NetworkKey, Partner, PartnerKeys, SealingSecrets};
pub use settings::Settings;
pub use signal::{Child, NewSignal, Submitted};

#[cfg(test)]
mod testing;
