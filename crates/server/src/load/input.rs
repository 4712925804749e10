//! The file: its lines as a batch has them, cut into parts that depend on nothing but the file.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read, Seek as _};
use std::path::Path;

use protocol::batch::{MAX_BATCH_BYTES, MAX_LINE_BYTES};
use zeroize::Zeroizing;

use super::columns::{Columns, UnknownColumn};
use super::record::OfFile;
use crate::files::FileError;

/// What the lines of a file look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Each is a line of a batch.
    Ndjson,
    /// Each is a row, under a first one that names the columns.
    Csv,
}

impl Format {
    /// By the end of a file's name.
    pub fn of(path: &Path) -> Self {
        match path.extension().and_then(|end| end.to_str()) {
            Some(end) if end.eq_ignore_ascii_case("csv") => Self::Csv,
            _ => Self::Ndjson,
        }
    }
}

/// The file cannot be read as what it should be.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// Not at all.
    #[error(transparent)]
    File(#[from] FileError),
    /// A row is not one. What is in it is not repeated.
    #[error("row {row} below the first cannot be read as CSV with as many cells as the first has")]
    Row {
        /// Which, from 1.
        row: u64,
    },
    /// A column.
    #[error(transparent)]
    Column(#[from] UnknownColumn),
    /// There is nothing to load.
    #[error("there is no line in the file")]
    Empty,
    /// There is more than anybody loads at once.
    #[error("the file has more lines than can be numbered: cut it")]
    TooLong,
}

/// What a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Its bytes.
    pub file: OfFile,
    /// How many lines.
    pub lines: u32,
}

/// A part of the file: what goes in one batch. Wiped when dropped.
pub struct Part {
    /// The number of its first line in the file, from 1.
    pub first_line: u32,
    /// How many lines.
    pub lines: u32,
    /// They, each with its line feed.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// A file that is read from its beginning.
pub struct Input {
    lines: Lines,
    /// How many were read.
    read: u32,
    /// One that was read and is in no part yet.
    ahead: Zeroizing<Vec<u8>>,
}

enum Lines {
    Ndjson(BufReader<Hashed>),
    Csv {
        reader: csv::Reader<Hashed>,
        columns: Columns,
    },
}

/// Takes the hash of what is read.
struct Hashed {
    file: File,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        self.bytes += read as u64;
        Ok(read)
    }
}

impl Input {
    /// Begins at the beginning. `file` is what lies at `path`.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn open(file: &File, path: &Path, format: Format) -> Result<Self, InputError> {
        let at = at(path);
        let mut file = file.try_clone().map_err(&at)?;
        file.rewind().map_err(&at)?;
        let lines = match format {
            Format::Ndjson => Lines::Ndjson(BufReader::with_capacity(256 * 1024, Hashed::new(file))),
            Format::Csv => {
                let delimiter = delimiter(&mut file).map_err(&at)?;
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(delimiter)
                    .from_reader(Hashed::new(file));
                let names = reader.headers().map_err(|_| InputError::Row { row: 0 })?;
                let columns = Columns::read(names.iter())?;
                Lines::Csv { reader, columns }
            }
        };
        Ok(Self {
            lines,
            read: 0,
            ahead: Zeroizing::default(),
        })
    }

    /// Reads all of it: what it is, and that it can be read to its end.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn survey(file: &File, path: &Path, format: Format) -> Result<Survey, InputError> {
        let mut input = Self::open(file, path, format)?;
        while input.next_line(path)? {
            input.ahead.clear();
        }
        match input.read {
            0 => Err(InputError::Empty),
            lines => Ok(Survey {
                file: input.of_file(),
                lines,
            }),
        }
    }

    /// The next part: so many lines at most, and not more than a batch may be.
    ///
    /// # Errors
    /// [`InputError`].
    pub fn next_part(&mut self, path: &Path, most_lines: u32) -> Result<Option<Part>, InputError> {
        let mut bytes = Zeroizing::new(Vec::new());
        let mut lines = 0;
        while lines < most_lines && (!self.ahead.is_empty() || self.next_line(path)?) {
            if (bytes.len() + self.ahead.len()) as u64 > MAX_BATCH_BYTES {
                break;
            }
            bytes.append(&mut self.ahead);
            lines += 1;
        }
        let ahead = u32::from(!self.ahead.is_empty());
        Ok((lines > 0).then(|| Part {
            first_line: self.read - ahead - lines + 1,
            lines,
            bytes,
        }))
    }

    /// What the file was, once it was read to its end.
    pub fn of_file(&self) -> OfFile {
        let hashed = match &self.lines {
            Lines::Ndjson(reader) => reader.get_ref(),
            Lines::Csv { reader, .. } => reader.get_ref(),
        };
        OfFile {
            bytes: hashed.bytes,
            blake3: protocol::Base64Url(*hashed.hasher.finalize().as_bytes()),
        }
    }

    /// Reads a line ahead, with a line feed; whether there was one.
    fn next_line(&mut self, path: &Path) -> Result<bool, InputError> {
        let found = match &mut self.lines {
            Lines::Ndjson(reader) => bounded_line(reader, &mut self.ahead).map_err(at(path))?,
            Lines::Csv { reader, columns } => {
                let mut row = csv::StringRecord::new();
                let number = u64::from(self.read) + 1;
                let found = reader
                    .read_record(&mut row)
                    .map_err(|error| match error.into_kind() {
                        csv::ErrorKind::Io(source) => at(path)(source).into(),
                        _ => InputError::Row { row: number },
                    })?;
                if found {
                    let line = Zeroizing::new(columns.line(row.iter()).to_string());
                    self.ahead.extend_from_slice(line.as_bytes());
                }
                found
            }
        };
        if found {
            self.ahead.push(b'\n');
            self.read = self.read.checked_add(1).ok_or(InputError::TooLong)?;
        }
        Ok(found)
    }
}

