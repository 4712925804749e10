//! What time does to signals of which the family is not told: the organisation is reminded, twice, and then the signal is
//! paused. Pausing acts when somebody reads; here it is written down and told to the log.

use domain::covenant::Covenant;
use domain::disclosure::Step;
use domain::event::Event;
use domain::notice::NoticeKind;
use domain::signal::{Signal, SignalState};
use store::{Context, DisclosureStepped, Matcher, NoticeAbout, SignalDuty, StoreError, Tx, Work};

use super::duty;
use crate::Casework;
use crate::covenants::Covenants;
use crate::notices::{self, Told};

/// At most so many children share a transaction.
const AT_ONCE: i64 = 500;

impl Casework {
    /// Reminds and pauses where that is due; gives for how many children something was looked at.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn step_disclosures_once(&self) -> Result<usize, StoreError> {
        let aside = self.inner.disclosures_aside.now();
        let together = StepDisclosures {
            limit: AT_ONCE,
            aside: aside.clone(),
        };
        match self.store().run(Context::Service, together).await {
            Ok(children) => Ok(children.len()),
            Err(error) if error.is_temporary() => Err(error),
            Err(error) => {
                tracing::warn!(%error, "disclosures could not be looked at together; trying one child after the other");
                self.step_disclosures_apart(aside).await
            }
        }
    }

    async fn step_disclosures_apart(&self, mut aside: Vec<i64>) -> Result<usize, StoreError> {
        let (mut looked_at, mut failed) = (0, 0_usize);
        for _ in 0..AT_ONCE {
            let find = FindDue { aside: aside.clone() };
            let Some(child) = self.store().run(Context::Service, find).await? else {
                break;
            };
            aside.push(child);
            match self.store().run(Context::Service, StepChild { child }).await {
                Ok(()) => looked_at += 1,
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, "whether a child's family was told could not be looked at");
                    self.inner.disclosures_aside.push(child);
                    failed += 1;
                }
            }
        }
        if failed > 0 {
            tracing::error!(children = failed, "children were set aside");
        }
        Ok(looked_at)
    }
}

struct StepDisclosures {
    limit: i64,
    aside: Vec<i64>,
}

impl Work for StepDisclosures {
    const NAME: &'static str = "step_disclosures";
    type Role = Matcher;
    type Output = Vec<i64>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Vec<i64>, StoreError> {
        let children = tx.due_disclosures(self.limit, &self.aside).await?;
        step(tx, &children).await?;
        Ok(children)
    }
}

struct FindDue {
    aside: Vec<i64>,
}

impl Work for FindDue {
    const NAME: &'static str = "find_disclosure_due";
    type Role = Matcher;
    type Output = Option<i64>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<Option<i64>, StoreError> {
        Ok(tx.due_disclosures(1, &self.aside).await?.into_iter().next())
    }
}

struct StepChild {
    child: i64,
}

impl Work for StepChild {
    const NAME: &'static str = "step_disclosures_of_child";
    type Role = Matcher;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), StoreError> {
        step(tx, &[self.child]).await
    }
}

/// Locks these children and does what is due for their signals.
async fn step(tx: &Tx<'_, Matcher>, children: &[i64]) -> Result<(), StoreError> {
    if children.is_empty() {
        return Ok(());
    }
    tx.lock_subjects(children).await?;
    let due = tx.duties_due(children).await?;
    let covenants = Covenants::read(tx).await?;
    let (mut stepped, mut events, mut told) = (Vec::new(), Vec::new(), Vec::new());
    for (signal, done) in &due {
        let (signal, what) = look(tx, covenants.of(signal.covenant)?, signal, *done)?;
        stepped.push(signal);
        match what {
            Some(What::Reminded(event, notice)) => {
                events.push(event);
                told.push(notice);
            }
            Some(What::Paused(event)) => events.push(event),
            None => {}
        }
    }
    tx.write_disclosure_steps(&stepped, &events).await?;
    notices::lay(tx, &covenants, &told).await.map(drop)
}

/// What is done about one signal.
enum What {
    Reminded(Event, Told),
    Paused(Event),
}

fn look(
    tx: &Tx<'_, Matcher>,
    covenant: &Covenant,
    signal: &SignalDuty,
    done: u8,
) -> Result<(DisclosureStepped, Option<What>), StoreError> {
    let (now, zone) = (tx.now(), covenant.time_zone());
    let duty = duty(tx.store(), signal.organisation, &signal.life.facts, &signal.duty)?;
    let mut stepped = DisclosureStepped {
        key: signal.key,
        step: 3,
        next_at: None,
        paused: false,
    };
    let Some(progress) = duty.progress(zone, covenant.liberation_day()) else {
        return Ok((stepped, None));
    };
    stepped.step = progress.reached(now);
    stepped.next_at = progress.next(now);
    let (log_tag, organisation) = (signal.log_tag, signal.organisation_id);
    let what = match progress.due(done, now) {
        Some(Step::Remind) => {
            let kind = match duty.at(zone, now).is_postponed() {
                true => NoticeKind::PostponementReview,
                false => NoticeKind::DisclosureReminder,
            };
            let event = Event::DisclosureReminded {
                signal: log_tag,
                organisation,
                due: progress.over(),
            };
            let notice = Told {
                organisation: signal.organisation,
                about: NoticeAbout::Signal(signal.key),
                about_tag: log_tag,
                kind,
                visible_at: now,
            };
            Some(What::Reminded(event, notice))
        }
        Some(Step::Pause) if signal.life.written == SignalState::Active => {
            // One whose end has come too is over, and not paused.
            stepped.paused = matches!(signal.life.at(now), Some(Signal::Paused { .. }));
            stepped.paused.then_some(What::Paused(Event::SignalPaused {
                signal: log_tag,
                organisation,
            }))
        }
        Some(Step::Pause) | None => None,
    };
    Ok((stepped, what))
}
