//! What happened, provably: the leaves of the audit log, the Merkle tree over them, signed checkpoints, the export
//! bundle and its offline verifier. This crate does *not* decide what is recorded (that is `domain::event`), does not
//! store anything (`store`), reads no clock, draws no entropy and opens no network connection; the verifier shares no
//! other code with the server.
//!
//! The format is described for other implementations in docs/AUDIT-LOG.md.
#![forbid(unsafe_code)]

pub mod bundle;
pub mod carry;
mod case;
pub mod checkpoint;
pub mod commitment;
pub mod cosignature;
pub mod entry;
pub mod note;
pub mod policy;
pub mod proof;
pub mod receipt;
mod section;
mod tar;
mod text;
pub mod tile;
pub mod tree;
pub mod verify;
