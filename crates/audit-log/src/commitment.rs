//! Commitments: a leaf holds `HMAC-SHA256(salt, data)`; the pair `{salt, data}`, the *opening*, is kept apart where it
//! can be erased. Without the salt a commitment says nothing about the data, however few values the data can take.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// The commitment a leaf carries as `c`: HMAC-SHA256 with the salt as key, over the opening's data bytes.
#[must_use]
pub fn commit(salt: &[u8; 32], data: &[u8]) -> [u8; 32] {
    // RFC 2104 pads a key with zero bytes to the block of the hash, 64 bytes; done here, no length can be refused.
    let mut key = [0; 64];
    key[..32].copy_from_slice(salt);
    let mut mac = Hmac::<Sha256>::new(&key.into());
    mac.update(data);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answer() {
        // printf '{"method":"letter"}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0101...01
        let commitment = commit(&[1; 32], br#"{"method":"letter"}"#);
        assert_eq!(
            crate::text::hex(&commitment),
            "a872f982ad5cdc84a4506b91c0dbbe5858cb272ece7a5ce526cf7cc38004ef0a"
        );
    }
}
