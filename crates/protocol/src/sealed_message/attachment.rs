//! Files, sealed and opened a part at a time: whoever seals or opens 25 MiB holds 1 MiB.

use std::io::{self, Write};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::envelope::{ContentKind, Envelope};
use super::header::{AttachmentHeader, MAX_HEADER_BYTES};
use super::stream::{CHUNK_BYTES, SEALED_CHUNK_BYTES, Stream, TAG_BYTES, sealed_bytes};
use super::{Gate, OpenError, Route, SealError, SealingKey, SealingSecret, agreement, check_envelope};
use crate::text::Base64Url;

/// The most content of an attachment, its header among it, in bytes: 25 MiB.
pub const MAX_ATTACHMENT_BYTES: u64 = 25 * 1024 * 1024;

/// Sealed chunks per part.
pub const PART_CHUNKS: usize = 15;

/// The bytes of every part but the last: less than 1 MiB.
pub const PART_BYTES: usize = PART_CHUNKS * SEALED_CHUNK_BYTES;

const PART_CONTENT_BYTES: usize = PART_CHUNKS * CHUNK_BYTES;

/// A part of a sealed attachment.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedPart {
    /// Which, from 0.
    pub number: u32,
    /// Its bytes: [`PART_BYTES`] of them, fewer in the last part.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for SealedPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "part {} [{} bytes]", self.number, self.bytes.len())
    }
}

/// An attachment while it is sealed.
///
/// Its length is said before: [`Sealing::wants`] tells how many bytes of the file go into the next part, and [`Sealing::part`]
/// takes just as many. A file that became shorter or longer meanwhile is noticed by who reads it, and no part is ever sealed
/// twice: a second content under the same key would show how it differs from the first. Who sends a part again keeps its
/// sealed bytes.
pub struct Sealing {
    enc: Base64Url<32>,
    envelope: String,
    stream: Stream,
    /// Until it was sealed.
    header: Zeroizing<Vec<u8>>,
    file_left: u64,
    sealed_bytes: u64,
    /// None when all is sealed.
    next: Option<u32>,
}

