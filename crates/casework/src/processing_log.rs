//! The driver of the processing log: lines that transactions have left go into a file, one after the other, each once.
//!
//! A line is written and synced before its row is deleted. After a crash in between, the file is longer than the database
//! knows: what stands behind the known length is read, a line that broke off is cut, and rows whose lines are there
//! already are not written again. One program at a time writes: the file is locked meanwhile.
//!
//! Nothing is sampled, so a file that cannot be written stops acts before the queue fills the database.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use store::{Context, Log, ProcessingLog, ProcessingRow, StoreError, Tx, Work};

use crate::Casework;

/// So many lines are written and synced together.
const AT_ONCE: i64 = 500;

/// When more lines wait than this, some 50 MiB, no act is taken until they are written.
const MOST_WAITING: i64 = 100_000;
/// How each line begins: its members stand in the order of their names.
const BEGINNING: &[u8] = br#"{"attributes":{"#;
/// The longest line that is read back, in bytes; the longest that is written is far shorter.
const MAX_LINE_BYTES: u64 = 64 * 1024;

/// Where lines go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessingFile(pub PathBuf);

/// Why lines could not be written. They stay in the database.
#[derive(Debug, thiserror::Error)]
pub enum ProcessingLogError {
    /// The file.
    #[error("the processing log cannot be written")]
    File(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work was interrupted.
    #[error("writing the processing log was interrupted")]
    Interrupted,
}

impl Casework {
    /// Keeps a processing log in this file from the next [`Casework::start`] on; lines are written by every program that
    /// was told so. The first call counts.
    pub fn keep_processing_log(&self, log: ProcessingLog, file: ProcessingFile) {
        self.store().keep_processing_log(log);
        self.inner.processing_file.get_or_init(|| file);
    }

    /// Writes the lines that wait, at most 500; gives how many it found. None when another program is at it. When too many
    /// wait, no act is taken any more; when they are fewer again, acts are.
    ///
    /// # Errors
    /// [`ProcessingLogError`].
    pub async fn write_processing_log(&self, file: &ProcessingFile) -> Result<usize, ProcessingLogError> {
        let written = self.write_lines(file).await;
        self.watch_processing_log().await?;
        written
    }

    /// Looks whether too many lines wait, whoever writes them.
    pub(crate) async fn watch_processing_log(&self) -> Result<(), StoreError> {
        let waiting = self.store().run(Context::Service, CountWaiting).await?;
        self.inner.log.set_crowded(waiting > MOST_WAITING);
        Ok(())
    }

    async fn write_lines(&self, file: &ProcessingFile) -> Result<usize, ProcessingLogError> {
        // Locked before anything is read, and until the rows are gone.
        let path = file.0.clone();
        let Some(locked) = blocking(move || lock(&path)).await? else {
            return Ok(0);
        };
        let (place, rows) = self.store().run(Context::Service, ReadLines).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let arrivals: Vec<i64> = rows.iter().map(|row| row.arrival).collect();
        let (locked, bytes) = blocking(move || append(locked, place, &rows)).await?;
        let found = arrivals.len();
        let acknowledged = self
            .store()
            .run(Context::Service, Written { arrivals, bytes })
            .await;
        drop(locked);
        acknowledged?;
        Ok(found)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, ProcessingLogError> {
    let done = tokio::task::spawn_blocking(work).await;
    Ok(done.map_err(|_| ProcessingLogError::Interrupted)??)
}

/// Opens the file for this program alone; a new one is for its owner alone, and its name is on disk before it is used.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let is_new = !path.exists();
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    if is_new {
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(directory.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(Some(file))
}

/// Appends what is not there yet and syncs it; gives the length of the file.
fn append(mut file: File, place: u64, rows: &[ProcessingRow]) -> io::Result<(File, u64)> {
    // A file shorter than that is another one: the old one was rotated away.
    let known = if file.metadata()?.len() < place { 0 } else { place };
    let (end, written) = read_back(&mut file, known, rows)?;
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    let mut lines = Vec::new();
    for row in rows.iter().filter(|row| !written.contains(row.line.as_str())) {
        lines.extend_from_slice(row.line.as_bytes());
        lines.push(b'\n');
    }
    file.write_all(&lines)?;
    file.sync_all()?;
    Ok((file, end + lines.len() as u64))
}

/// Which of these lines stand in the file from here on, and where its last whole line ends. A line is told by its text:
/// the event's id is in it. A file with anything else in it is somebody else's, and not one byte of it is touched.
fn read_back<'r>(
    file: &mut File,
    from: u64,
    rows: &'r [ProcessingRow],
) -> io::Result<(u64, HashSet<&'r str>)> {
    let mut missing: HashSet<&str> = rows.iter().map(|row| row.line.as_str()).collect();
    file.seek(SeekFrom::Start(from))?;
    let mut reader = BufReader::new(file);
    let mut end = from;
    let mut found = HashSet::new();
    loop {
        let mut line = Vec::new();
        let length = reader
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut line)?;
        let is_ours = line.iter().zip(BEGINNING).all(|(byte, ours)| byte == ours);
        if !is_ours {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "there is something else than a processing log in the file",
            ));
        }
        if line.pop() != Some(b'\n') {
            return Ok((end, found));
        }
        end += length as u64;
        found.extend(str::from_utf8(&line).ok().and_then(|line| missing.take(line)));
    }
}

