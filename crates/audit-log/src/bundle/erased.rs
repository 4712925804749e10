//! What a bundle says was erased, for whoever has to erase it again after a restore from a backup.

use std::io::{self, Read, Seek};

use super::FILES;
use super::proofs::{self, ErasureLine};
use crate::entry::{Entry, MAX_LEAF_BYTES};
use crate::section::{Line, Section};
use crate::tar;
use crate::text::parse_hex;

/// The places of `entries.jsonl` and `erasures.jsonl` in [`FILES`].
const ENTRIES: usize = 6;
const ERASURES: usize = 9;

/// The events whose openings were erased, as `erasures.jsonl` lists them. Verify the bundle first: nothing is checked here
/// but the form.
///
/// # Errors
/// When reading fails, or the form is another.
pub fn erased_events(bundle: &mut (impl Read + Seek)) -> io::Result<Vec<[u8; 16]>> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "not the form of a bundle");
    let members = tar::read(bundle, &FILES)?.map_err(|_| wrong())?;
    let mut lines = Section::new(members[ERASURES]);
    let mut events = Vec::new();
    loop {
        match lines.line(bundle, proofs::MAX_LINE_BYTES)? {
            Line::Text(line) => events.push(ErasureLine::parse(line).ok_or_else(wrong)?.id),
            Line::End => return Ok(events),
            Line::Broken => return Err(wrong()),
        }
    }
}

/// Records that came to an end which must not be undone by putting a backup back.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct EndedForGood {
    /// Signals that were destroyed: their random tags, and the word for why.
    pub destroyed: Vec<([u8; 16], String)>,
    /// Consents that were taken back.
    pub withdrawn: Vec<[u8; 16]>,
    /// Messages and attachments whose content was destroyed, or is with its recipient alone.
    pub contents: Vec<[u8; 16]>,
}

/// Which signals and contents the entries of a bundle say were destroyed, and which consents withdrawn. Verify the bundle first: nothing
/// is checked here but the form.
///
/// # Errors
/// When reading fails, or the form is another.
pub fn ended_for_good(bundle: &mut (impl Read + Seek)) -> io::Result<EndedForGood> {
    let wrong = || io::Error::new(io::ErrorKind::InvalidData, "not the form of a bundle");
    let members = tar::read(bundle, &FILES)?.map_err(|_| wrong())?;
    let mut lines = Section::new(members[ENTRIES]);
    let mut ended = EndedForGood::default();
    loop {
        let entry = match lines.line(bundle, MAX_LEAF_BYTES)? {
            Line::Text(line) => Entry::parse(line).map_err(|_| wrong())?,
            Line::End => return Ok(ended),
            Line::Broken => return Err(wrong()),
        };
        let tag = || {
            entry
                .sub
                .split_once('_')
                .and_then(|(_, hex)| parse_hex(hex))
                .ok_or_else(wrong)
        };
        match entry.event.as_str() {
            "signal.destroyed" => {
                let reason = entry
                    .to
                    .as_deref()
                    .and_then(|to| to.strip_prefix("destroyed(")?.strip_suffix(')'));
                ended
                    .destroyed
                    .push((tag()?, reason.ok_or_else(wrong)?.to_owned()));
            }
            "consent.withdrawn" => ended.withdrawn.push(tag()?),
            "content.destroyed" | "content.acknowledged" => ended.contents.push(tag()?),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_one_with_erasures() {
        assert_eq!(
            (FILES[ENTRIES], FILES[ERASURES]),
            ("entries.jsonl", "erasures.jsonl")
        );
        assert!(ended_for_good(&mut io::Cursor::new(vec![0; 2048])).is_err());
        assert!(erased_events(&mut io::Cursor::new(vec![0; 2048])).is_err());
    }
}