impl Sealing {
    /// Begins to seal a file of `file_bytes`.
    ///
    /// `route.message_id` must be new and random. The caller has checked the consent record behind `route.consent_hash`.
    ///
    /// # Errors
    /// [`SealError`], among them [`SealError::TooLarge`].
    pub fn new(
        route: &Route,
        gate: Gate<'_>,
        sender: &SealingSecret,
        recipient: &SealingKey,
        header: &AttachmentHeader,
        file_bytes: u64,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, SealError> {
        let header = header.to_bytes().map_err(|_| SealError::Failed)?;
        let content = (header.len() as u64)
            .checked_add(file_bytes)
            .filter(|content| *content <= MAX_ATTACHMENT_BYTES)
            .ok_or(SealError::TooLarge)?;
        let (enc, key) = agreement::to_recipient(route, gate, sender, recipient, rng)?;
        let envelope = Envelope::new(route, ContentKind::Attachment, gate.kind())
            .to_text()
            .map_err(|_| SealError::Failed)?;
        Ok(Self {
            enc,
            stream: Stream::new(&key, envelope.as_bytes()),
            envelope,
            header,
            file_left: file_bytes,
            sealed_bytes: sealed_bytes(content),
            next: Some(0),
        })
    }

    /// The encapsulated key.
    pub const fn enc(&self) -> Base64Url<32> {
        self.enc
    }

    /// The envelope as canonical JSON.
    pub fn envelope(&self) -> &str {
        &self.envelope
    }

    /// How many sealed bytes there will be in all.
    pub const fn sealed_bytes(&self) -> u64 {
        self.sealed_bytes
    }

    /// Which part comes next; none when all are sealed.
    pub const fn next_part(&self) -> Option<u32> {
        self.next
    }

    /// How many bytes of the file go into the next part; none when all parts are sealed. An empty file has one part of zero.
    pub fn wants(&self) -> Option<usize> {
        self.next?;
        let room = PART_CONTENT_BYTES - self.header.len();
        Some(usize::try_from(self.file_left).map_or(room, |left| left.min(room)))
    }

    /// Seals the next part: [`Sealing::wants`] bytes of the file, in order.
    ///
    /// # Errors
    /// [`SealError::Length`] for another number of bytes; nothing was sealed then.
    pub fn part(&mut self, file: &[u8]) -> Result<SealedPart, SealError> {
        let number = self.next.ok_or(SealError::Length)?;
        if self.wants() != Some(file.len()) {
            return Err(SealError::Length);
        }
        let header = std::mem::take(&mut self.header);
        self.file_left -= file.len() as u64;
        self.next = (self.file_left > 0).then(|| number + 1);

        let content_bytes = header.len() + file.len();
        let chunks = content_bytes.div_ceil(CHUNK_BYTES);
        // Exact: content is sealed where it stands, and none is left behind by growing.
        let mut bytes = Vec::with_capacity(content_bytes + chunks * TAG_BYTES);
        bytes.extend_from_slice(&header);
        let mut file = file;
        for at in 1..=chunks {
            let start = (at - 1) * SEALED_CHUNK_BYTES;
            let room = CHUNK_BYTES - (bytes.len() - start);
            let (now, later) = file.split_at(room.min(file.len()));
            bytes.extend_from_slice(now);
            file = later;
            let last = self.next.is_none() && at == chunks;
            self.stream
                .seal(&mut bytes, start, last)
                .map_err(|_| SealError::Failed)?;
        }
        Ok(SealedPart { number, bytes })
    }
}

impl std::fmt::Debug for Sealing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sealing")
            .field("sealed_bytes", &self.sealed_bytes)
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// An attachment while it is opened, into a sink that is given back when it is whole.
///
/// Each chunk is verified before it goes into the sink, but only the last one shows that none is missing. So the sink is in
/// here until then: give it a file that has no name yet, or a buffer, and use it when [`Opening::finish`] gives it back with
/// the file's name and type. What fails stays failed; dropping it drops the sink.
pub struct Opening<W> {
    stream: Stream,
    left: u64,
    next: u32,
    header: Option<AttachmentHeader>,
    chunk: Zeroizing<Vec<u8>>,
    sink: W,
    failed: bool,
}

/// A whole attachment.
#[derive(Debug)]
pub struct Opened<W> {
    /// Name and type of the file, as the sender says.
    pub header: AttachmentHeader,
    /// The file.
    pub sink: W,
}

/// An attachment was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpeningError {
    /// It is not what it should be.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The sink did not take the content.
    #[error("the content could not be written")]
    Sink(#[source] io::Error),
}

impl<W: Write> Opening<W> {
    /// Begins to open the attachment that must be the one `expected`, of which there are `sealed_bytes`.
    ///
    /// The caller has checked the consent record behind `expected.consent_hash`, and knows `sender`'s key from elsewhere
    /// than the service.
    ///
    /// # Errors
    /// [`OpenError`], among them [`OpenError::Size`] when no attachment has so many bytes.
    #[expect(
        clippy::too_many_arguments,
        reason = "each is another thing, and all are needed at once"
    )]
    pub fn new(
        expected: &Route,
        gate: Gate<'_>,
        sender: &SealingKey,
        recipient: &SealingSecret,
        enc: &Base64Url<32>,
        envelope: &str,
        sealed_bytes: u64,
        sink: W,
    ) -> Result<Self, OpenError> {
        check_envelope(envelope, expected, ContentKind::Attachment, gate)?;
        if !is_possible(sealed_bytes) {
            return Err(OpenError::Size);
        }
        let key = agreement::from_sender(expected, gate, sender, recipient, enc)?;
        Ok(Self {
            stream: Stream::new(&key, envelope.as_bytes()),
            left: sealed_bytes,
            next: 0,
            header: None,
            chunk: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)),
            sink,
            failed: false,
        })
    }

    /// Which part comes next; none when all are opened.
    pub fn next_part(&self) -> Option<u32> {
        (self.left > 0).then_some(self.next)
    }

    /// How many bytes the next part has; none when all are opened.
    pub fn wants(&self) -> Option<usize> {
        let next = usize::try_from(self.left).map_or(PART_BYTES, |left| left.min(PART_BYTES));
        (next > 0).then_some(next)
    }

    /// Opens the next part.
    ///
    /// # Errors
    /// [`OpeningError`]; it stays so, and the sink is not given back.
    pub fn part(&mut self, sealed: &[u8]) -> Result<(), OpeningError> {
        if self.failed || self.wants() != Some(sealed.len()) {
            self.failed = true;
            return Err(OpenError::Broken.into());
        }
        let result = self.open_part(sealed);
        self.failed = result.is_err();
        result
    }

    fn open_part(&mut self, sealed: &[u8]) -> Result<(), OpeningError> {
        for chunk in sealed.chunks(SEALED_CHUNK_BYTES) {
            self.left -= chunk.len() as u64;
            self.stream
                .open(chunk, self.left == 0, &mut self.chunk)
                .map_err(|_| OpenError::Broken)?;
            let mut content = self.chunk.as_slice();
            if self.header.is_none() {
                let (header, file) = AttachmentHeader::split(content).map_err(|_| OpenError::Header)?;
                self.header = Some(header);
                content = file;
            }
            self.sink.write_all(content).map_err(OpeningError::Sink)?;
        }
        self.next += 1;
        Ok(())
    }

    /// Gives the whole file, when it is.
    ///
    /// # Errors
    /// [`OpenError::Unfinished`] when parts are missing, [`OpenError::Broken`] when one was refused; the sink is dropped.
    pub fn finish(mut self) -> Result<Opened<W>, OpeningError> {
        if self.failed {
            return Err(OpenError::Broken.into());
        }
        let header = match self.header {
            Some(header) if self.left == 0 => header,
            _ => return Err(OpenError::Unfinished.into()),
        };
        self.sink.flush().map_err(OpeningError::Sink)?;
        Ok(Opened {
            header,
            sink: self.sink,
        })
    }
}

impl<W> std::fmt::Debug for Opening<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening")
            .field("left", &self.left)
            .field("next", &self.next)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// Whether sealing can give so many bytes: within the limit, and no chunk but with something in it.
fn is_possible(sealed: u64) -> bool {
    let last = sealed % SEALED_CHUNK_BYTES as u64;
    sealed > 0 && sealed <= sealed_bytes(MAX_ATTACHMENT_BYTES) && (last == 0 || last > TAG_BYTES as u64)
}

/// A header lies within the first chunk.
const _: () = assert!(MAX_HEADER_BYTES < CHUNK_BYTES);

#[cfg(test)]
mod tests;
