//! The drivers: work that goes on beside the requests. Each is safe to do again and can be stepped by hand in tests. Any number
//! of processes may run them on one database: what is claimed is locked or leased there (docs/decisions/0054).

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::{Casework, ProcessingLogError, Scrubbed};

/// How long a driver sleeps when nobody wakes it.
const IDLE: Duration = Duration::from_millis(200);

/// How long it waits after a failure of the database.
pub(crate) const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How often it is looked whether a witness has a checkpoint to sign, when nobody wakes.
const COSIGNING: Duration = Duration::from_secs(1);

/// Between two checkpoints, so that there are few of them and witnesses can sign each: published is within 2 s.
const BETWEEN_CHECKPOINTS: Duration = Duration::from_millis(200);

/// How often it is looked whether a leaf waits longer than was promised.
const BETWEEN_WATCHES: Duration = Duration::from_secs(1);

/// How long the scrubber rests between two steps of 2,048 leaves, and after it reached the end.
const BETWEEN_SCRUBS: Duration = Duration::from_millis(500);
const AFTER_SCRUBBING: Duration = Duration::from_secs(600);

/// How often one looks for lines of the processing log.
const BETWEEN_WRITINGS: Duration = Duration::from_millis(500);

/// How often ends by time are written down.
const RETIREMENT: Duration = Duration::from_secs(30);

/// How often it is looked whether a contact deadline came or a notice was not read.
const FOLLOW_UP: Duration = Duration::from_secs(30);

/// How often it is looked whether somebody is to be mailed.
const MAIL: Duration = Duration::from_secs(5);

/// How often new leaves of the log are counted.
const STATISTICS: Duration = Duration::from_secs(60);

/// How often it is looked for batches, when nobody wakes.
const BATCHES: Duration = Duration::from_secs(1);

/// How long a batch waits before its next set while signals wait that were sent on their own.
const GIVE_WAY: Duration = Duration::from_millis(20);

/// How often it is looked for decisions that the portal has yet to sign: they were made in another process.
const SIGNING: Duration = Duration::from_millis(500);

/// How often it is looked for consents that ended, of which the keyholder is told, when nobody wakes.
const TELLING: Duration = Duration::from_secs(1);

/// How often the keys are read again: another process may have changed them.
const KEYS: Duration = Duration::from_secs(1);

/// How often the keyholder is asked for its list.
const KEY_EPOCHS: Duration = Duration::from_mins(1);

/// Wakes drivers of this process when there is work; others find it by themselves within a second.
#[derive(Default)]
pub(crate) struct Wake {
    pub(crate) matcher: Arc<Notify>,
    pub(crate) sequencer: Arc<Notify>,
    pub(crate) cosigners: Arc<Notify>,
    pub(crate) batches: Arc<Notify>,
    pub(crate) webhooks: Arc<Notify>,
    pub(crate) tombstones: Arc<Notify>,
}

