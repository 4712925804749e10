//! The sealing keys of other organisations, as a program keeps them.

use std::io;

use protocol::OrganisationId;
use protocol::sealed_message::SealingKey;

/// The sealing keys of other organisations that a program compared (by their fingerprints, by telephone) and keeps. The
/// service tells which key is whose; one that tells another could read what is sealed to it, or send in another's name.
///
/// Asked before anything is sealed to a key, and before anything is opened that is said to come from one. An organisation
/// may have several keys at a time, while it goes over to a new one.
pub trait KnownKeys: Send + Sync + 'static {
    /// Whether this key is relied on as that organisation's. A program that keeps the first it sees keeps it here.
    ///
    /// # Errors
    /// When what is kept cannot be read or written: then nothing is sealed or opened.
    fn is_known(&self, organisation: OrganisationId, key: &SealingKey) -> io::Result<bool>;
}

/// Keeps nothing and relies on what the service tells.
pub(crate) struct AsTheServiceTells;

impl KnownKeys for AsTheServiceTells {
    fn is_known(&self, _: OrganisationId, _: &SealingKey) -> io::Result<bool> {
        Ok(true)
    }
}
