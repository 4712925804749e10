//! What becomes of a message or an attachment: it arrives, waits, is fetched, acknowledged or destroyed; and what closed the
//! exchange for it for good.

use jiff::{SignedDuration, Timestamp};

use super::Coverage;
use crate::consent::Standing;
use crate::match_case::Party;
use crate::words::words;

/// How long an attachment may take to arrive whole.
pub const ARRIVES_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// How many attachments of one party may be arriving in one match at a time.
pub const MOST_ARRIVING: i64 = 4;

/// How many whole attachments of one party are kept in one match until they are acknowledged. Some 500 MiB at most: the
/// service hands documents over and is nobody's archive.
pub const MOST_KEPT: i64 = 20;

/// Where a message or an attachment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentState {
    /// Parts of it are still to come.
    Arriving,
    /// All of it is there, and not all of it was fetched.
    Waiting,
    /// All of it was fetched.
    Fetched,
    /// Its recipient has it in its own file.
    Acknowledged,
    /// It was destroyed before all of it was fetched.
    Destroyed,
}

/// What happened to a message or an attachment, by the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Course {
    /// Of an attachment: when it is destroyed unless all of it is there.
    pub arrive_by: Option<Timestamp>,
    /// When all of it was there.
    pub sent_at: Option<Timestamp>,
    /// When all of it had been fetched.
    pub fetched_at: Option<Timestamp>,
    /// When its recipient acknowledged it.
    pub acknowledged_at: Option<Timestamp>,
    /// When its content was destroyed for another reason.
    pub destroyed_at: Option<Timestamp>,
}

impl Course {
    /// Where it stands at this moment.
    pub fn state(&self, now: Timestamp) -> ContentState {
        if self.acknowledged_at.is_some() {
            ContentState::Acknowledged
        } else if self.fetched_at.is_some() {
            ContentState::Fetched
        } else if self.is_gone(now) {
            ContentState::Destroyed
        } else if self.sent_at.is_some() {
            ContentState::Waiting
        } else {
            ContentState::Arriving
        }
    }

    /// Whether its content counts as gone at this moment, also when no housekeeping has run.
    pub fn is_gone(&self, now: Timestamp) -> bool {
        let lapsed = self.sent_at.is_none() && self.arrive_by.is_some_and(|arrive_by| arrive_by <= now);
        lapsed || self.destroyed_at.is_some() || self.acknowledged_at.is_some()
    }
}

words! {
    /// What closed the exchange for content for good.
    Ended, "ends of content" {
        /// The consent it was sealed under was withdrawn.
        ConsentWithdrawn = "consent-withdrawn",
        /// That consent reached its end.
        ConsentExpired = "consent-expired",
        /// The signal of its sender or its recipient ended.
        SignalEnded = "signal-ended",
        /// The match was closed.
        MatchClosed = "match-closed",
    }
}

/// What closed the exchange for good for content sealed under a consent, and when: whatever came first. `standing` is that
/// of the last consent in its place. A pause closes nothing for good.
pub fn ended(
    standing: Standing,
    asked: &Coverage,
    [sender, recipient]: [&Party; 2],
    match_closed_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<(Ended, Timestamp)> {
    let consent = match standing.at(now) {
        Standing::Withdrawn { at } => Some((Ended::ConsentWithdrawn, at)),
        Standing::Expired { at } => Some((Ended::ConsentExpired, at)),
        _ => None,
    };
    // Who left and came back is another party than the one it was sealed by or for.
    let left = [sender, recipient].map(|party| match asked.covers(party) {
        true => (!party.counts(now)).then_some((Ended::SignalEnded, party.signal_ends_at)),
        false => Some((Ended::SignalEnded, party.member_since)),
    });
    let closed = match_closed_at.map(|at| (Ended::MatchClosed, at));
    [consent, closed]
        .into_iter()
        .chain(left)
        .flatten()
        .filter(|(_, at)| *at <= now)
        .min_by_key(|(because, at)| (*at, *because))
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::exchange::tests::{NOW, at, coverage, given, party};

    fn course() -> Course {
        Course {
            arrive_by: None,
            sent_at: None,
            fetched_at: None,
            acknowledged_at: None,
            destroyed_at: None,
        }
    }

    #[test]
    fn content_stands_where_the_last_thing_put_it() {
        let now = at(NOW);
        let arriving = Course {
            arrive_by: Some(now + 1.second()),
            ..course()
        };
        assert_eq!(arriving.state(now), ContentState::Arriving);
        assert!(!arriving.is_gone(now));
        // Exactly when its time is over it is gone, whether or not anybody has tidied up.
        assert_eq!(arriving.state(now + 1.second()), ContentState::Destroyed);
        assert!(arriving.is_gone(now + 1.second()));
        let whole = Course {
            sent_at: Some(now),
            ..arriving
        };
        assert_eq!(whole.state(now + 1.hour()), ContentState::Waiting);
        let fetched = Course {
            fetched_at: Some(now),
            ..whole
        };
        assert_eq!(fetched.state(now), ContentState::Fetched);
        assert!(!fetched.is_gone(now));
        let destroyed = Course {
            destroyed_at: Some(now),
            ..fetched
        };
        assert_eq!(destroyed.state(now), ContentState::Fetched);
        assert!(destroyed.is_gone(now));
        let acknowledged = Course {
            acknowledged_at: Some(now),
            ..fetched
        };
        assert_eq!(acknowledged.state(now), ContentState::Acknowledged);
        assert!(acknowledged.is_gone(now));
        let unfetched = Course {
            destroyed_at: Some(now),
            ..whole
        };
        assert_eq!(unfetched.state(now), ContentState::Destroyed);
    }

    #[test]
    fn what_came_first_closed_it() {
        let now = at(NOW);
        let consent = coverage(1, &[1, 2], given("2027-05-02T00:00:00Z", "2028-01-01T00:00:00Z"));
        let (one, other) = (party(1), party(2));
        let closed =
            |standing, parties, match_closed_at| ended(standing, &consent, parties, match_closed_at, now);
        assert_eq!(closed(consent.standing, [&one, &other], None), None);
        let withdrawn = Standing::Withdrawn {
            at: at("2027-05-20T00:00:00Z"),
        };
        assert_eq!(
            closed(withdrawn, [&one, &other], None),
            Some((Ended::ConsentWithdrawn, at("2027-05-20T00:00:00Z")))
        );
        assert_eq!(
            closed(withdrawn, [&one, &other], Some(at("2027-05-10T00:00:00Z"))),
            Some((Ended::MatchClosed, at("2027-05-10T00:00:00Z")))
        );
        let expired = given("2027-05-02T00:00:00Z", "2027-05-30T00:00:00Z");
        assert_eq!(
            closed(expired, [&one, &other], None),
            Some((Ended::ConsentExpired, at("2027-05-30T00:00:00Z")))
        );
        let gone = Party {
            signal_ends_at: at("2027-05-03T00:00:00Z"),
            ..party(2)
        };
        assert_eq!(
            closed(expired, [&one, &gone], None),
            Some((Ended::SignalEnded, at("2027-05-03T00:00:00Z")))
        );
        // A signal that ends later has not ended; one that came back is another.
        let back = Party {
            member_since: at("2027-05-25T00:00:00Z"),
            ..party(2)
        };
        assert_eq!(
            closed(consent.standing, [&back, &one], None),
            Some((Ended::SignalEnded, at("2027-05-25T00:00:00Z")))
        );
        let paused = Party {
            paused_from: Some(at("2027-05-25T00:00:00Z")),
            ..party(2)
        };
        assert_eq!(closed(consent.standing, [&paused, &one], None), None);
    }
}
