//! What ends by time is told to the log, and the doors' short-lived rows are forgotten.
//!
//! Nothing waits for this: whoever looks at a signal or match compares its end with the time.

use domain::consent::ConsentState;
use domain::event::Event;
use domain::match_case::MatchState;
use domain::signal::SignalState;
use store::{Context, Matcher, StoreError, Tx, Work};

use crate::Casework;

/// At most so many signals, or consents, share a transaction.
const AT_ONCE: i64 = 500;

impl Casework {
    /// Ends what is due; gives how many signals and consents ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retire_once(&self) -> Result<usize, StoreError> {
        let ended = self.store().run(Context::Service, ExpireSignals).await?;
        let expired = self.store().run(Context::Service, ExpireConsents).await?;
        self.store().run(Context::Service, ForgetShortLived).await?;
        Ok(ended + expired)
    }

    /// Ends everything that is due now.
    pub(crate) async fn retire_all_due(&self) -> Result<(), StoreError> {
        while self.store().run(Context::Service, ExpireSignals).await? > 0 {}
        Ok(())
    }
}

struct ExpireSignals;

impl Work for ExpireSignals {
    const NAME: &'static str = "expire_signals";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let subjects = tx.due_subjects(AT_ONCE).await?;
        if subjects.is_empty() {
            return Ok(0);
        }
        tx.lock_subjects(&subjects).await?;
        end_due(tx, &subjects).await
    }
}

/// Ends the signals of these children whose end has come, and the matches that fewer than two are left in. The children
/// must be locked; the matcher does this first, so that nobody joins a match that is over.
pub(crate) async fn end_due(tx: &Tx<'_, Matcher>, subjects: &[i64]) -> Result<usize, StoreError> {
    let due = tx.due_signals(subjects).await?;
    if due.is_empty() {
        return Ok(0);
    }
    let state = |_| StoreError::Column { column: "state" };
    let expired = due
        .iter()
        .map(|signal| {
            Ok(Event::SignalExpired {
                signal: signal.log_tag,
                organisation: signal.organisation_id,
                from: SignalState::from_slug(&signal.state).map_err(state)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    tx.expire_signals(&due, &expired).await?;

    let lonely = tx.lonely_matches(subjects).await?;
    let closed = lonely
        .iter()
        .map(|lonely| {
            Ok(Event::MatchClosed {
                match_case: lonely.log_tag,
                from: MatchState::from_slug(&lonely.state).map_err(state)?,
            })
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    tx.close_matches(&lonely, &closed).await?;
    Ok(due.len())
}

struct ExpireConsents;

impl Work for ExpireConsents {
    const NAME: &'static str = "expire_consents";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let due = tx.due_consents(AT_ONCE).await?;
        let expired = due
            .iter()
            .map(|consent| {
                Ok(Event::ConsentExpired {
                    consent: consent.log_tag,
                    match_case: consent.match_tag,
                    from: ConsentState::from_slug(&consent.state)
                        .map_err(|_| StoreError::Column { column: "state" })?,
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        tx.expire_consents(&due, &expired, |ended, message, consent| {
            Event::ContentDestroyed {
                message,
                match_case: ended.match_tag,
                consent,
            }
        })
        .await?;
        Ok(due.len())
    }
}

struct ForgetShortLived;

impl Work for ForgetShortLived {
    const NAME: &'static str = "forget_short_lived";
    type Role = Matcher;
    type Output = u64;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<u64, StoreError> {
        tx.forget_short_lived().await
    }
}
