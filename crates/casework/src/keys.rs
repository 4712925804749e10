//! The service's keys, each for one thing.

use audit_log::checkpoint::LogSigner;
use identifiers::key::MasterKey;
use protocol::consent::ConsentSigner;

use crate::lift::LiftKey;

/// Everything secret that the acts need. Debug shows nothing.
pub struct ServiceKeys {
    /// `K_master`: match tags are made under keys derived from it.
    pub master: MasterKey,
    /// Public half of the key that opens sealed tokens in a rotation ceremony; the secret is split between custodians.
    pub lift: LiftKey,
    /// Signs consent records and their status. Only the portal's process has it, where there is one apart.
    pub consent: Option<ConsentSigner>,
    /// Signs checkpoints of the audit log.
    pub log: LogSigner,
    /// Hashes invitation codes, so that a copy of the database cannot be searched for them.
    pub code_hash: [u8; 32],
    /// The network's name in consent records.
    pub network_name: protocol::consent::record::Name,
}

impl ServiceKeys {
    /// The hash under which an invitation code is stored.
    pub(crate) fn hash_code(&self, canonical: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.code_hash, canonical).as_bytes()
    }
}

impl std::fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceKeys(..)")
    }
}
