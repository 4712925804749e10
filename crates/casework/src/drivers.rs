//! The drivers: work that goes on beside the requests. Each is safe to do again and can be stepped by hand in tests.

use std::sync::Arc;
use std::time::Duration;

use store::StoreError;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::Casework;

/// How long a driver sleeps when nobody wakes it.
const IDLE: Duration = Duration::from_millis(200);

/// How long it waits after a failure of the database.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// How often ends by time are written down.
const RETIREMENT: Duration = Duration::from_secs(30);

/// Wakes drivers of this process when there is work; others find it by themselves within 200 ms.
#[derive(Default)]
pub(crate) struct Wake {
    pub(crate) matcher: Notify,
    pub(crate) sequencer: Notify,
}

/// The running drivers.
pub struct Drivers {
    tasks: JoinSet<()>,
    stop: Arc<watch::Sender<bool>>,
}

impl Drivers {
    /// Lets each driver finish what it is at, and ends it. What waits in the database waits for the next start.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Casework {
    /// Starts the submission queue, the matcher, the sequencer and retirement.
    pub fn start(&self) -> Drivers {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = JoinSet::new();
        let submissions = self.clone();
        let mut end = stopped.clone();
        tasks.spawn(async move {
            tokio::select! {
                () = submissions.take_submissions() => {}
                _ = end.wait_for(|stop| *stop) => {}
            }
        });
        let matcher = self.clone();
        tasks.spawn(drive("matcher", stopped.clone(), async move || {
            let looked_at = matcher.match_once().await?;
            if looked_at > 0 {
                matcher.inner.wake.sequencer.notify_one();
            }
            let wake = &matcher.inner.wake.matcher;
            rest(looked_at > 0, wake, IDLE).await;
            Ok(())
        }));
        let sequencer = self.clone();
        tasks.spawn(drive("sequencer", stopped.clone(), async move || {
            let moved = sequencer.sequence_once().await?;
            rest(moved.is_some(), &sequencer.inner.wake.sequencer, IDLE).await;
            Ok(())
        }));
        let retirement = self.clone();
        tasks.spawn(drive("retirement", stopped, async move || {
            let ended = retirement.retire_once().await?;
            if ended == 0 {
                tokio::time::sleep(RETIREMENT).await;
            }
            Ok(())
        }));
        Drivers {
            tasks,
            stop: Arc::new(stop),
        }
    }
}

/// At once again while there is work; else until woken or for a while.
async fn rest(busy: bool, wake: &Notify, idle: Duration) {
    if busy {
        return;
    }
    tokio::select! {
        () = wake.notified() => {}
        () = tokio::time::sleep(idle) => {}
    }
}

/// Steps a driver until the program stops. A failure is reported and tried again: no driver gives up.
async fn drive(
    name: &'static str,
    mut stopped: watch::Receiver<bool>,
    step: impl AsyncFn() -> Result<(), StoreError>,
) {
    loop {
        let outcome = tokio::select! {
            outcome = step() => outcome,
            _ = stopped.wait_for(|stop| *stop) => return,
        };
        if let Err(error) = outcome {
            tracing::warn!(driver = name, %error, "a step failed; trying again");
            tokio::select! {
                () = tokio::time::sleep(AFTER_FAILURE) => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
        }
    }
}
