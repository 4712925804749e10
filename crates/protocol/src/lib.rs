//! What crosses the boundary between a partner's system, the service, the keyholder and the recipients
//! of their records: request and answer bodies, the one table of problems, the consent record and its
//! signature, the keyholder's signed epoch list, messages and attachments sealed from one organisation to another, and who gets
//! the keyholder's share of their keys.
//!
//! It does *not* hold rules (who may do what, when a thing expires: `domain`), does not talk to a
//! network or a database, reads no clock and draws no chance. A value of a type in this crate has
//! been read by a strict grammar; that it is *allowed* is for others to decide.
//!
//! Features are modules that carry the same name in every crate.
#![forbid(unsafe_code)]

pub mod access;
pub mod alert;
pub mod audit;
pub mod batch;
pub mod body;
pub mod client;
pub mod consent;
pub mod covenant;
pub mod desk;
pub mod disclosure;
pub mod evaluation;
pub mod event_catalogue;
pub mod exchange;
pub mod family_file;
pub mod family_match;
pub mod follow_up;
pub mod gate;
pub mod health;
pub mod id;
pub mod json;
pub mod jwk;
pub mod key_epochs;
pub mod letter;
pub mod mail;
pub mod match_case;
pub mod notice;
pub mod objection;
pub mod page;
pub mod problem;
pub mod resubmission;
pub mod rights_request;
pub mod rotation;
pub mod sandbox;
pub mod sealed_message;
pub mod sealing_key;
pub mod signal;
pub mod soft_match;
pub mod statistics;
pub mod text;
pub mod webhook;

pub use body::{Body, Refused};
pub use id::{ClientId, Id, IdempotencyKey, KeyId, OrganisationId};
pub use jwk::{Jwk, Thumbprint};
pub use text::{Base64Url, Invalid, YearMonth};

/// The largest body of a JSON request, in bytes; more is `payload-too-large`.
pub const MAX_BODY_BYTES: usize = 16 * 1024;
