//! Joining a match that stands: from when the newcomers are shown, and which deadline counts.

use jiff::Timestamp;
use jiff::civil::Date;

use super::EarlierDeadline;
use crate::covenant::Terms;
use crate::key::OrganisationKey;

/// A place in a match that stands, as far as joining depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Whose.
    pub organisation: OrganisationKey,
    /// From when it is shown.
    pub visible_at: Timestamp,
    /// When its signal ended, if it did.
    pub left_at: Option<Timestamp>,
    /// It did what is asked of it: it confirmed contact, the family was asked about it, or its signal is paused.
    pub is_done: bool,
}

/// A match that somebody joins, before it is joined.
#[derive(Debug, Clone, Copy)]
pub struct Joining<'a> {
    /// The settings that hold with the newcomers in it.
    pub terms: &'a Terms<'a>,
    /// Its last day for contact.
    pub contact_deadline: Date,
    /// The one that is shown instead, as long as an earlier newcomer is not.
    pub earlier_deadline: Option<EarlierDeadline>,
    /// Everyone who is or was in it.
    pub seats: &'a [Seat],
}

/// What newcomers bring with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// From when every door shows them, and shows the match to them.
    pub visible_at: Timestamp,
    /// The last day for contact from then on.
    pub contact_deadline: Date,
    /// The end of that day, for the record of the event.
    pub contact_deadline_ends_at: Timestamp,
    /// What is shown until then, so that the deadline does not tell that somebody is on the way in.
    pub earlier_deadline: Option<EarlierDeadline>,
}

impl Joining<'_> {
    /// Until when a newcomer has to wait: who left is shown until the next interval, and who comes back before that would
    /// show by vanishing. None when it can join now.
    pub fn waits_until(&self, newcomer: OrganisationKey, now: Timestamp) -> Option<Timestamp> {
        let seat = self.seats.iter().find(|seat| seat.organisation == newcomer)?;
        let shown_until = self.terms.visible_at(seat.left_at?);
        (now < shown_until).then_some(shown_until)
    }

    /// Newcomers join. The deadline of a match in which something is still to be done stays, so that joining never gives
    /// the others more time; but one that has passed is no deadline for who comes in now.
    pub fn join(&self, now: Timestamp) -> Joined {
        let present = || self.seats.iter().filter(|seat| seat.left_at.is_none());
        // Nobody is told who joined, and nobody joins, before the match itself is shown.
        let visible_at = present()
            .map(|seat| seat.visible_at)
            .fold(self.terms.visible_at(now), Timestamp::max);
        let passed = self.terms.end_of_day(self.contact_deadline) <= now;
        let contact_deadline = if passed || present().all(|seat| seat.is_done) {
            self.terms.contact_deadline(visible_at).last_day
        } else {
            self.contact_deadline
        };
        let shown = match self.earlier_deadline {
            Some(earlier) if now < earlier.until => earlier.last_day,
            _ => self.contact_deadline,
        };
        Joined {
            visible_at,
            contact_deadline,
            contact_deadline_ends_at: self.terms.end_of_day(contact_deadline),
            earlier_deadline: (now < visible_at).then_some(EarlierDeadline {
                last_day: shown,
                until: visible_at,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::covenant::tests::covenant;

    const A: OrganisationKey = OrganisationKey(1);
    const B: OrganisationKey = OrganisationKey(2);

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn seat(organisation: OrganisationKey, is_done: bool) -> Seat {
        Seat {
            organisation,
            visible_at: at("2027-03-10T14:15:00Z"),
            left_at: None,
            is_done,
        }
    }

    /// A match of Wednesday 10 March 2027, due on 17 March.
    fn joined(seats: &[Seat], earlier_deadline: Option<EarlierDeadline>, now: &str) -> Joined {
        let covenant = covenant("");
        let joining = Joining {
            terms: &Terms::of(&covenant),
            contact_deadline: date(2027, 3, 17),
            earlier_deadline,
            seats,
        };
        joining.join(at(now))
    }

    #[test]
    fn a_deadline_that_runs_stays_and_is_shown_as_before() {
        let joined = joined(&[seat(A, true), seat(B, false)], None, "2027-03-15T14:01:00Z");
        assert_eq!(joined.visible_at, at("2027-03-15T14:15:00Z"));
        assert_eq!(joined.contact_deadline, date(2027, 3, 17));
        assert_eq!(joined.contact_deadline_ends_at, at("2027-03-17T23:00:00Z"));
        assert_eq!(joined.earlier_deadline.unwrap().last_day, date(2027, 3, 17));
    }

    #[test]
    fn where_nothing_was_left_to_do_or_time_was_over_there_is_a_new_one_that_does_not_show_before_the_newcomer()
     {
        let done = [seat(A, true), seat(B, true)];
        let late = [seat(A, true), seat(B, false)];
        for (seats, now, due) in [
            (&done, "2027-03-15T14:01:00Z", date(2027, 3, 22)),
            (&late, "2027-03-18T14:01:00Z", date(2027, 3, 25)),
        ] {
            let joined = joined(seats, None, now);
            assert_eq!(joined.contact_deadline, due);
            let earlier = joined.earlier_deadline.unwrap();
            assert_eq!(
                (earlier.last_day, earlier.until),
                (date(2027, 3, 17), joined.visible_at)
            );
        }
    }

    #[test]
    fn a_second_newcomer_of_the_same_interval_does_not_show_the_first_ones_deadline() {
        let shown = EarlierDeadline {
            last_day: date(2027, 3, 16),
            until: at("2027-03-15T14:15:00Z"),
        };
        let joined = joined(
            &[seat(A, true), seat(B, false)],
            Some(shown),
            "2027-03-15T14:02:00Z",
        );
        assert_eq!(joined.earlier_deadline, Some(shown));
    }

    #[test]
    fn nobody_joins_before_the_match_is_shown() {
        let late = Seat {
            visible_at: at("2027-03-10T14:30:00Z"),
            ..seat(A, false)
        };
        let joined = joined(&[late, seat(B, false)], None, "2027-03-10T14:06:00Z");
        assert_eq!(joined.visible_at, at("2027-03-10T14:30:00Z"));
    }

    #[test]
    fn who_left_comes_back_after_the_interval_in_which_it_is_shown() {
        let covenant = covenant("");
        let left = Seat {
            left_at: Some(at("2027-03-15T14:01:00Z")),
            ..seat(B, true)
        };
        let seats = [seat(A, true), left];
        let joining = Joining {
            terms: &Terms::of(&covenant),
            contact_deadline: date(2027, 3, 17),
            earlier_deadline: None,
            seats: &seats,
        };
        let quarter_past = at("2027-03-15T14:15:00Z");
        assert_eq!(
            joining.waits_until(B, at("2027-03-15T14:02:00Z")),
            Some(quarter_past)
        );
        assert_eq!(joining.waits_until(B, quarter_past), None);
        assert_eq!(joining.waits_until(A, at("2027-03-15T14:02:00Z")), None);
    }
}
