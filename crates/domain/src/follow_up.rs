//! Follow-up: that the parties of a match made contact in time, and who sees to it when they did not.
//!
//! On the last day every party is reminded. When the next working day begins and contact is still missing, the municipal
//! follow-up officer has a task. The officer sees the process and never the child: how old the match is, which
//! organisations are in it as far as each of them sees the others, and which of those confirmed contact.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::covenant::Terms;
use crate::key::OrganisationKey;
use crate::match_case::{Case, MatchState, View, Who};
use crate::words::words;

/// The hour of the last day, on the covenant's clock, at which parties are reminded.
const REMINDER_HOUR: u8 = 9;

/// How long the driver waits where nothing is missing and something may be.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_hours(24);

words! {
    /// What the officer did about a task.
    Mark, "marks" {
        /// Spoke with both parties, or all.
        CalledBoth = "called_both",
        /// Spoke with one.
        CalledOne = "called_one",
        /// Called in vain.
        NoAnswer = "no_answer",
        /// The parties will meet.
        MeetingPlanned = "meeting_planned",
    }
}

/// What happens when around a contact deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// When the parties are reminded: at 09:00 of the last day on which contact is in time.
    pub remind_at: Timestamp,
    /// When the officer has a task: at 00:00 of the next working day.
    pub escalates_at: Timestamp,
}

impl Course {
    /// The course of a match whose last day this is. Where covenants have clocks and holidays of their own, whatever
    /// comes first.
    pub fn of(terms: &Terms<'_>, last_day: Date) -> Self {
        Self {
            remind_at: terms.full_hour(last_day, REMINDER_HOUR),
            escalates_at: terms.start_of_day(terms.next_working_day(last_day)),
        }
    }

    /// What the driver does when it looks at this course.
    ///
    /// `missing` is whether contact is missing now, `may_yet_be` whether it can be later without anybody joining: a party
    /// that is paused and comes back has perhaps not confirmed.
    pub fn step(self, missing: bool, may_yet_be: bool, reminded: bool, now: Timestamp) -> Step {
        match (missing, now < self.escalates_at) {
            (true, true) if !reminded && self.remind_at <= now => Step::Remind {
                look_at: self.escalates_at,
            },
            (_, true) if !reminded && now < self.remind_at => Step::Wait {
                look_at: self.remind_at,
            },
            (_, true) => Step::Wait {
                look_at: self.escalates_at,
            },
            (true, false) => Step::Escalate,
            (false, false) if may_yet_be => Step::Wait {
                look_at: now.saturating_add(LOOK_AGAIN).unwrap_or(Timestamp::MAX),
            },
            (false, false) => Step::Settle,
        }
    }
}

/// What is to be done about a match now, and when to look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Remind the parties.
    Remind {
        /// When to look again.
        look_at: Timestamp,
    },
    /// The officer has a task from now on.
    Escalate,
    /// Nothing.
    Wait {
        /// When to look again.
        look_at: Timestamp,
    },
    /// Nothing, and nothing will be unless somebody joins.
    Settle,
}

/// A match in which contact is missing, as the officer may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// When the match became visible to the first of its parties.
    pub visible_at: Timestamp,
    /// The parties, those that are named first.
    pub parties: Vec<Followed>,
}

/// A party as the officer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Followed {
    /// Every other party sees who it is, so the officer does.
    Named {
        /// Which organisation.
        organisation: OrganisationKey,
        /// Whether it confirmed contact.
        contact_confirmed: bool,
    },
    /// "Another organisation": no name, no sector, nothing it did.
    Masked,
}

/// What of a match needs follow-up at this moment; none when nothing does: everyone who must confirmed contact, the
/// match is over, or nobody can see it yet.
///
/// Where a party is masked the others cannot call it, and consent may be asked without contact. Then the deadline
/// measures the request: once the family was asked about everybody who takes part, nothing is missing.
pub fn missing(case: &Case<'_>, now: Timestamp) -> Option<Missing> {
    let views: Vec<(OrganisationKey, View)> = case
        .parties
        .iter()
        .filter_map(|party| Some((party.organisation, case.view(party.organisation, now)?)))
        .collect();
    let (_, first) = views.first()?;
    if first.state != MatchState::Open || everybody_was_asked_about(case, &views, now) {
        return None;
    }
    let visible_at = views.iter().map(|(_, view)| view.visible_at).min()?;
    let mut parties: Vec<Followed> = views
        .iter()
        .map(|(organisation, view)| followed(*organisation, view, &views))
        .collect();
    parties.sort_unstable();
    Some(Missing { visible_at, parties })
}

/// Whether one request spoke of everyone who takes part now: not of who came in, or came back, after it was made.
fn everybody_was_asked_about(case: &Case<'_>, views: &[(OrganisationKey, View)], now: Timestamp) -> bool {
    let mut active = case
        .parties
        .iter()
        .filter(|party| party.is_active(now))
        .filter(|party| views.iter().any(|(seen, _)| *seen == party.organisation))
        .peekable();
    if active.peek().is_none() {
        return false;
    }
    let active: Vec<_> = active.collect();
    case.consents
        .iter()
        .any(|asked| active.iter().all(|party| asked.covers(party)))
}

fn followed(organisation: OrganisationKey, own: &View, views: &[(OrganisationKey, View)]) -> Followed {
    let names = |view: &View| {
        view.parties
            .iter()
            .any(|seen| matches!(seen.who, Who::Named { organisation: named, .. } if named == organisation))
    };
    let mut others = views.iter().filter(|(other, _)| *other != organisation);
    let contact_confirmed = own.parties.iter().any(|seen| {
        matches!(
            seen.who,
            Who::You {
                contact_confirmed: true
            }
        )
    });
    if others.all(|(_, view)| names(view)) {
        Followed::Named {
            organisation,
            contact_confirmed,
        }
    } else {
        Followed::Masked
    }
}

#[cfg(test)]
mod tests;
