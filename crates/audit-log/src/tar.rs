//! The one shape of tar an export has: ustar, regular files in a fixed order, every header field but name and size
//! fixed, zero padding, two zero blocks, end. Reading regenerates each header from name and size and compares all 512
//! bytes, so links, paths, sparse files, extensions, owners and times have nowhere to be.

use std::io::{self, Read, Seek, SeekFrom};

/// The unit of the format, in bytes.
pub(crate) const BLOCK: usize = 512;
/// The largest file an octal size field of 11 digits can give: 8 GiB less one byte.
const MAX_FILE_BYTES: u64 = 0o777_7777_7777;
/// Where the size stands in a header.
const SIZE_FIELD: std::ops::Range<usize> = 124..135;

/// Where the contents of one file lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) start: u64,
    pub(crate) size: u64,
}

/// The header of a regular file; `None` when the file is too large for the format.
pub(crate) fn header(name: &str, size: u64) -> Option<[u8; BLOCK]> {
    if size > MAX_FILE_BYTES || name.len() > 100 {
        return None;
    }
    let mut header = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Some(header)
}

/// How many zero bytes follow a file of this size.
pub(crate) fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

/// Finds the files called `names`, which must be all there is, in this order. The inner `Err` says what is wrong.
pub(crate) fn read<const N: usize>(
    archive: &mut (impl Read + Seek),
    names: &[&'static str; N],
) -> io::Result<Result<[Member; N], Misshape>> {
    let length = archive.seek(SeekFrom::End(0))?;
    let mut members = [Member { start: 0, size: 0 }; N];
    let mut at = 0;
    for (member, name) in members.iter_mut().zip(names) {
        let Some(block) = block(archive, at, length)? else {
            return Ok(Err(Misshape::Short));
        };
        let Some(size) = size_of(&block).filter(|size| header(name, *size) == Some(block)) else {
            return Ok(Err(Misshape::Header(name)));
        };
        let start = at + BLOCK as u64;
        let padding = padding(size);
        at = start + size + padding as u64;
        if at > length {
            return Ok(Err(Misshape::Short));
        }
        *member = Member { start, size };
        if !zeros(archive, start + size, padding)? {
            return Ok(Err(Misshape::Padding(name)));
        }
    }
    let end = 2 * BLOCK;
    if length - at != end as u64 || !zeros(archive, at, end)? {
        return Ok(Err(Misshape::End));
    }
    Ok(Ok(members))
}

/// How an archive differs from the one shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misshape {
    /// It ends too early.
    Short,
    /// Where this file should begin stands something else.
    Header(&'static str),
    /// The bytes that fill up the last block of this file are not zero.
    Padding(&'static str),
    /// After the last file there is something other than two zero blocks.
    End,
}

fn block(archive: &mut (impl Read + Seek), at: u64, length: u64) -> io::Result<Option<[u8; BLOCK]>> {
    if length - at < BLOCK as u64 {
        return Ok(None);
    }
    let mut block = [0; BLOCK];
    archive.seek(SeekFrom::Start(at))?;
    archive.read_exact(&mut block)?;
    Ok(Some(block))
}

fn zeros(archive: &mut (impl Read + Seek), at: u64, count: usize) -> io::Result<bool> {
    let mut bytes = [0; 2 * BLOCK];
    let bytes = &mut bytes[..count];
    archive.seek(SeekFrom::Start(at))?;
    archive.read_exact(bytes)?;
    Ok(bytes.iter().all(|byte| *byte == 0))
}

fn size_of(header: &[u8; BLOCK]) -> Option<u64> {
    let digits = std::str::from_utf8(&header[SIZE_FIELD]).ok()?;
    u64::from_str_radix(digits, 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut out = Vec::new();
        for (name, contents) in files {
            out.extend(header(name, contents.len() as u64).unwrap());
            out.extend_from_slice(contents);
            out.resize(out.len() + padding(contents.len() as u64), 0);
        }
        out.resize(out.len() + 1024, 0);
        out
    }

    fn shape(bytes: &[u8]) -> Result<[Member; 2], Misshape> {
        read(&mut Cursor::new(bytes), &["one", "two"]).unwrap()
    }

    #[test]
    fn what_is_written_is_found() {
        let bytes = archive(&[("one", b"abc"), ("two", &[7; 512])]);
        assert_eq!(
            shape(&bytes).unwrap(),
            [
                Member { start: 512, size: 3 },
                Member {
                    start: 1536,
                    size: 512
                }
            ]
        );
        assert_eq!(header("one", MAX_FILE_BYTES + 1), None);
    }

    #[test]
    fn any_other_shape_is_refused() {
        let good = archive(&[("one", b"abc"), ("two", b"")]);
        for length in 0..good.len() {
            assert!(shape(&good[..length]).is_err(), "cut at {length}");
        }
        assert_eq!(shape(&[&good[..], &[0]].concat()), Err(Misshape::End));
        for (files, misshape) in [
            (&[("two", &b""[..]), ("one", b"abc")][..], Misshape::Header("one")),
            (
                &[("one", b"abc"), ("one", b"abc"), ("two", b"")],
                Misshape::Header("two"),
            ),
            (&[("one", b"abc"), ("two", b""), ("../three", b"")], Misshape::End),
            (&[("../one", b"abc"), ("two", b"")], Misshape::Header("one")),
            (&[("one", b"abc")], Misshape::Header("two")),
        ] {
            assert_eq!(shape(&archive(files)), Err(misshape));
        }
    }

    #[test]
    fn links_sparse_files_owners_and_times_are_refused() {
        let good = archive(&[("one", b"abc"), ("two", b"")]);
        // Every header byte, with the checksum made right again as a forger would.
        // (Another size within the block is another file, which its own checks judge.)
        for at in (0..BLOCK).filter(|at| !(148..156).contains(at) && !SIZE_FIELD.contains(at)) {
            for byte in [b'1', b'2', b'5', b'S', b'x', b'L', 0x80, 0xff, b'7'] {
                let mut bad = good.clone();
                if bad[at] == byte {
                    continue;
                }
                bad[at] = byte;
                bad[148..156].copy_from_slice(b"        ");
                let sum: u32 = bad[..BLOCK].iter().copied().map(u32::from).sum();
                bad[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
                assert!(shape(&bad).is_err(), "byte {at} as {byte}");
            }
        }
    }

    #[test]
    fn padding_is_zero() {
        let mut bytes = archive(&[("one", b"abc"), ("two", b"")]);
        bytes[512 + 3] = 1;
        assert_eq!(shape(&bytes), Err(Misshape::Padding("one")));
    }
}
