//! The service's keys, each for one thing.

use audit_log::checkpoint::LogSigner;
use domain::pin::BUCKET_BITS;
use identifiers::key::MasterKey;
use protocol::consent::ConsentSigner;
use zeroize::Zeroizing;

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
    /// The hash under which a code is stored, that of a letter or a return key.
    pub(crate) fn hash_code(&self, canonical: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.code_hash, canonical).as_bytes()
    }

    /// The hash under which a return key and its PIN are stored together, so that neither can be tried alone.
    pub(crate) fn hash_entry(&self, canonical: &[u8], pin: &[u8]) -> [u8; 32] {
        let key = Zeroizing::new(blake3::derive_key(
            "trefpunt 2026 return key and PIN v1",
            &self.code_hash,
        ));
        let mut hasher = blake3::Hasher::new_keyed(&key);
        hasher.update(canonical).update(pin);
        *hasher.finalize().as_bytes()
    }

    /// Into which bucket a return key falls.
    pub(crate) fn guess_bucket(&self, canonical: &[u8]) -> i32 {
        let key = Zeroizing::new(blake3::derive_key(
            "trefpunt 2026 guess bucket v1",
            &self.code_hash,
        ));
        let [low, high, ..] = *blake3::keyed_hash(&key, canonical).as_bytes();
        i32::from(u16::from_le_bytes([low, high]) & ((1 << BUCKET_BITS) - 1))
    }
}

impl std::fmt::Debug for ServiceKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServiceKeys(..)")
    }
}
