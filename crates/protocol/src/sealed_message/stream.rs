//! STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) over ChaCha20-Poly1305: chunks whose place and
//! end are part of their nonce, so that none can be moved, dropped or added.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _, Tag};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use zeroize::Zeroizing;

use crate::text::Confidential;

/// Content per chunk, in bytes.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// What sealing adds to a chunk, in bytes.
pub const TAG_BYTES: usize = 16;

/// A sealed chunk that is not the last, in bytes.
pub const SEALED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;

/// The content was changed, cut, reordered, or sealed under another key or envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Broken;

/// Chunks one after the other, from the first on. A chunk's number is used once, whatever comes of it.
pub(super) struct Stream {
    cipher: ChaCha20Poly1305,
    aad: Vec<u8>,
    next: u64,
}

impl Stream {
    pub(super) fn new(key: &Confidential<32>, aad: &[u8]) -> Self {
        Self {
            cipher: ChaCha20Poly1305::new(key.expose().into()),
            aad: aad.to_vec(),
            next: 0,
        }
    }

    /// Seals what stands in `sealed` from `start` on, where it stands, and puts the tag after it.
    pub(super) fn seal(&mut self, sealed: &mut Vec<u8>, start: usize, last: bool) -> Result<(), Broken> {
        let nonce = self.nonce(last);
        let tag = self
            .cipher
            .encrypt_inout_detached(&nonce, &self.aad, (&mut sealed[start..]).into())
            .map_err(|_| Broken)?;
        sealed.extend_from_slice(&tag);
        Ok(())
    }

    /// Opens a chunk into `content`, whose memory serves for one chunk after the other. Nothing is in it when that fails.
    pub(super) fn open(&mut self, sealed: &[u8], last: bool, content: &mut Vec<u8>) -> Result<(), Broken> {
        content.clear();
        let (chunk, tag) = sealed.split_last_chunk::<TAG_BYTES>().ok_or(Broken)?;
        // Only no content at all is an empty chunk: each content has one sealed form.
        if chunk.len() > CHUNK_BYTES || (chunk.is_empty() && self.next > 0) {
            return Err(Broken);
        }
        content.extend_from_slice(chunk);
        let nonce = self.nonce(last);
        self.cipher
            .decrypt_inout_detached(
                &nonce,
                &self.aad,
                content.as_mut_slice().into(),
                &Tag::<ChaCha20Poly1305>::from(*tag),
            )
            .map_err(|_| {
                content.clear();
                Broken
            })
    }

    /// An 88-bit counter and one byte that is 1 on the last chunk.
    fn nonce(&mut self, last: bool) -> Nonce {
        let mut nonce = [0; 12];
        nonce[3..11].copy_from_slice(&self.next.to_be_bytes());
        nonce[11] = u8::from(last);
        self.next += 1;
        nonce.into()
    }
}

/// How many sealed bytes a content has: no content at all is one empty chunk.
pub(super) fn sealed_bytes(content: u64) -> u64 {
    content + content.div_ceil(CHUNK_BYTES as u64).max(1) * TAG_BYTES as u64
}

/// Seals content.
pub(super) fn seal(key: &Confidential<32>, aad: &[u8], content: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut stream = Stream::new(key, aad);
    let chunks = content.len().div_ceil(CHUNK_BYTES).max(1);
    // Exact: sealed where it stands, content is never left behind by growing.
    let mut sealed = Vec::with_capacity(content.len() + chunks * TAG_BYTES);
    for at in 0..chunks {
        let (from, start) = (at * CHUNK_BYTES, sealed.len());
        sealed.extend_from_slice(&content[from..content.len().min(from + CHUNK_BYTES)]);
        stream.seal(&mut sealed, start, at + 1 == chunks)?;
    }
    Ok(sealed)
}

/// Opens everything or nothing.
pub(super) fn open(key: &Confidential<32>, aad: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Broken> {
    let mut stream = Stream::new(key, aad);
    let chunks = sealed.len().div_ceil(SEALED_CHUNK_BYTES);
    let mut content = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let mut opened = Zeroizing::new(Vec::with_capacity(sealed.len().min(CHUNK_BYTES)));
    for (at, chunk) in sealed.chunks(SEALED_CHUNK_BYTES).enumerate() {
        stream.open(chunk, at + 1 == chunks, &mut opened)?;
        content.extend_from_slice(&opened);
    }
    if chunks == 0 { Err(Broken) } else { Ok(content) }
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
            assert_eq!(sealed.len() as u64, sealed_bytes(length as u64));
            assert_eq!(sealed.len(), sealed.capacity());
            assert!(*open(&key(), b"aad", &sealed).unwrap() == content, "{length}");
        }
    }

    #[test]
    fn chunks_keep_their_place_and_their_end() {
        let chunk = SEALED_CHUNK_BYTES;
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
        let mut stream = Stream::new(&key(), b"");
        let mut sealed = vec![5; CHUNK_BYTES];
        stream.seal(&mut sealed, 0, false).unwrap();
        stream.seal(&mut sealed, SEALED_CHUNK_BYTES, true).unwrap();
        assert_eq!(sealed.len(), SEALED_CHUNK_BYTES + TAG_BYTES);
        assert_eq!(open(&key(), b"", &sealed).err(), Some(Broken));
    }

    #[test]
    fn nonces_are_a_counter_and_an_end() {
        let mut stream = Stream::new(&key(), b"");
        assert_eq!(
            stream.nonce(true),
            Nonce::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
        );
        stream.next = 0x0102;
        assert_eq!(
            stream.nonce(false),
            Nonce::from([0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0])
        );
        assert_eq!(stream.next, 0x0103);
    }
}