struct ReadLines;

impl Work for ReadLines {
    const NAME: &'static str = "read_processing_lines";
    type Role = Log;
    type Output = (u64, Vec<ProcessingRow>);
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        Ok((tx.processing_place().await?, tx.processing_lines(AT_ONCE).await?))
    }
}

struct CountWaiting;

impl Work for CountWaiting {
    const NAME: &'static str = "count_processing_lines";
    type Role = Log;
    type Output = i64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<i64, StoreError> {
        tx.processing_waiting().await
    }
}

struct Written {
    arrivals: Vec<i64>,
    bytes: u64,
}

impl Work for Written {
    const NAME: &'static str = "processing_lines_written";
    type Role = Log;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<(), StoreError> {
        tx.processing_written(&self.arrivals, self.bytes).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<ProcessingRow> {
        (1..)
            .zip(lines)
            .map(|(arrival, line)| ProcessingRow {
                arrival,
                line: format!("{{\"attributes\":{{\"{line}\"}}}}"),
            })
            .collect()
    }

    #[test]
    fn a_line_is_written_once_whatever_was_cut_off_or_rotated() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let write = |place, lines: &[&str]| {
            let file = lock(&path).unwrap().unwrap();
            append(file, place, &rows(lines)).unwrap().1
        };
        let read = || std::fs::read_to_string(&path).unwrap();
        let lines = |names: &str| -> String {
            rows(&names.split(' ').collect::<Vec<_>>())
                .iter()
                .map(|row| row.line.clone() + "\n")
                .collect()
        };
        let place = write(0, &["a", "b"]);
        assert_eq!(read(), lines("a b"));
        // On disk, but not acknowledged; then the machine stopped in the middle of a line.
        write(place, &["c", "d"]);
        std::fs::write(&path, read() + r#"{"attributes":{"e"#).unwrap();
        let place = write(place, &["b2", "c", "d", "e"]);
        assert_eq!(read(), lines("a b c d b2 e"));
        assert_eq!(place, read().len() as u64);
        // The file was rotated away.
        std::fs::rename(&path, directory.path().join("log.1")).unwrap();
        write(place, &["f"]);
        assert_eq!(read(), lines("f"));
    }

    #[test]
    fn a_file_of_somebody_else_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        for foreign in [
            "root:x:0:0\n",
            "half a line",
            "{\"other\":1}\n",
            "{\"attributes\":{}}\n\n",
        ] {
            std::fs::write(&path, foreign).unwrap();
            let file = lock(&path).unwrap().unwrap();
            assert!(append(file, 0, &rows(&["a"])).is_err(), "{foreign}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
        }
    }

    #[test]
    fn one_program_at_a_time_writes() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let held = lock(&path).unwrap();
        assert!(lock(&path).unwrap().is_none());
        drop(held);
        assert!(lock(&path).unwrap().is_some());
    }
}
