//! Work beside the requests: ordering the log, destroying keys whose destruction is due, deleting what is no longer
//! needed. Each step is a transaction that is safe to do again, so two processes are slower and not wrong.

use std::time::Duration;

use jiff::ToSpan;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::database::{Role, Tx, Work};
use crate::error::KeyholderError;
use crate::frame::Frame;
use crate::log::sequence::SequenceLog;
use crate::quota::day;
use crate::statement::statements;

/// How often the log is ordered.
const SEQUENCING: Duration = Duration::from_millis(200);

/// How often it is looked whether a key is to be destroyed, or one destroyed elsewhere to be forgotten here.
const KEYS: Duration = Duration::from_secs(5);

/// How often what is no longer needed is deleted.
const CLEANING: Duration = Duration::from_secs(30);

/// How long it is waited after a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How many days a professional's counter is kept: today's, and yesterday's for whoever looks just after midnight.
pub(crate) const PROFESSIONAL_DAYS: i64 = 2;

/// How many days the counters of organisations and gateways are kept, to compare a month with the signals given.
pub(crate) const ORGANISATION_DAYS: i64 = 35;

/// How many days it is kept what was refused to whom: as for professionals.
pub(crate) const REFUSAL_DAYS: i64 = 2;

statements! {
    Service DELETE_ASSERTIONS = "
        DELETE FROM keyholder.spent_assertion WHERE expires_at < clock_timestamp() - interval '5 minutes'";
    Service DELETE_PROFESSIONAL_DAYS = "
        DELETE FROM keyholder.professional_day WHERE day < $1 /* first day kept */";
    Service DELETE_ORGANISATION_DAYS = "
        DELETE FROM keyholder.organisation_day WHERE day < $1 /* first day kept */";
    Service DELETE_GATEWAY_DAYS = "
        DELETE FROM keyholder.gateway_day WHERE day < $1 /* first day kept */";
    Service DELETE_TOMBSTONES = "
        DELETE FROM keyholder.gate_tombstone WHERE until < $1::timestamptz /* now */ - interval '1 day'";
    Service DELETE_REFUSAL_DAYS = "
        DELETE FROM keyholder.gate_refusal_day WHERE day < $1 /* first day kept */";
}

/// The running drivers.
pub(crate) struct Drivers {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Drivers {
    pub(crate) fn start(frame: &Frame) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let sequencer = frame.clone();
        tasks.spawn(drive("sequencer", SEQUENCING, stopped.clone(), async move || {
            sequencer.sequence_log().await.map(drop)
        }));
        let keys = frame.clone();
        tasks.spawn(drive("keys", KEYS, stopped.clone(), async move || {
            keys.destroy_due().await.map(drop)
        }));
        let cleaner = frame.clone();
        tasks.spawn(drive("cleaner", CLEANING, stopped, async move || {
            cleaner.clean().await.map(drop)
        }));
        Self { tasks, stop }
    }

    /// Lets each driver finish what it is at, and ends it.
    pub(crate) async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Frame {
    /// Orders what is pending in the log; gives how many leaves were moved.
    pub(crate) async fn sequence_log(&self) -> Result<u64, KeyholderError> {
        let signer = self.log_signer();
        self.database().run(SequenceLog { signer }).await
    }

    /// Deletes what is no longer needed; gives how many rows.
    pub(crate) async fn clean(&self) -> Result<u64, KeyholderError> {
        self.database().run(Clean).await
    }
}

/// Steps a driver until the program stops, never in the middle of a step. A failure is reported and tried again.
async fn drive(
    name: &'static str,
    pause: Duration,
    mut stopped: watch::Receiver<bool>,
    step: impl AsyncFn() -> Result<(), KeyholderError>,
) {
    loop {
        let rest = match step().await {
            Ok(()) => pause,
            Err(error) => {
                tracing::warn!(driver = name, %error, "a step failed; trying again");
                pause.max(AFTER_FAILURE)
            }
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(rest) => {}
        }
    }
}

struct Clean;

impl Work for Clean {
    const NAME: &'static str = "clean";
    const ROLE: Role = Role::Service;
    type Output = u64;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<u64, KeyholderError> {
        let first_kept = |days: i64| day(tx.now()).saturating_sub((days - 1).days());
        let mut deleted = tx.change(&DELETE_ASSERTIONS, &[]).await?;
        let professionals = first_kept(PROFESSIONAL_DAYS);
        deleted += tx.change(&DELETE_PROFESSIONAL_DAYS, &[&professionals]).await?;
        let organisations = first_kept(ORGANISATION_DAYS);
        deleted += tx.change(&DELETE_ORGANISATION_DAYS, &[&organisations]).await?;
        deleted += tx.change(&DELETE_GATEWAY_DAYS, &[&organisations]).await?;
        deleted += tx.change(&DELETE_TOMBSTONES, &[&tx.now()]).await?;
        let refusals = first_kept(REFUSAL_DAYS);
        deleted += tx.change(&DELETE_REFUSAL_DAYS, &[&refusals]).await?;
        Ok(deleted)
    }
}
