//! What every HTTP door of the service shares: client assertions and access tokens, problem documents, limits on what
//! comes in, headers on what goes out, idempotency keys, and the readiness of a server that shuts down.
//!
//! It does *not* know any rule of the business, any route, or the database: whether a client exists, a token was
//! revoked, or a key was used before is asked of others. It reads no clock and draws no chance: both are arguments.
#![forbid(unsafe_code)]

pub mod accept;
pub mod access_token;
pub mod assertion;
pub mod bad_assertions;
pub mod bearer;
pub mod body;
pub mod bounded_answer;
pub mod client_certificate;
mod connection;
mod deadline;
pub mod door;
pub mod drain;
mod gate;
mod headers;
pub mod host;
pub mod idempotency;
mod jws;
pub mod key_proof;
pub mod limits;
pub mod parameters;
pub mod places;
pub mod problems;
pub mod public_key;
pub mod recent;
pub mod request_id;
pub mod routes;
pub mod server;
pub mod stream_body;
pub mod tls;
mod token_cache;
pub mod token_request;

pub use body::{FormBody, JsonBody};
pub use bounded_answer::BoundedAnswer;
pub use client_certificate::ClientCertificate;
pub use door::{Door, DoorSettings};
pub use problems::Refusal;
pub use stream_body::StreamBody;
