//! Sealing and opening an attachment of 1 MiB, against one ChaCha20-Poly1305 over the same bytes.
//!
//! The floor is what nobody can do without: reading the bytes, encrypting and authenticating them, into memory of their own.
//! What is held against it is all that a partner's program does beside HTTP: agreeing on a key, envelope, header, chunks
//! and parts; and the same back into a file in memory.

use chacha20poly1305::aead::{Aead as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use protocol::sealed_message::{
    AttachmentHeader, Gate, OpenError, Opening, OpeningError, PART_BYTES, Route, SealError, Sealing,
    SealingKey, SealingSecret,
};
use protocol::text::{Base64Url, Confidential};
use protocol::{Id, OrganisationId};
use serde::Serialize;

use super::{Contestant, Line, in_turns};
use crate::environment::{Machine, random, thread_time};

/// The least that is asked of the streaming interface, as a share of the plain cipher.
pub const TARGET: f64 = 0.6;

/// The file: 1 MiB.
pub const FILE_BYTES: usize = 1024 * 1024;

/// What was measured, on one core.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// Bytes of the file.
    pub file_bytes: usize,
    /// Rounds that count.
    pub rounds: u32,
    /// Whether the program was compiled to be measured.
    pub optimised: bool,
    /// Sealing, then opening; the floor of each before it.
    pub lines: Vec<Line>,
}

/// An attachment could not be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeBenchError {
    /// Not sealed.
    #[error("sealing an attachment failed")]
    Seal(#[from] SealError),
    /// Not opened.
    #[error("opening an attachment failed")]
    Open(#[from] OpeningError),
    /// The plain cipher refused, or a header.
    #[error("what is measured against could not be prepared")]
    Floor,
}

/// Measures a file of [`FILE_BYTES`]; a unit is 1 MiB.
///
/// # Errors
/// [`ExchangeBenchError`]; nothing that is asked here is refused.
pub fn run(rounds: u32) -> Result<Report, ExchangeBenchError> {
    let pair = Pair::new()?;
    let file: Vec<u8> = (0..FILE_BYTES).map(|at| (at % 251) as u8).collect();
    let (cipher, nonce) = (
        ChaCha20Poly1305::new(&Key::from(random::<32>())),
        Nonce::from(random::<12>()),
    );
    let plain = cipher
        .encrypt(&nonce, file.as_slice())
        .map_err(|_| ExchangeBenchError::Floor)?;
    // Once before it is measured: what is refused would be measured as quick.
    let sealed = pair.seal(&file)?;
    if pair.open(&sealed)? != file {
        return Err(OpeningError::from(OpenError::Broken).into());
    }

    let series = in_turns(
        rounds,
        thread_time,
        &mut [
            contestant("sealed, plain cipher", || {
                drop(std::hint::black_box(
                    cipher.encrypt(&nonce, std::hint::black_box(file.as_slice())),
                ));
            }),
            contestant("sealed as an attachment", || {
                drop(std::hint::black_box(pair.seal(std::hint::black_box(&file))));
            }),
            contestant("opened, plain cipher", || {
                drop(std::hint::black_box(
                    cipher.decrypt(&nonce, std::hint::black_box(plain.as_slice())),
                ));
            }),
            contestant("opened as an attachment", || {
                drop(std::hint::black_box(pair.open(std::hint::black_box(&sealed))));
            }),
        ],
    );
    let line = |at: usize, floor: usize, target| Line::of(&series[at], &series[floor], target);
    Ok(Report {
        file_bytes: FILE_BYTES,
        rounds,
        optimised: super::optimised(),
        lines: vec![
            line(0, 0, None),
            line(1, 0, Some(TARGET)),
            line(2, 2, None),
            line(3, 2, Some(TARGET)),
        ],
    })
}

fn contestant<'w>(name: &'static str, work: impl FnMut() + 'w) -> Contestant<'w> {
    Contestant {
        name,
        units: 1,
        work: Box::new(work),
    }
}

/// Two organisations, and the share of one attachment.
struct Pair {
    route: Route,
    share: Confidential<32>,
    sender: SealingSecret,
    sender_key: SealingKey,
    recipient: SealingSecret,
    recipient_key: SealingKey,
    header: AttachmentHeader,
}

/// What travels.
struct Travelling {
    enc: Base64Url<32>,
    envelope: String,
    sealed_bytes: u64,
    parts: Vec<Vec<u8>>,
}

impl Pair {
    fn new() -> Result<Self, ExchangeBenchError> {
        let [sender, recipient] = [(); 2].map(|()| SealingSecret::generate(&mut Machine));
        let public = |secret: &SealingSecret| secret.public().map_err(|_| SealError::Key);
        Ok(Self {
            route: Route {
                match_id: Id(random()),
                message_id: Id(random()),
                sender: OrganisationId(random()),
                recipient: OrganisationId(random()),
                consent_hash: Base64Url(random()),
            },
            share: Confidential::new(random()),
            sender_key: public(&sender)?,
            sender,
            recipient_key: public(&recipient)?,
            recipient,
            header: AttachmentHeader::new("verslag.pdf", "application/pdf")
                .map_err(|_| ExchangeBenchError::Floor)?,
        })
    }

    fn seal(&self, file: &[u8]) -> Result<Travelling, SealError> {
        let mut sealing = Sealing::new(
            &self.route,
            Gate::Share(&self.share),
            &self.sender,
            &self.recipient_key,
            &self.header,
            file.len() as u64,
            &mut Machine,
        )?;
        let mut parts = Vec::with_capacity(file.len() / PART_BYTES + 1);
        let mut rest = file;
        while let Some(wants) = sealing.wants() {
            let (now, later) = rest.split_at(wants);
            parts.push(sealing.part(now)?.bytes);
            rest = later;
        }
        Ok(Travelling {
            enc: sealing.enc(),
            envelope: sealing.envelope().to_owned(),
            sealed_bytes: sealing.sealed_bytes(),
            parts,
        })
    }

    fn open(&self, sealed: &Travelling) -> Result<Vec<u8>, OpeningError> {
        let mut opening = Opening::new(
            &self.route,
            Gate::Share(&self.share),
            &self.sender_key,
            &self.recipient,
            &sealed.enc,
            &sealed.envelope,
            sealed.sealed_bytes,
            Vec::with_capacity(FILE_BYTES),
        )?;
        for part in &sealed.parts {
            opening.part(part)?;
        }
        Ok(opening.finish()?.sink)
    }
}
