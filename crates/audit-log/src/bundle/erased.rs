//! What a bundle says was erased, for whoever has to erase it again after a restore from a backup.

use std::io::{self, Read, Seek};

use super::FILES;
use super::proofs::{self, ErasureLine};
use crate::section::{Line, Section};
use crate::tar;

/// The place of `erasures.jsonl` in [`FILES`].
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_the_one_with_erasures() {
        assert_eq!(FILES[ERASURES], "erasures.jsonl");
        assert!(erased_events(&mut io::Cursor::new(vec![0; 2048])).is_err());
    }
}
