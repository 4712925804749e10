//! The files with hashes in them: lists of hashes (`frontier`, `consistency`), the lines of carry.jsonl and of
//! erasures.jsonl. Each has one spelling: a reader writes again what it read and compares.

use crate::carry::{Carried, Why};
use crate::entry::MAX_LEAF_BYTES;
use crate::text::{base64, hex, parse_base64_32, parse_hex};
use crate::tree::Hash;

/// A hash as a line: 44 characters of base64 and a line feed.
const HASH_LINE: usize = 45;
/// The most hashes a list can have: as many as a size has bits.
const MAX_HASHES: usize = 64;
/// The longest file `frontier` or `consistency`, in bytes.
pub(crate) const MAX_LIST_BYTES: usize = (MAX_HASHES + 1) * HASH_LINE;
/// The longest line of carry.jsonl and erasures.jsonl, in bytes.
pub(crate) const MAX_LINE_BYTES: usize = MAX_LEAF_BYTES + MAX_HASHES * (HASH_LINE + 2) + 128;

/// Hashes in base64, one a line.
pub(crate) fn list(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| base64(hash) + "\n").collect()
}

/// Reads what [`list`] wrote.
pub(crate) fn parse_list(file: &[u8]) -> Option<Vec<Hash>> {
    let text = std::str::from_utf8(file).ok()?;
    let hashes: Option<Vec<Hash>> = text.split_terminator('\n').map(parse_base64_32).collect();
    hashes.filter(|hashes| list(hashes) == text)
}

/// How long [`list`] of so many hashes is, in bytes.
pub(crate) fn list_bytes(hashes: usize) -> usize {
    hashes * HASH_LINE
}

/// A line of carry.jsonl: an earlier leaf with its audit path in the tree before the period.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CarryLine<'a> {
    pub(crate) carried: Carried,
    pub(crate) path: Vec<Hash>,
    pub(crate) leaf: &'a [u8],
}

impl<'a> CarryLine<'a> {
    /// The line with its line feed.
    pub(crate) fn to_line(&self) -> Vec<u8> {
        let Carried { index, why } = self.carried;
        let head = format!(
            "{{\"index\":{index},\"why\":\"{}\",\"proof\":{},\"leaf\":",
            why.slug(),
            path(&self.path)
        );
        [head.as_bytes(), self.leaf, b"}\n"].concat()
    }

    /// Reads a line without its line feed. The leaf is not looked into.
    pub(crate) fn parse(line: &'a [u8]) -> Option<Self> {
        const LEAF: &[u8] = b",\"leaf\":";
        let at = line.windows(LEAF.len()).position(|window| window == LEAF)?;
        let (head, leaf) = (std::str::from_utf8(&line[..at]).ok()?, &line[at + LEAF.len()..]);
        let (index, rest) = head.strip_prefix("{\"index\":")?.split_once(",\"why\":\"")?;
        let (why, rest) = rest.split_once("\",\"proof\":")?;
        let read = Self {
            carried: Carried {
                index: index.parse().ok()?,
                why: Why::parse(why)?,
            },
            path: parse_path(rest)?,
            leaf: leaf.strip_suffix(b"}")?,
        };
        (read.to_line().strip_suffix(b"\n") == Some(line)).then_some(read)
    }
}

/// A line of erasures.jsonl: which event's opening was erased, by which leaf, and that leaf's audit path in the tree of
/// the checkpoint.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ErasureLine {
    pub(crate) index: u64,
    pub(crate) id: [u8; 16],
    pub(crate) path: Vec<Hash>,
}

impl ErasureLine {
    /// The line with its line feed.
    pub(crate) fn to_line(&self) -> Vec<u8> {
        let Self {
            index,
            id,
            path: hashes,
        } = self;
        format!(
            "{{\"index\":{index},\"id\":\"{}\",\"proof\":{}}}\n",
            hex(id),
            path(hashes)
        )
        .into_bytes()
    }

    /// Reads a line without its line feed.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(line).ok()?;
        let (index, rest) = text.strip_prefix("{\"index\":")?.split_once(",\"id\":\"")?;
        let (id, rest) = rest.split_once("\",\"proof\":")?;
        let read = Self {
            index: index.parse().ok()?,
            id: parse_hex(id)?,
            path: parse_path(rest.strip_suffix('}')?)?,
        };
        (read.to_line().strip_suffix(b"\n") == Some(line)).then_some(read)
    }
}

fn path(hashes: &[Hash]) -> String {
    let quoted: Vec<String> = hashes
        .iter()
        .map(|hash| format!("\"{}\"", base64(hash)))
        .collect();
    format!("[{}]", quoted.join(","))
}

fn parse_path(text: &str) -> Option<Vec<Hash>> {
    let inside = text.strip_prefix('[')?.strip_suffix(']')?;
    if inside.is_empty() {
        return Some(Vec::new());
    }
    let hashes = inside.split(',').map(|word| {
        let word = word.strip_prefix('"')?.strip_suffix('"')?;
        parse_base64_32(word)
    });
    hashes.take(MAX_HASHES + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_lines_have_one_spelling() {
        let hashes = [[1; 32], [2; 32]];
        let file = list(&hashes);
        assert_eq!(parse_list(file.as_bytes()).unwrap(), hashes);
        assert_eq!(file.len(), list_bytes(2));
        assert_eq!(parse_list(b"").unwrap(), [[0; 32]; 0]);
        for bad in [
            "\n",
            &file[1..],
            &file[..89],
            &file.replace('\n', "\r\n"),
            &format!("{file}\n"),
        ] {
            assert_eq!(parse_list(bad.as_bytes()), None, "{bad}");
        }
        let carried = Carried {
            index: 7,
            why: Why::Last,
        };
        let line = CarryLine {
            carried,
            path: hashes.to_vec(),
            leaf: b"{\"x\":1}",
        };
        let bytes = line.to_line();
        let text = std::str::from_utf8(&bytes).unwrap().trim_end();
        assert_eq!(CarryLine::parse(text.as_bytes()), Some(line));
        for (find, put) in [
            ("7", "07"),
            ("7", "+7"),
            ("last", "lost"),
            ("\"]", "\",]"),
            ("\"index\"", " \"index\""),
        ] {
            let bad = text.replacen(find, put, 1);
            assert!(bad == text || CarryLine::parse(bad.as_bytes()).is_none(), "{bad}");
        }
        let erasure = ErasureLine {
            index: 3,
            id: [5; 16],
            path: vec![],
        };
        let bytes = erasure.to_line();
        assert_eq!(
            ErasureLine::parse(bytes.strip_suffix(b"\n").unwrap()),
            Some(erasure)
        );
        assert_eq!(ErasureLine::parse(&bytes), None);
    }
}
