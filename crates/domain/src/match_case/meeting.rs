//! Which signals of a child meet: what the matcher decides for one child, from the signals that are active.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// A match of this child that its lead closed, by the signals that took part until then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedMeeting {
    /// When.
    pub closed_at: Timestamp,
    /// The signals, each with the instant from which it was shown in the match.
    pub signals: Vec<(i64, Timestamp)>,
}

/// Whether these active signals make a new match: at least two, and not all of them met before in matches that a lead
/// closed. What a lead closed is done with, and opens again only when somebody new comes in. Who was not yet shown when
/// it was closed has met nobody.
pub fn is_new(active: &[i64], closed: &[ClosedMeeting]) -> bool {
    let met: Vec<BTreeSet<i64>> = closed
        .iter()
        .map(|meeting| {
            let shown = meeting
                .signals
                .iter()
                .filter(|(_, visible_at)| *visible_at <= meeting.closed_at);
            shown.map(|(signal, _)| *signal).collect()
        })
        .collect();
    let have_met = |one, other| met.iter().any(|met| met.contains(one) && met.contains(other));
    active
        .iter()
        .enumerate()
        .any(|(place, one)| active[place + 1..].iter().any(|other| !have_met(one, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn closed(signals: &[(i64, i64)]) -> ClosedMeeting {
        ClosedMeeting {
            closed_at: at(100),
            signals: signals
                .iter()
                .map(|(signal, shown)| (*signal, at(*shown)))
                .collect(),
        }
    }

    #[test]
    fn two_signals_meet_and_one_does_not() {
        assert!(!is_new(&[], &[]));
        assert!(!is_new(&[1], &[]));
        assert!(is_new(&[1, 2], &[]));
    }

    #[test]
    fn what_a_lead_closed_is_done_with_until_somebody_new_comes() {
        let closed = [closed(&[(1, 0), (2, 0)])];
        assert!(!is_new(&[1, 2], &closed));
        assert!(is_new(&[1, 2, 3], &closed));
        assert!(is_new(&[1, 4], &closed), "a new signal is a new weighing");
    }

    #[test]
    fn who_was_not_shown_when_it_was_closed_has_met_nobody() {
        let closed = [closed(&[(1, 0), (2, 0), (3, 101)])];
        assert!(is_new(&[1, 2, 3], &closed));
        assert!(!is_new(&[1, 2], &closed));
    }

    #[test]
    fn all_pairs_may_have_met_in_several_matches() {
        let two = [closed(&[(1, 0), (2, 0)]), closed(&[(2, 0), (3, 0)])];
        assert!(is_new(&[1, 2, 3], &two), "1 and 3 have not met");
        let three = [
            closed(&[(1, 0), (2, 0)]),
            closed(&[(2, 0), (3, 0)]),
            closed(&[(1, 0), (3, 0)]),
        ];
        assert!(!is_new(&[1, 2, 3], &three));
    }
}
