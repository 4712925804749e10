//! One postmaster process: started, ready, stopped.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process::{Child, ExitStatus},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    Options, PORT,
    binaries::Binaries,
    child::{command, spawn_error},
    error::{At, PrivatePostgresError},
    place::Place,
};

/// How often a file or process is looked at while we wait. Waiting is counted in these steps: no clock is read.
const STEP: Duration = Duration::from_millis(20);
/// The server of an earlier program gets this long to finish.
const OLD_SERVER: Duration = Duration::from_secs(30);
/// Recovery after a crash replays the log since the last checkpoint: seconds as a rule.
const READY: Duration = Duration::from_secs(600);
/// A fast shutdown writes one checkpoint.
const FAST_STOP: Duration = Duration::from_secs(30);
const IMMEDIATE_STOP: Duration = Duration::from_secs(5);
/// A log of this size is put aside at the next start; one older log is kept.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

/// Given on the command line, so that they are the same for every cluster whatever its files say.
const SETTINGS: &[(&str, &str)] = &[
    ("cluster_name", "trefpunt"),
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "80"),
    ("shared_buffers", "128MB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_destination", "stderr"),
    ("logging_collector", "off"),
    // An error's text, detail or statement can hold a value somebody sent. The program gets the error itself; the
    // server's log keeps what concerns the server.
    ("log_min_messages", "log"),
    ("log_min_error_statement", "panic"),
    ("log_error_verbosity", "terse"),
    ("log_checkpoints", "off"),
];

/// A postmaster that accepts connections, or did so when it was last looked at.
#[derive(Debug)]
pub(super) struct Postmaster {
    child: Child,
}

impl Postmaster {
    /// Starts the server and waits until it accepts connections. To be called on the thread that will stop it.
    pub(super) fn start(
        place: &Place,
        binaries: &Binaries,
        options: &Options,
    ) -> Result<Self, PrivatePostgresError> {
        let mut steps_left = steps(OLD_SERVER);
        wait_for_old_server(place, &mut steps_left)?;
        loop {
            match Self::attempt(place, binaries, options) {
                // Backends of a postmaster that was killed notice within moments that it is gone.
                Err(PrivatePostgresError::Start { detail, .. })
                    if steps_left > 0 && detail.contains("still in use") =>
                {
                    steps_left = steps_left.saturating_sub(10);
                    thread::sleep(STEP * 10);
                }
                result => return result,
            }
        }
    }

    /// How the process ended, if it has.
    pub(super) fn exited(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Stops the server: fast, then at once, then by force, each with its time.
    pub(super) fn stop(mut self) {
        self.stop_within(FAST_STOP);
    }

    fn stop_within(&mut self, fast: Duration) {
        for (signal, time) in [(Signal::INT, fast), (Signal::QUIT, IMMEDIATE_STOP)] {
            // The process cannot be another's: until we have waited for it the kernel keeps its number.
            if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, signal);
            }
            for _ in 0..steps(time) {
                if self.exited().is_some() {
                    return;
                }
                thread::sleep(STEP);
            }
            tracing::warn!(?signal, "PostgreSQL has not stopped in time");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn attempt(place: &Place, binaries: &Binaries, options: &Options) -> Result<Self, PrivatePostgresError> {
        let mut log = open_log(&place.log())?;
        let from = log.seek(SeekFrom::End(0)).at(&place.log())?;
        let mut server = command(place.owner(), place.home(), &binaries.postgres());
        server
            .arg("-D")
            .arg(place.data())
            .arg("-p")
            .arg(PORT.to_string())
            .arg("-k")
            .arg(place.socket_dir());
        let chosen = options
            .settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in SETTINGS.iter().copied().chain(chosen) {
            server.arg("-c").arg(format!("{name}={value}"));
        }
        server.stdout(log.try_clone().at(&place.log())?).stderr(log);
        let child = server
            .spawn()
            .map_err(|error| spawn_error(binaries.postgres(), error))?;
        let mut postmaster = Self { child };
        let failure = match postmaster.wait_until_ready(place) {
            Ok(()) => return Ok(postmaster),
            Err(failure) => failure,
        };
        postmaster.stop_within(IMMEDIATE_STOP);
        let detail = reason(&place.log(), from).unwrap_or(failure);
        Err(PrivatePostgresError::Start {
            detail,
            log: place.log(),
        })
    }

    fn wait_until_ready(&mut self, place: &Place) -> Result<(), String> {
        for step in 0..steps(READY) {
            let own = PidFile::read(place)
                .is_some_and(|file| file.pid.cast_unsigned() == self.child.id() && file.ready);
            if own {
                return Ok(());
            }
            if let Some(status) = self.exited() {
                return Err(status.to_string());
            }
            if step > 0 && step % steps(Duration::from_secs(10)) == 0 {
                tracing::info!("PostgreSQL is still recovering");
            }
            thread::sleep(STEP);
        }
        Err(format!("it was not ready after {} s", READY.as_secs()))
    }
}

fn steps(time: Duration) -> u128 {
    time.as_millis() / STEP.as_millis()
}

/// Waits for a postmaster of this directory to end, and removes the notes of one that cannot be it.
///
/// PostgreSQL itself sees through the note of a process that is gone. It cannot tell when the number now belongs to
/// another program, which is common in a container that was started again, or to a dead process that nobody has waited
/// for. A postmaster works in its data directory, and we hold the lock on it: nobody else's server can be meant.
/// Where PostgreSQL can tell, it keeps its note, with which it also finds processes of a postmaster that was killed.
fn wait_for_old_server(place: &Place, steps_left: &mut u128) -> Result<(), PrivatePostgresError> {
    let data = place.data();
    while let Some(file) = PidFile::read(place) {
        if !works_in(file.pid, &data) {
            if Path::new("/proc").join(file.pid.to_string()).exists() {
                remove_note(&data.join("postmaster.pid"))?;
            }
            break;
        }
        if *steps_left == 0 {
            let (pid, waited_seconds) = (file.pid, OLD_SERVER.as_secs());
            return Err(PrivatePostgresError::StillRunning {
                dir: data,
                pid,
                waited_seconds,
            });
        }
        *steps_left -= 1;
        thread::sleep(STEP);
    }
    remove_note(&place.socket_dir().join(format!(".s.PGSQL.{PORT}.lock")))
}

fn remove_note(note: &Path) -> Result<(), PrivatePostgresError> {
    match fs::remove_file(note) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error).at(note),
        _ => Ok(()),
    }
}

