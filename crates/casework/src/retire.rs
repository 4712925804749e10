//! What ends by time is told to the log, and the doors' short-lived rows are forgotten.
//!
//! Nothing waits for this: whoever looks at a signal or match compares its end with the time.

use std::sync::{Mutex, PoisonError};

use domain::webhook::KEPT;
use jiff::Timestamp;
use store::{Context, Matcher, StoreError, Tx, Work};

use crate::Casework;
use crate::covenants::Covenants;
use crate::signal_life::settle;

/// At most so many children share a transaction.
const AT_ONCE: i64 = 500;

/// At most so many deliveries of webhooks are forgotten in one step.
const DELIVERIES_AT_ONCE: i64 = 5_000;

/// Children of which something could not be written down. One of them must not keep the others waiting: it is set aside,
/// and tried again after a while.
#[derive(Default)]
pub(crate) struct SetAside(Mutex<Aside>);

#[derive(Default)]
struct Aside {
    subjects: Vec<i64>,
    steps: u32,
}

/// So many steps a child stays aside: an hour, at the pace of the driver.
const STEPS_ASIDE: u32 = 120;

/// At most so many are set aside; with more the fault is not theirs.
const MOST_ASIDE: usize = 1_000;

impl SetAside {
    pub(crate) fn now(&self) -> Vec<i64> {
        let mut aside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !aside.subjects.is_empty() {
            aside.steps += 1;
            if aside.steps > STEPS_ASIDE || aside.subjects.len() > MOST_ASIDE {
                *aside = Aside::default();
            }
        }
        aside.subjects.clone()
    }

    pub(crate) fn push(&self, subject: i64) {
        let mut aside = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        aside.subjects.push(subject);
    }
}

impl Casework {
    /// Writes down what is due; gives how many signals and consents it was.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retire_once(&self) -> Result<usize, StoreError> {
        let settled = self.settle_once().await?;
        let expired = self.end_consents_once().await?;
        while self.erase_destroyed_once().await? > 0 {}
        while self.tidy_batch_once().await? {}
        while self.lapse_attachments_once().await? > 0 {}
        self.store().run(Context::Service, ForgetShortLived).await?;
        Ok(settled + expired)
    }

    /// Writes down everything that became of signals until now.
    pub(crate) async fn retire_all_due(&self) -> Result<(), StoreError> {
        while self.settle_once().await? > 0 {}
        Ok(())
    }

    /// Writes down what became of one set of signals; gives of how many.
    async fn settle_once(&self) -> Result<usize, StoreError> {
        let set_aside = self.inner.set_aside.now();
        let work = SettleSignals {
            subjects: None,
            set_aside: set_aside.clone(),
        };
        match self.store().run(Context::Service, work).await {
            Ok(settled) => Ok(settled),
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "signals could not be written down together; trying one child after the other");
                self.settle_one_by_one(set_aside).await
            }
        }
    }

    async fn settle_one_by_one(&self, set_aside: Vec<i64>) -> Result<usize, StoreError> {
        let subjects = self
            .store()
            .run(Context::Service, DueSubjects { set_aside })
            .await?;
        let (mut settled, mut failed) = (0, 0_usize);
        for subject in subjects {
            let work = SettleSignals {
                subjects: Some(vec![subject]),
                set_aside: Vec::new(),
            };
            match self.store().run(Context::Service, work).await {
                Ok(one) => settled += one,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "what became of a child's signals could not be written down");
                    self.inner.set_aside.push(subject);
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            tracing::error!(children = failed, "children were set aside");
        }
        Ok(settled)
    }
}

struct SettleSignals {
    /// These children and no others; none means those that are due.
    subjects: Option<Vec<i64>>,
    set_aside: Vec<i64>,
}

impl Work for SettleSignals {
    const NAME: &'static str = "settle_signals";
    type Role = Matcher;
    /// How many signals.
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let subjects = match &self.subjects {
            Some(subjects) => subjects.clone(),
            None => tx.due_subjects(AT_ONCE, &self.set_aside).await?,
        };
        if subjects.is_empty() {
            return Ok(0);
        }
        tx.lock_subjects(&subjects).await?;
        let covenants = Covenants::read(tx).await?;
        settle(tx, &covenants, &subjects).await
    }
}

struct DueSubjects {
    set_aside: Vec<i64>,
}

impl Work for DueSubjects {
    const NAME: &'static str = "due_subjects";
    type Role = Matcher;
    type Output = Vec<i64>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<i64>, StoreError> {
        tx.due_subjects(AT_ONCE, &self.set_aside).await
    }
}

struct ForgetShortLived;

impl Work for ForgetShortLived {
    const NAME: &'static str = "forget_short_lived";
    type Role = Matcher;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<u64, StoreError> {
        let ended_before = tx.now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
        let deliveries = tx.forget_deliveries(ended_before, DELIVERIES_AT_ONCE).await?;
        Ok(tx.forget_short_lived().await?
            + deliveries
            + tx.forget_mails().await?
            + tx.forget_tombstones().await?)
    }
}
