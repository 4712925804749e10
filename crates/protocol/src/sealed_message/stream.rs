//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over ChaCha20-Poly1305: chunks whose place and
//! end are part of their nonce, so that none can be moved, dropped or added.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

use crate::text::Confidential;

/// Content per chunk, in bytes.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// What sealing adds to a chunk, in bytes.
pub const TAG_BYTES: usize = 16;

/// The content was changed, cut, reordered, or sealed under another key or envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// Seals content; no content at all is one empty chunk.
pub(super) fn seal(key: &Confidential<32>, aad: &[u8], content: &[u8]) -> Result<Vec<u8>, Broken> {
    let cipher = ChaCha20Poly1305::new(key.expose().into());
    let chunks = content.len().div_ceil(CHUNK_BYTES).max(1);
    let mut sealed = Vec::with_capacity(content.len() + chunks * TAG_BYTES);
    for at in 0..chunks {
        let start = at * CHUNK_BYTES;
        let msg = &content[start..content.len().min(start + CHUNK_BYTES)];
        let nonce = nonce(at, at + 1 == chunks);
        sealed.extend(cipher.encrypt(&nonce, Payload { msg, aad }).map_err(|_| Broken)?);
    }
    Ok(sealed)
}

/// Opens everything or nothing.
pub(super) fn open(key: &Confidential<32>, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let cipher = ChaCha20Poly1305::new(key.expose().into());
    let chunks = sealed.len().div_ceil(CHUNK_BYTES + TAG_BYTES);
    let mut content = Zeroizing::new(Vec::with_capacity(sealed.len()));
    for (at, msg) in sealed.chunks(CHUNK_BYTES + TAG_BYTES).enumerate() {
        let nonce = nonce(at, at + 1 == chunks);
        let chunk = Zeroizing::new(cipher.decrypt(&nonce, Payload { msg, aad }).map_err(|_| Broken)?);
        // Only no content at all is an empty chunk: each content has one sealed form.
        if chunk.is_empty() && at > 0 {
            return Err(Broken);
        }
        content.extend_from_slice(&chunk);
    }
    if chunks == 0 { Err(Broken) } else { Ok(content) }
}

/// An 88-bit counter and one byte that is 1 on the last chunk.
fn nonce(at: usize, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[3..11].copy_from_slice(&(at as u64).to_be_bytes());
    nonce[11] = u8::from(last);
    nonce.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Confidential<32> {
        Confidential::new([9; 32])
    }

    #[test]
    fn every_length_comes_back() {
        for length in [
            0,
            1,
            CHUNK_BYTES - 1,
            CHUNK_BYTES,
            CHUNK_BYTES + 1,
            3 * CHUNK_BYTES,
        ] {
            let content: Vec<u8> = (0..length).map(|at| at as u8).collect();
            let sealed = seal(&key(), b"aad", &content).unwrap();
            assert_eq!(
                sealed.len(),
                length + length.div_ceil(CHUNK_BYTES).max(1) * TAG_BYTES
            );
            assert!(*open(&key(), b"aad", &sealed).unwrap() == content, "{length}");
        }
    }

    #[test]
    fn chunks_keep_their_place_and_their_end() {
        let chunk = CHUNK_BYTES + TAG_BYTES;
        let sealed = seal(&key(), b"aad", &vec![5; 3 * CHUNK_BYTES]).unwrap();
        let [first, second, third] = [&sealed[..chunk], &sealed[chunk..2 * chunk], &sealed[2 * chunk..]];
        for (what, changed) in [
            ("reordered", [second, first, third].concat()),
            ("last dropped", [first, second].concat()),
            ("first dropped", [second, third].concat()),
            ("repeated", [first, second, second, third].concat()),
            ("cut within a chunk", sealed[..sealed.len() - 1].to_vec()),
            ("cut at the tag", sealed[..TAG_BYTES - 1].to_vec()),
            ("nothing", Vec::new()),
            ("longer", [&sealed[..], &[0]].concat()),
        ] {
            assert_eq!(open(&key(), b"aad", &changed).err(), Some(Broken), "{what}");
        }
        assert!(open(&key(), b"other", &sealed).is_err());
        assert!(open(&Confidential::new([8; 32]), b"aad", &sealed).is_err());
    }

    #[test]
    fn an_empty_chunk_after_content_is_refused() {
        let cipher = ChaCha20Poly1305::new(key().expose().into());
        let chunk = |at, last, msg: &[u8]| {
            cipher
                .encrypt(&nonce(at, last), Payload { msg, aad: b"" })
                .unwrap()
        };
        let sealed = [chunk(0, false, &vec![5; CHUNK_BYTES]), chunk(1, true, b"")].concat();
        assert_eq!(open(&key(), b"", &sealed).err(), Some(Broken));
    }

    #[test]
    fn nonces_are_a_counter_and_an_end() {
        assert_eq!(nonce(0, true), Nonce::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]));
        assert_eq!(
            nonce(0x0102, false),
            Nonce::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0])
        );
    }
}
