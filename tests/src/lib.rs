//! The actors of the journeys: a region with its service, professionals, guardians, a supervisor.
//!
//! What an actor does goes over HTTP, through the doors that everybody has, to a service on a real PostgreSQL. Time is
//! moved by the test ([`Region::at`]); nothing here waits for a fixed while: [`eventually`] looks again until a deadline.
//! What this crate does *not* do: stand in for a part of the product. It has no second copy of a rule, a route or a
//! statement; SQL is written here only to look, as superuser, at what no role of the service may see.
#![forbid(unsafe_code)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on stops where it stands"
)]

mod anchor;
mod assertion;
mod attachment;
mod batch;
mod broker;
mod ceremony;
mod child;
mod client_key;
mod desk;
mod disclosure;
mod environment;
mod exchange;
mod follow_up;
mod guardian;
mod http;
mod inbox;
mod invariants;
mod keyholder;
mod login;
mod mail;
mod mail_server;
mod match_life;
mod municipality;
mod net_epochs;
mod objection;
mod page;
mod portal;
mod professional;
mod program;
mod region;
mod sandbox;
mod sealing_key;
mod signal_life;
mod soft_match;
mod supervisor;
mod tls;
mod webhook;

pub use anchor::MemoryAnchor;
pub use assertion::{Assertion, ask_token};
pub use attachment::Parcel;
pub use batch::text as batch_text;
pub use broker::{Broker, Odd, claims_of};
pub use ceremony::Lie;
pub use child::{Child, child, children};
pub use client_key::KeyOfClient;
pub use desk::{letter_about_request, letter_about_signal, letter_with};
pub use environment::{Clock, TestEnvironment, eventually, real_now};
pub use guardian::{Guardian, PIN, said_yes, stated};
pub use http::{Answer, Http, Method};
pub use inbox::{EventStream, StreamEvent, somebody_waits};
pub use invariants::{assert_sound, events};
pub use keyholder::RegionKeyholder;
pub use mail_server::{MailServer, Manner, TakenMail};
pub use match_life::others;
pub use municipality::{MUNICIPALITY, Municipality};
pub use net_epochs::{net_key_check, net_token_of, net_tokens};
pub use page::Page;
pub use professional::{Professional, refusal};
pub use program::Program;
pub use region::{COVENANT, ORIGIN, PortalProcess, Region, Settings, TlsDoor, log_signer};
pub use sandbox::Vendor;
pub use sealing_key::{sealing_key_submission, sealing_secret};
pub use soft_match::Client;
pub use supervisor::{Export, FROM_START, SINCE_LAST, Supervisor};
pub use tls::{Authority, Flaw, TlsIdentity};
pub use webhook::{Conduct, Names, Receiver, Shown, TakenDelivery};

/// Sectors, as covenants name them.
pub use domain::actor::Sector;