fn works_in(pid: i32, dir: &Path) -> bool {
    let identity = |path: &Path| fs::metadata(path).ok().map(|found| (found.dev(), found.ino()));
    let cwd = Path::new("/proc").join(pid.to_string()).join("cwd");
    identity(&cwd).is_some_and(|cwd| Some(cwd) == identity(dir))
}

/// Where the server that works in the directory `data` listens, when it is alive and accepts connections.
pub(super) fn socket_of_running(data: &Path) -> Option<PathBuf> {
    let note = PidFile::parse(&fs::read_to_string(data.join("postmaster.pid")).ok()?)?;
    (note.ready && works_in(note.pid, data)).then_some(note.socket_dir)
}

/// What the server notes in `postmaster.pid`: its process on the first line, its socket's directory on the fifth, its
/// state on the eighth.
struct PidFile {
    pid: i32,
    socket_dir: PathBuf,
    ready: bool,
}

impl PidFile {
    fn read(place: &Place) -> Option<Self> {
        Self::parse(&fs::read_to_string(place.data().join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok().filter(|pid| *pid > 0)?;
        let socket_dir = lines.nth(3).map(PathBuf::from).unwrap_or_default();
        Some(Self {
            pid,
            socket_dir,
            ready: lines.nth(2).is_some_and(|state| state.trim() == "ready"),
        })
    }
}

fn open_log(log: &Path) -> Result<File, PrivatePostgresError> {
    if fs::metadata(log).is_ok_and(|found| found.len() > LOG_BYTES) {
        fs::rename(log, log.with_extension("old")).at(log)?;
    }
    OpenOptions::new()
        .append(true)
        .read(true)
        .create(true)
        .mode(0o600)
        .open(log)
        .at(log)
}

/// Why the server ended, in its own words: the last line of weight it wrote after `from`.
fn reason(log: &Path, from: u64) -> Option<String> {
    let mut file = File::open(log).ok()?;
    file.seek(SeekFrom::Start(from)).ok()?;
    let mut bytes = Vec::new();
    file.take(64 * 1024).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let fatal = lines
        .clone()
        .rfind(|line| line.contains("FATAL:") || line.contains("PANIC:"));
    let line = fatal.or_else(|| lines.next_back())?;
    Some(
        line.split_once("FATAL:")
            .map_or(line, |(_, message)| message)
            .trim()
            .to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_of_a_server_says_when_it_is_ready() {
        let note = |state: &str| format!("4711\n/d\n1763766000\n5432\n/s\n\n  1234 5678\n{state}\n");
        assert!(PidFile::parse(&note("ready   ")).unwrap().ready);
        assert_eq!(
            PidFile::parse(&note("ready")).unwrap().socket_dir,
            Path::new("/s")
        );
        assert!(!PidFile::parse(&note("starting")).unwrap().ready);
        assert_eq!(PidFile::parse("4711\n/d\n").unwrap().pid, 4711);
        assert!(PidFile::parse("").is_none());
        assert!(PidFile::parse("-4711\n").is_none());
    }
}