impl Hashed {
    fn new(file: File) -> Self {
        Self {
            file,
            hasher: blake3::Hasher::new(),
            bytes: 0,
        }
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> FileError {
    move |source| FileError {
        path: path.to_owned(),
        source,
    }
}

/// The next line without its line feed. Of one that is longer than a line may be only so much is kept that the service sees
/// it is.
fn bounded_line(reader: &mut BufReader<Hashed>, into: &mut Vec<u8>) -> io::Result<bool> {
    let mut found = false;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok(found);
        }
        found = true;
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let room = (MAX_LINE_BYTES + 1).saturating_sub(into.len());
        into.extend_from_slice(&part[..part.len().min(room)]);
        let taken = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(taken);
        if end.is_some() {
            return Ok(true);
        }
    }
}

/// What stands between the cells: a semicolon where the first row has one, as spreadsheets in Dutch write it, else a comma.
fn delimiter(file: &mut File) -> io::Result<u8> {
    let mut first = Vec::new();
    BufReader::new(&mut *file)
        .take(MAX_LINE_BYTES as u64)
        .read_until(b'\n', &mut first)?;
    file.rewind()?;
    Ok(if first.contains(&b';') { b';' } else { b',' })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &[u8], name: &str, most: u32) -> Result<Vec<(u32, u32, String)>, InputError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let file = File::open(&path).unwrap();
        let format = Format::of(&path);
        let survey = Input::survey(&file, &path, format)?;
        assert_eq!(survey.file.bytes, text.len() as u64);
        assert_eq!(survey.file.blake3.0, *blake3::hash(text).as_bytes());
        let mut input = Input::open(&file, &path, format)?;
        let mut found = Vec::new();
        while let Some(part) = input.next_part(&path, most)? {
            let text = String::from_utf8(part.bytes.to_vec()).unwrap();
            found.push((part.first_line, part.lines, text));
        }
        assert_eq!(input.of_file(), survey.file);
        let lines: u32 = found.iter().map(|(_, lines, _)| lines).sum();
        assert_eq!(lines, survey.lines);
        Ok(found)
    }

    #[test]
    fn lines_go_as_they_are_and_the_last_gets_its_line_feed() {
        let found = parts(b"{}\n\n[1]\r\n{\"a\":2}", "x.ndjson", 3).unwrap();
        assert_eq!(
            found,
            [
                (1, 3, "{}\n\n[1]\r\n".to_owned()),
                (4, 1, "{\"a\":2}\n".to_owned())
            ]
        );
    }

    #[test]
    fn a_line_that_is_too_long_stays_one_line_and_too_long() {
        let text = [vec![b'x'; 3 * MAX_LINE_BYTES], b"\n{}\n".to_vec()].concat();
        let found = parts(&text, "x.ndjson", 1).unwrap();
        assert_eq!(found[0].2.len(), MAX_LINE_BYTES + 2);
        assert_eq!((found[1].0, found[1].2.as_str()), (2, "{}\n"));
    }

    #[test]
    fn a_part_is_no_larger_than_a_batch_may_be() {
        let line = [vec![b'x'; MAX_LINE_BYTES - 1], b"\n".to_vec()].concat();
        let fit = MAX_BATCH_BYTES / MAX_LINE_BYTES as u64;
        let text = line.repeat(usize::try_from(fit).unwrap() + 2);
        let found = parts(&text, "x.ndjson", 100_000).unwrap();
        let lines: Vec<u64> = found.iter().map(|(_, lines, _)| u64::from(*lines)).collect();
        assert_eq!(lines, [fit, 2]);
        assert_eq!(u64::from(found[1].0), fit + 1);
    }

    #[test]
    fn rows_are_lines_whatever_stands_between_cells() {
        for text in [
            "ground,tokens/0/suite\nschool-absence,1\n\"x\ny\",2\n",
            "ground;tokens/0/suite\r\nschool-absence;1\r\n\"x\ny\";2\r\n",
        ] {
            let found = parts(text.as_bytes(), "x.CSV", 10).unwrap();
            let expected = "{\"ground\":\"school-absence\",\"tokens\":[{\"suite\":1}]}\n\
                            {\"ground\":\"x\\ny\",\"tokens\":[{\"suite\":2}]}\n";
            assert_eq!(found, [(1, 2, expected.to_owned())]);
        }
    }

    #[test]
    fn what_cannot_be_read_is_told_without_being_repeated() {
        let told = |text: &str, name| parts(text.as_bytes(), name, 10).unwrap_err().to_string();
        assert!(told("ground\nx,y\n", "x.csv").starts_with("row 1 "));
        assert!(told("ground\nx\ny,z\n", "x.csv").starts_with("row 2 "));
        assert!(told("999990019\n", "x.csv").starts_with("column 1 "));
        assert_eq!(told("", "x.ndjson"), InputError::Empty.to_string());
        assert_eq!(told("ground\n", "x.csv"), InputError::Empty.to_string());
    }
}
