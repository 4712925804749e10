//! Files of the data directory: written whole or not at all, and secrets for their owner alone.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// The largest text file that is read, in bytes: settings, keys and credentials are far smaller.
const MAX_TEXT_BYTES: u64 = 1024 * 1024;

/// A file could not be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct FileError {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

fn at<'p>(path: &'p Path) -> impl Fn(io::Error) -> FileError + 'p {
    move |source| FileError {
        path: path.to_owned(),
        source,
    }
}

/// Who may read a file that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// Its owner alone: mode 0600.
    Owner,
    /// Everyone: mode 0644.
    Everyone,
}

/// Writes a file beside its place, to the disk, and moves it there: after a crash it is whole or what it was before.
///
/// # Errors
/// [`FileError`].
pub fn write(path: &Path, contents: &[u8], readers: Readers) -> Result<(), FileError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let unfinished = path.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = create(&unfinished, readers)?;
        file.write_all(contents)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)?;
        sync_directory_of(path)
    };
    write().map_err(at(path))
}

/// An empty file to be written and read back, in the place of what a crash left there.
///
/// # Errors
/// What the operating system says.
pub fn create(path: &Path, readers: Readers) -> io::Result<File> {
    let mode = match readers {
        Readers::Owner => 0o600,
        Readers::Everyone => 0o644,
    };
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)?;
    // The mode above is for a new file; a crash may have left one behind.
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    Ok(file)
}

/// Makes a directory and those above it; itself with mode 0700 when only its owner may see what is in it.
///
/// # Errors
/// [`FileError`].
pub fn make_dir(path: &Path, readers: Readers) -> Result<(), FileError> {
    let mode = match readers {
        Readers::Owner => 0o700,
        Readers::Everyone => 0o755,
    };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    match DirBuilder::new().mode(mode).create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        result => result.map_err(at(path)),
    }
}

/// Reads a text file.
///
/// # Errors
/// [`FileError`], also for a file that is no text or larger than 1 MiB.
pub fn read(path: &Path) -> Result<Zeroizing<String>, FileError> {
    let read = || -> io::Result<Zeroizing<String>> {
        let mut text = Zeroizing::new(String::new());
        File::open(path)?
            .take(MAX_TEXT_BYTES + 1)
            .read_to_string(&mut text)?;
        if text.len() as u64 > MAX_TEXT_BYTES {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than 1 MiB"));
        }
        Ok(text)
    };
    read().map_err(at(path))
}

/// The mode of a file that others than its owner may read or change, such as `0644`.
pub fn open_to_others(path: &Path) -> Option<String> {
    let mode = fs::metadata(path).ok()?.mode() & 0o777;
    (mode & 0o077 != 0).then(|| format!("{mode:04o}"))
}

/// The text of a file, made when it is not there yet. The same whoever asks, also after a crash in between.
///
/// # Errors
/// [`FileError`].
pub fn read_or_make(
    path: &Path,
    make: impl FnOnce() -> Zeroizing<String>,
) -> Result<Zeroizing<String>, FileError> {
    if !path.exists() {
        make_once(path, make().as_bytes()).map_err(at(path))?;
    }
    read(path)
}

/// Writes a secret where there is none. Of two programs that come at the same time one writes and both read that: no key
/// is in use whose file another has replaced.
fn make_once(path: &Path, contents: &[u8]) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let unfinished = path.with_file_name(name);
    let mut file = create(&unfinished, Readers::Owner)?;
    file.write_all(contents)?;
    file.sync_all()?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    }?;
    sync_directory_of(path)
}

/// A path as it stands whatever directory the reader is in.
///
/// # Errors
/// [`FileError`] when the current directory cannot be found.
pub fn absolute(path: &Path) -> Result<PathBuf, FileError> {
    std::path::absolute(path).map_err(at(path))
}

fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = match path.parent() {
        // A name alone lies in the directory where the program was started.
        Some(directory) if directory.as_os_str().is_empty() => Path::new("."),
        Some(directory) => directory,
        None => Path::new("/"),
    };
    File::open(directory)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_written_whole_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        write(&file, b"one", Readers::Owner).unwrap();
        assert_eq!(open_to_others(&file), None);
        write(&file, b"two", Readers::Everyone).unwrap();
        assert_eq!(*read(&file).unwrap(), "two");
        assert_eq!(open_to_others(&file).as_deref(), Some("0644"));
        let names: Vec<_> = fs::read_dir(dir.path()).unwrap().collect();
        assert_eq!(names.len(), 1);
    }

    #[test]
    fn what_was_made_once_is_read_afterwards() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("key");
        let made = |text: &str| Zeroizing::new(text.to_owned());
        assert_eq!(*read_or_make(&file, || made("one")).unwrap(), "one");
        assert_eq!(*read_or_make(&file, || made("two")).unwrap(), "one");
        make_once(&file, b"three").unwrap();
        assert_eq!(*read(&file).unwrap(), "one", "who comes second reads the first");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(open_to_others(&file), None);
    }

    #[test]
    fn a_name_alone_is_a_file_where_the_program_was_started() {
        sync_directory_of(Path::new("key")).unwrap();
        sync_directory_of(Path::new("/key")).unwrap();
    }

    #[test]
    fn an_error_names_the_file() {
        let error = read(Path::new("/nowhere/key")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/key: "));
    }
}
