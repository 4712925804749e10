//! Reading one file of a bundle piece by piece. Several sections are read side by side from one archive, each with its
//! own place and a buffer that does not grow beyond the longest line allowed.

use std::io::{self, Read, Seek, SeekFrom};

use crate::tar::Member;

/// How much is read at once, in bytes.
const CHUNK: usize = 64 * 1024;

/// A place in one file of the archive.
pub(crate) struct Section {
    next: u64,
    end: u64,
    buffer: Vec<u8>,
    at: usize,
}

/// What a section has next.
pub(crate) enum Line<'a> {
    /// A line, without its line feed.
    Text(&'a [u8]),
    /// Nothing more.
    End,
    /// A line that is too long, or a last line without line feed.
    Broken,
}

impl Section {
    pub(crate) fn new(member: Member) -> Self {
        Self {
            next: member.start,
            end: member.start + member.size,
            buffer: Vec::new(),
            at: 0,
        }
    }

    /// The next line, of at most `longest` bytes.
    pub(crate) fn line(&mut self, archive: &mut (impl Read + Seek), longest: usize) -> io::Result<Line<'_>> {
        let mut searched = 0;
        loop {
            let rest = &self.buffer[self.at..];
            if let Some(found) = memchr::memchr(b'\n', &rest[searched..]) {
                let (from, length) = (self.at, searched + found);
                self.at += length + 1;
                return Ok(if length > longest {
                    Line::Broken
                } else {
                    Line::Text(&self.buffer[from..from + length])
                });
            }
            searched = rest.len();
            if searched > longest {
                return Ok(Line::Broken);
            }
            if !self.fill(archive)? {
                return Ok(if searched == 0 { Line::End } else { Line::Broken });
            }
        }
    }

    /// Whether the section goes on with exactly these bytes; steps over them when it does.
    pub(crate) fn goes_on_with(
        &mut self,
        archive: &mut (impl Read + Seek),
        expected: &[u8],
    ) -> io::Result<bool> {
        while self.buffer.len() - self.at < expected.len() {
            if !self.fill(archive)? {
                return Ok(false);
            }
        }
        let same = self.buffer[self.at..].starts_with(expected);
        if same {
            self.at += expected.len();
        }
        Ok(same)
    }

    /// Whether everything was read.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at == self.buffer.len() && self.next == self.end
    }

    /// The whole of a small file; `None` when it is larger than `most` bytes.
    pub(crate) fn whole(
        archive: &mut (impl Read + Seek),
        member: Member,
        most: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        let size = usize::try_from(member.size).ok().filter(|size| *size <= most);
        let Some(size) = size else { return Ok(None) };
        let mut bytes = vec![0; size];
        archive.seek(SeekFrom::Start(member.start))?;
        archive.read_exact(&mut bytes)?;
        Ok(Some(bytes))
    }

    /// Reads a chunk more; false when there is none.
    fn fill(&mut self, archive: &mut (impl Read + Seek)) -> io::Result<bool> {
        let chunk = (self.end - self.next).min(CHUNK as u64);
        if chunk == 0 {
            return Ok(false);
        }
        self.buffer.drain(..self.at);
        self.at = 0;
        let old = self.buffer.len();
        self.buffer
            .resize(old + usize::try_from(chunk).unwrap_or(CHUNK), 0);
        archive.seek(SeekFrom::Start(self.next))?;
        archive.read_exact(&mut self.buffer[old..])?;
        self.next += chunk;
        Ok(true)
    }
}
