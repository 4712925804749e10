//! Fetched documents on disk: under a name that leads nowhere, and never in the place of another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use protocol::Id;

/// The most bytes of a name: file systems take 255, and a number goes in between.
const MAX_NAME_BYTES: usize = 200;

/// How many files of one name there may be.
const MAX_ALIKE: u32 = 10_000;

/// A file while it is written. Dropped, it is deleted.
#[derive(Debug)]
pub struct Unfinished {
    file: Option<File>,
    path: PathBuf,
    dir: PathBuf,
}

impl Unfinished {
    /// A file in a directory, for its owner alone, under a name that nobody takes for a document.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn create(dir: &Path, id: Id) -> io::Result<Self> {
        let path = dir.join(format!(".trefpunt-{id}.part"));
        // What a crash left there is of this message, and of no use.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        Ok(Self {
            file: Some(new_file(&path)?),
            path,
            dir: dir.to_owned(),
        })
    }

    /// Gives the whole file its name, or one with a number where there is a file of that name. Gives its path.
    ///
    /// # Errors
    /// What the operating system says; the file is deleted then.
    pub fn finish(mut self, name: &str) -> io::Result<PathBuf> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        let name = harmless(name);
        for number in 1..=MAX_ALIKE {
            let place = self.dir.join(numbered(&name, number));
            // The name is taken with an empty file first: renaming alone would replace what is there.
            match new_file(&place) {
                Ok(_) => {
                    fs::rename(&self.path, &place).inspect_err(|_| drop(fs::remove_file(&place)))?;
                    File::open(&self.dir)?.sync_all()?;
                    return Ok(place);
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), File::flush)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After it was given its name there is nothing at this path.
        let _ = fs::remove_file(&self.path);
    }
}

/// A new file; never one that is there, nor one that a link leads to.
fn new_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// A name as the sender gave it, made harmless here whatever was checked before: no way to another directory, nothing that
/// is hidden, nothing that a command takes for an option, nothing that a file system or a shell stumbles over.
pub fn harmless(name: &str) -> String {
    let harmless = |char: char| match char {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '$' | '`' | '\u{fffd}' => '_',
        char if char.is_control() || is_invisible(char) => '_',
        char => char,
    };
    let name: String = name.chars().map(harmless).collect();
    let name = name.trim_matches(|char: char| char.is_whitespace() || char == '.');
    let mut name = name.trim_start_matches(['-', '~']).to_owned();
    if name.len() > MAX_NAME_BYTES {
        let (stem, extension) = split(&name);
        let extension: String = extension.chars().take(20).collect();
        let room = MAX_NAME_BYTES - extension.len().min(MAX_NAME_BYTES);
        let end = (0..=room.min(stem.len()))
            .rev()
            .find(|end| stem.is_char_boundary(*end))
            .unwrap_or(0);
        name = format!("{}{extension}", &stem[..end]);
    }
    if name.is_empty() {
        "document".to_owned()
    } else {
        name
    }
}

/// Characters that show nothing, or turn the direction of what stands beside them.
const fn is_invisible(char: char) -> bool {
    matches!(char, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The name before its extension, and the extension with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 => name.split_at(at),
        _ => (name, ""),
    }
}

fn numbered(name: &str, number: u32) -> String {
    let (stem, extension) = split(name);
    match number {
        1 => name.to_owned(),
        number => format!("{stem} ({number}){extension}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Id = Id([7; 16]);

    fn save(dir: &Path, name: &str, content: &[u8]) -> PathBuf {
        let mut unfinished = Unfinished::create(dir, ID).unwrap();
        unfinished.write_all(content).unwrap();
        unfinished.finish(name).unwrap()
    }

    #[test]
    fn a_name_leads_nowhere() {
        for (name, expected) in [
            ("verslag.pdf", "verslag.pdf"),
            ("verslag 2026 \"é\".pdf", "verslag 2026 _é_.pdf"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..", "document"),
            (".bashrc", "bashrc"),
            ("-rf", "rf"),
            ("a\\b", "a_b"),
            ("a\nb\u{1b}[2J", "a_b_[2J"),
            ("\u{202e}fdp.exe", "_fdp.exe"),
            ("name. ", "name"),
            ("", "document"),
            ("C:\\x", "C__x"),
        ] {
            assert_eq!(harmless(name), expected, "{name:?}");
        }
        let long = format!("{}.pdf", "é".repeat(300));
        let short = harmless(&long);
        assert!(
            short.len() <= MAX_NAME_BYTES && short.ends_with("é.pdf"),
            "{short}"
        );
    }

    #[test]
    fn nothing_is_overwritten_and_no_link_is_followed() {
        let dir = tempfile::tempdir().unwrap();
        let other = dir.path().join("other");
        fs::write(&other, "other").unwrap();
        std::os::unix::fs::symlink(&other, dir.path().join("a (2).txt")).unwrap();
        assert_eq!(save(dir.path(), "a.txt", b"one"), dir.path().join("a.txt"));
        assert_eq!(save(dir.path(), "a.txt", b"two"), dir.path().join("a (3).txt"));
        assert_eq!(fs::read(dir.path().join("a.txt")).unwrap(), b"one");
        assert_eq!(fs::read(&other).unwrap(), b"other");
        let saved = dir.path().join("a (3).txt");
        assert_eq!(fs::read(&saved).unwrap(), b"two");
        assert_eq!(crate::files::open_to_others(&saved), None);
    }

    #[test]
    fn what_is_not_finished_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut unfinished = Unfinished::create(dir.path(), ID).unwrap();
        unfinished.write_all(b"half").unwrap();
        drop(unfinished);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        // After a crash it is there, and in nobody's way.
        std::mem::forget(Unfinished::create(dir.path(), ID).unwrap());
        save(dir.path(), "a", b"whole");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
