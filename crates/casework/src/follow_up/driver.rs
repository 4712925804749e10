//! What happens when a deadline comes: parties are reminded, and the log learns that an officer has a task. The officer's
//! list does not wait for this; whoever reads it compares with the time.

use domain::event::Event;
use domain::follow_up::{self, Step};
use domain::key::OrganisationKey;
use domain::notice::NoticeKind;
use jiff::{SignedDuration, Timestamp};
use store::{Context, FollowUpStepped, FollowUpToLookAt, Matcher, NoticeAbout, StoreError, Tx, Work};

use crate::Casework;
use crate::covenants::Covenants;
use crate::match_view::Facts;
use crate::notices::{self, Told};

/// At most so many children share a transaction.
const AT_ONCE: i64 = 100;

/// How long a match is left alone that cannot be read.
const SET_ASIDE: SignedDuration = SignedDuration::from_hours(1);

impl Casework {
    /// Looks at matches whose deadline came; gives at how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_up_once(&self) -> Result<usize, StoreError> {
        self.store().run(Context::Service, FollowUp).await
    }
}

struct FollowUp;

impl Work for FollowUp {
    const NAME: &'static str = "follow_up";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let subjects = tx.follow_ups_due(AT_ONCE).await?;
        if subjects.is_empty() {
            return Ok(0);
        }
        tx.lock_subjects(&subjects).await?;
        let covenants = Covenants::read(tx).await?;
        let (mut done, mut told) = (Done::default(), Vec::new());
        for look in tx.follow_ups_to_look_at(&subjects).await? {
            let step = match judge(tx, &look).await {
                Ok((step, present)) => {
                    told.extend(present.into_iter().map(|organisation| Told {
                        organisation,
                        about: NoticeAbout::Match(look.match_case),
                        about_tag: look.log_tag,
                        kind: NoticeKind::ContactReminder,
                        visible_at: tx.now(),
                    }));
                    step
                }
                // One match that cannot be read must not keep the others waiting.
                Err(error @ StoreError::Column { .. }) => {
                    tracing::error!(%error, "a match cannot be followed up; it is set aside for an hour");
                    let look_at = tx.now().checked_add(SET_ASIDE).unwrap_or(Timestamp::MAX);
                    Step::Wait { look_at }
                }
                Err(error) => return Err(error),
            };
            done.note(&look, step);
        }
        notices::lay(tx, &covenants, &told).await?;
        tx.step_follow_ups(&done.steps, &done.events).await?;
        Ok(done.steps.len())
    }
}

/// What is to be done about a match, and whom to remind.
async fn judge(
    tx: &Tx<'_, Matcher>,
    look: &FollowUpToLookAt,
) -> Result<(Step, Vec<OrganisationKey>), StoreError> {
    let facts = Facts::look(tx, look.match_case)
        .await?
        .ok_or(StoreError::Column { column: "match_id" })?;
    let (now, terms) = (tx.now(), facts.terms()?);
    let case = facts.case(&terms);
    let missing = follow_up::missing(&case, now).is_some();
    let may_yet_be = case.parties.iter().any(|party| party.is_paused(now));
    let step = look.course.step(missing, may_yet_be, look.reminded, now);
    let present = case.parties.iter().map(|party| party.organisation);
    let present = present.filter(|organisation| case.view(*organisation, now).is_some());
    match step {
        Step::Remind { .. } => Ok((step, present.collect())),
        _ => Ok((step, Vec::new())),
    }
}

/// What was done in a set.
#[derive(Default)]
struct Done {
    steps: Vec<FollowUpStepped>,
    events: Vec<Event>,
}

impl Done {
    fn note(&mut self, look: &FollowUpToLookAt, step: Step) {
        let (look_at, event) = match step {
            Step::Remind { look_at } => (
                Some(look_at),
                Some(Event::FollowUpReminded {
                    match_case: look.log_tag,
                }),
            ),
            Step::Escalate => (
                None,
                Some(Event::FollowUpEscalated {
                    match_case: look.log_tag,
                    officer: look.officer,
                }),
            ),
            Step::Wait { look_at } => (Some(look_at), None),
            Step::Settle => (None, None),
        };
        self.steps.push(FollowUpStepped {
            match_case: look.match_case,
            look_at,
            reminded: matches!(step, Step::Remind { .. }),
            escalated: step == Step::Escalate,
        });
        self.events.extend(event);
    }
}
