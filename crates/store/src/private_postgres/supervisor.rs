//! The one thread that starts, watches and stops the server.
//!
//! It has to be one and long-lived: the kernel tells the server to stop when this thread ends.

use std::{
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::{
    Options,
    binaries::Binaries,
    error::{At, PrivatePostgresError},
    initialise::initialise,
    place::Place,
    postmaster::Postmaster,
};

/// How often we look whether the server still runs.
const WATCH: Duration = Duration::from_millis(100);
/// Between attempts to bring back a server that ended; doubles up to the second value.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(5));

/// Holds the server up until [`stop`](Self::stop) or drop.
#[derive(Debug)]
pub(super) struct Supervisor {
    /// Nothing is ever sent: the thread stops the server when this end is gone.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<Option<Place>>>,
}

/// What the caller learns when the server accepts connections.
pub(super) struct Started {
    pub(super) socket_dir: PathBuf,
    pub(super) cluster_dir: PathBuf,
    pub(super) programs_dir: PathBuf,
}

impl Supervisor {
    /// Starts the thread and waits until the server is ready.
    pub(super) fn start(
        data_dir: PathBuf,
        options: Options,
    ) -> Result<(Self, Started), PrivatePostgresError> {
        let (stop, stopped) = channel();
        let (report, reported) = sync_channel(1);
        let dir = data_dir.clone();
        let thread = thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || run(&dir, &options, &report, &stopped))
            .at(Path::new("a thread for PostgreSQL"))?;
        let supervisor = Self {
            stop: Some(stop),
            thread: Some(thread),
        };
        match reported.recv() {
            Ok(started) => started.map(|started| (supervisor, started)),
            Err(_) => {
                let detail = "its thread ended without a word".to_owned();
                Err(PrivatePostgresError::Start {
                    detail,
                    log: data_dir,
                })
            }
        }
    }

    /// Stops the server and hands back its place, still locked; nothing the second time.
    pub(super) fn stop(&mut self) -> Option<Place> {
        self.stop.take();
        self.thread.take()?.join().ok().flatten()
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop();
    }
}

type Report = SyncSender<Result<Started, PrivatePostgresError>>;

fn run(data_dir: &Path, options: &Options, report: &Report, stopped: &Receiver<()>) -> Option<Place> {
    let (place, binaries, postmaster) = match bring_up(data_dir, options) {
        Ok(running) => running,
        Err(error) => {
            let _ = report.send(Err(error));
            return None;
        }
    };
    let started = Started {
        socket_dir: place.socket_dir().to_owned(),
        cluster_dir: place.home().to_owned(),
        programs_dir: binaries.dir().to_owned(),
    };
    let _ = report.send(Ok(started));
    if let Some(postmaster) = watch(postmaster, stopped, || {
        Postmaster::start(&place, &binaries, options)
    }) {
        postmaster.stop();
    }
    place.close();
    Some(place)
}

fn bring_up(
    data_dir: &Path,
    options: &Options,
) -> Result<(Place, Binaries, Postmaster), PrivatePostgresError> {
    let place = Place::open(data_dir)?;
    let binaries = Binaries::find(&place.data())?;
    initialise(&place, &binaries, options)?;
    let postmaster = Postmaster::start(&place, &binaries, options)?;
    Ok((place, binaries, postmaster))
}

/// Keeps a server running until told to stop; returns it, if one runs then.
///
/// A server that somebody killed, or that ran out of memory, is started again without a person being needed. Its clients
/// lose their connections and find the same socket again.
fn watch(
    postmaster: Postmaster,
    stopped: &Receiver<()>,
    start: impl Fn() -> Result<Postmaster, PrivatePostgresError>,
) -> Option<Postmaster> {
    let mut running = Some(postmaster);
    let mut pause = RETRY.0;
    loop {
        let wait = if running.is_some() { WATCH } else { pause };
        if stopped.recv_timeout(wait) != Err(RecvTimeoutError::Timeout) {
            return running;
        }
        if let Some(status) = running.as_mut().and_then(Postmaster::exited) {
            tracing::warn!(%status, "PostgreSQL ended by itself; starting it again");
            running = None;
        }
        if running.is_none() {
            match start() {
                Ok(postmaster) => (running, pause) = (Some(postmaster), RETRY.0),
                Err(error) => {
                    pause = (pause * 2).min(RETRY.1);
                    tracing::error!(%error, "PostgreSQL did not come back; trying again");
                }
            }
        }
    }
}