/// The running drivers.
pub struct Drivers {
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Drivers {
    /// Starts those that `start` spawns, each with what tells it to stop.
    fn starting(start: impl FnOnce(&mut JoinSet<()>, watch::Receiver<bool>)) -> Self {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        start(&mut tasks, stopped);
        Self { tasks, stop }
    }

    /// Waits until one of them ends, which none does by itself: a process in which one is missing is better started anew.
    pub async fn ended(&mut self) {
        if self.tasks.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Lets each driver finish what it is at, and ends it. What waits in the database waits for the next start.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Casework {
    /// Starts what goes on beside the pages of the portal, in a process that is nothing but the portal: everything else is
    /// another process's work.
    pub fn start_portal(&self) -> Drivers {
        Drivers::starting(|tasks, stopped| self.drive_signing(tasks, stopped))
    }

    /// Starts what a process needs that answers and leaves the work to others: its queue of submissions, what it knows of keys
    /// and of the log, and the signing of consents where the portal's key is.
    pub fn start_doors(&self) -> Drivers {
        Drivers::starting(|tasks, stopped| {
            self.drive_submissions(tasks, &stopped);
            let keys = self.clone();
            tasks.spawn(drive("keys", stopped.clone(), async move || {
                keys.read_keys().await?;
                Ok(Next::After(KEYS, None))
            }));
            let log = self.clone();
            tasks.spawn(drive("watch of the log", stopped.clone(), async move || {
                log.watch_log_once().await?;
                Ok(Next::After(BETWEEN_WATCHES, None))
            }));
            self.drive_signing(tasks, stopped);
        })
    }

    /// Starts the work of a process that answers nobody.
    pub fn start_work(&self) -> Drivers {
        Drivers::starting(|tasks, stopped| self.drive_work(tasks, stopped))
    }

    /// Starts all there is: the whole service in one process.
    pub fn start(&self) -> Drivers {
        Drivers::starting(|tasks, stopped| {
            self.drive_submissions(tasks, &stopped);
            self.drive_signing(tasks, stopped.clone());
            self.drive_work(tasks, stopped);
        })
    }

    fn drive_submissions(&self, tasks: &mut JoinSet<()>, stopped: &watch::Receiver<bool>) {
        let (submissions, end) = (self.clone(), stopped.clone());
        tasks.spawn(async move { submissions.take_submissions(end).await });
    }

    /// Signs, where this process has the portal's key.
    fn drive_signing(&self, tasks: &mut JoinSet<()>, stopped: watch::Receiver<bool>) {
        if self.keys().consent.is_none() {
            return;
        }
        let signing = self.clone();
        tasks.spawn(drive("signing", stopped, async move || {
            if signing.sign_consents_once().await? > 0 {
                signing.inner.wake.matcher.notify_one();
                signing.inner.wake.sequencer.notify_one();
                return Ok(Next::AtOnce);
            }
            Ok(Next::After(SIGNING, None))
        }));
    }

    /// The matcher, the sequencer, what goes out to others, and what comes with time.
    fn drive_work(&self, tasks: &mut JoinSet<()>, stopped: watch::Receiver<bool>) {
        let matcher = self.clone();
        tasks.spawn(drive("matcher", stopped.clone(), async move || {
            let looked_at = matcher.match_once().await? + matcher.ask_advice_once().await?;
            if looked_at > 0 {
                matcher.inner.wake.sequencer.notify_one();
                return Ok(Next::AtOnce);
            }
            // At no fixed time after a submission.
            let [chance] = matcher.store().random::<1>();
            let idle = IDLE + Duration::from_millis(u64::from(chance) * 2);
            Ok(Next::After(idle, Some(Arc::clone(&matcher.inner.wake.matcher))))
        }));
        let sequencer = self.clone();
        tasks.spawn(drive(
            "sequencer",
            stopped.clone(),
            async move || match sequencer.sequence_once().await? {
                Some(_) => Ok(Next::After(BETWEEN_CHECKPOINTS, None)),
                None => Ok(Next::After(
                    IDLE,
                    Some(Arc::clone(&sequencer.inner.wake.sequencer)),
                )),
            },
        ));
        let watch = self.clone();
        tasks.spawn(drive("delay of the log", stopped.clone(), async move || {
            // Beside the sequencer, which may be what hangs.
            watch.watch_delay_once().await?;
            Ok(Next::After(BETWEEN_WATCHES, None))
        }));
        for witness in self.keeping().iter().flat_map(|keeping| &keeping.witnesses) {
            let (cosigning, witness) = (self.clone(), Arc::clone(witness));
            tasks.spawn(drive("cosigning", stopped.clone(), async move || {
                cosigning.cosign_once(&witness).await?;
                let wake = Arc::clone(&cosigning.inner.wake.cosigners);
                Ok(Next::After(COSIGNING, Some(wake)))
            }));
        }
        let scrubber = self.clone();
        tasks.spawn(drive("scrubber", stopped.clone(), async move || {
            match scrubber.scrub_once().await? {
                Scrubbed::UpTo(_) => Ok(Next::After(BETWEEN_SCRUBS, None)),
                _ => Ok(Next::After(AFTER_SCRUBBING, None)),
            }
        }));
        if let Some(file) = self.inner.processing_file.get() {
            let (writer, file) = (self.clone(), file.clone());
            tasks.spawn(drive("processing log", stopped.clone(), async move || {
                match writer.write_processing_log(&file).await {
                    Ok(0) => Ok(Next::After(BETWEEN_WRITINGS, None)),
                    Ok(_) => Ok(Next::AtOnce),
                    Err(ProcessingLogError::Store(error)) => Err(error),
                    Err(error) => {
                        // The lines wait in the database.
                        tracing::error!(%error, source = error.source(), "trying again");
                        Err(StoreError::Interrupted("processing log"))
                    }
                }
            }));
        }
        if self.inner.webhooks.get().is_some() {
            let (webhooks, end) = (self.clone(), stopped.clone());
            tasks.spawn(async move { webhooks.drive_webhooks(end).await });
        }
        let keys = self.clone();
        tasks.spawn(drive("keys", stopped.clone(), async move || {
            keys.read_keys().await?;
            if keys.destroy_ended_epoch_once().await? {
                return Ok(Next::AtOnce);
            }
            // Children that were joined leave a task, and the matcher looks for tasks itself.
            while keys.merge_subjects_once().await? {}
            while keys.settle_soft_matches_once().await? > 0 {}
            Ok(Next::After(KEYS, None))
        }));
        if self.inner.gateway.is_some() {
            let telling = self.clone();
            tasks.spawn(drive("keyholder", stopped.clone(), async move || {
                match telling.tell_keyholder_once().await? {
                    0 => {
                        let wake = Arc::clone(&telling.inner.wake.tombstones);
                        Ok(Next::After(TELLING, Some(wake)))
                    }
                    _ => Ok(Next::AtOnce),
                }
            }));
            let list = self.clone();
            tasks.spawn(drive("key epochs", stopped.clone(), async move || {
                use crate::{AcceptKeyEpochsError, RefreshKeyEpochsError as E};
                match list.refresh_key_epochs().await {
                    Ok(()) => Ok(Next::After(KEY_EPOCHS, None)),
                    Err(E::Refused(AcceptKeyEpochsError::Store(error))) => Err(error),
                    Err(error @ (E::Unreachable | E::NoKeyholder)) => {
                        tracing::warn!(%error, "the list accepted before stays in use");
                        Ok(Next::After(AFTER_FAILURE, None))
                    }
                    Err(error @ E::Refused(_)) => {
                        tracing::error!(%error, "ALARM: the keyholder's list is refused");
                        Ok(Next::After(KEY_EPOCHS, None))
                    }
                }
            }));
        }
        let batches = self.clone();
        tasks.spawn(drive("batches", stopped.clone(), async move || {
            if !batches.work_batch_once().await? {
                let wake = Arc::clone(&batches.inner.wake.batches);
                return Ok(Next::After(BATCHES, Some(wake)));
            }
            match batches.submissions_wait() {
                true => Ok(Next::After(GIVE_WAY, None)),
                false => Ok(Next::AtOnce),
            }
        }));
        let follow_up = self.clone();
        tasks.spawn(drive("follow-up", stopped.clone(), async move || {
            let done = follow_up.follow_up_once().await? + follow_up.note_unread_once().await?;
            if done == 0 {
                return Ok(Next::After(FOLLOW_UP, None));
            }
            follow_up.inner.wake.sequencer.notify_one();
            Ok(Next::AtOnce)
        }));
        if self.inner.post_office.get().is_some() {
            let mail = self.clone();
            tasks.spawn(drive("mail", stopped.clone(), async move || {
                match mail.mail_once().await? {
                    0 => Ok(Next::After(MAIL, None)),
                    _ => Ok(Next::AtOnce),
                }
            }));
        }
        let statistics = self.clone();
        tasks.spawn(drive("statistics", stopped.clone(), async move || {
            if statistics.count_once().await? > 0 || statistics.publish_once().await? {
                return Ok(Next::AtOnce);
            }
            Ok(Next::After(STATISTICS, None))
        }));
        let disclosures = self.clone();
        tasks.spawn(drive(
            "disclosures",
            stopped.clone(),
            async move || match disclosures.step_disclosures_once().await? {
                0 => Ok(Next::After(RETIREMENT, None)),
                _ => Ok(Next::AtOnce),
            },
        ));
        let retirement = self.clone();
        tasks.spawn(drive("retirement", stopped, async move || {
            match retirement.retire_once().await? {
                0 => Ok(Next::After(RETIREMENT, None)),
                _ => Ok(Next::AtOnce),
            }
        }));
    }
}

/// When a driver takes its next step.
enum Next {
    /// There may be more.
    AtOnce,
    /// After this time, or when woken.
    After(Duration, Option<Arc<Notify>>),
}

/// Steps a driver until the program stops, never in the middle of a step. A failure is reported and tried again: no
/// driver gives up.
async fn drive(
    name: &'static str,
    mut stopped: watch::Receiver<bool>,
    step: impl AsyncFn() -> Result<Next, StoreError>,
) {
    loop {
        let next = step().await.unwrap_or_else(|error| {
            tracing::warn!(driver = name, %error, "a step failed; trying again");
            Next::After(AFTER_FAILURE, None)
        });
        let rest = async {
            match next {
                Next::AtOnce => {}
                Next::After(time, None) => tokio::time::sleep(time).await,
                Next::After(time, Some(wake)) => {
                    // Woken or not: either way there is something to look for.
                    tokio::time::timeout(time, wake.notified()).await.ok();
                }
            }
        };
        tokio::select! {
            biased;
            _ = stopped.wait_for(|stop| *stop) => return,
            () = rest => {}
        }
    }
}
