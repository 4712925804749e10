//! The clock of a sandbox: how far it may be moved, and by which stops it gets there.
//!
//! A sandbox is a network of its own kind, in which nobody is real. Whoever tries a program against it moves its time
//! forward instead of waiting for deadlines, birthdays and the end of a retention.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};

/// Furthest at once: a childhood.
const MOST_YEARS: i64 = 25;

/// The calendar of working days goes up to here; no clock goes further.
const LAST: &str = "2150-01-01T00:00:00Z";

/// On the way the clock stops at most so often.
pub const MOST_STOPS: i64 = 60;

/// Between two stops lies a day at least, so that what falls due on one day is worked off before the next.
const BETWEEN_STOPS: SignedDuration = SignedDuration::from_hours(24);

/// How the clock is to be moved.
#[derive(Debug, Clone)]
pub enum Advance {
    /// By so much, as a calendar on the wall counts days, months and years.
    By(Span),
    /// To this instant.
    To(Timestamp),
}

/// Why the clock stays where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ClockRefusal {
    /// It only goes forward.
    #[error("must be later than the sandbox's time")]
    NotForward,
    /// Further than a childhood at once, or beyond the calendar.
    #[error("must be at most 25 years ahead, and before 2150")]
    TooFar,
}

/// The instant that is meant.
///
/// # Errors
/// [`ClockRefusal`].
pub fn target(now: Timestamp, advance: &Advance, zone: &TimeZone) -> Result<Timestamp, ClockRefusal> {
    let later = |span: Span| {
        let moved = now.to_zoned(zone.clone()).checked_add(span);
        moved
            .map(|zoned| zoned.timestamp())
            .map_err(|_| ClockRefusal::TooFar)
    };
    let wanted = match advance {
        Advance::By(span) => later(*span)?,
        Advance::To(instant) => *instant,
    };
    // As fine as the database's clock, so that the clock gets there and not a little short of it.
    let wanted = Timestamp::from_microsecond(wanted.as_microsecond()).map_err(|_| ClockRefusal::TooFar)?;
    if wanted <= now {
        return Err(ClockRefusal::NotForward);
    }
    let last: Timestamp = LAST.parse().map_err(|_| ClockRefusal::TooFar)?;
    if wanted > later(Span::new().years(MOST_YEARS))?.min(last) {
        return Err(ClockRefusal::TooFar);
    }
    Ok(wanted)
}

/// Where the clock stops on its way, the target last: each day, so that a reminder comes before what it reminds of; on a
/// way of more than sixty days, sixty times. At each stop what fell due is worked off.
pub fn stops(from: Timestamp, target: Timestamp) -> Vec<Timestamp> {
    let way = target.duration_since(from).max(SignedDuration::ZERO);
    let days = way.as_secs() / BETWEEN_STOPS.as_secs();
    // Whole days, so that each stop has the same time of day.
    let stretch = BETWEEN_STOPS.saturating_mul(i32::try_from(days / MOST_STOPS + 1).unwrap_or(i32::MAX));
    let mut stops = Vec::new();
    let mut at = from;
    while let Ok(next) = at.checked_add(stretch)
        && next < target
    {
        stops.push(next);
        at = next;
    }
    stops.push(target);
    stops
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn by(span: &str) -> Advance {
        Advance::By(span.parse().unwrap())
    }

    fn amsterdam() -> TimeZone {
        crate::calendar::time_zone("Europe/Amsterdam").unwrap()
    }

    #[test]
    fn days_and_months_are_those_of_the_wall() {
        let now = at("2027-03-27T09:00:00+01:00");
        let moved = |span| target(now, &by(span), &amsterdam());
        // In between the clock was put forward: the same time of day is 23 hours later.
        assert_eq!(moved("P1D"), Ok(at("2027-03-28T09:00:00+02:00")));
        assert_eq!(moved("P1M"), Ok(at("2027-04-27T09:00:00+02:00")));
        assert_eq!(moved("PT90M"), Ok(at("2027-03-27T10:30:00+01:00")));
        let to = Advance::To(at("2027-04-01T00:00:00Z"));
        assert_eq!(target(now, &to, &amsterdam()), Ok(at("2027-04-01T00:00:00Z")));
    }

    #[test]
    fn it_goes_forward_and_not_beyond_a_childhood() {
        let now = at("2027-03-27T09:00:00+01:00");
        let moved = |advance| target(now, &advance, &amsterdam());
        assert_eq!(moved(Advance::To(now)), Err(ClockRefusal::NotForward));
        assert_eq!(moved(by("PT0S")), Err(ClockRefusal::NotForward));
        assert_eq!(moved(by("-P1D")), Err(ClockRefusal::NotForward));
        assert!(moved(by("P25Y")).is_ok());
        assert_eq!(moved(by("P25YT1S")), Err(ClockRefusal::TooFar));
        assert_eq!(moved(by("P9000Y")), Err(ClockRefusal::TooFar));
        let late = at("2149-12-01T00:00:00Z");
        assert_eq!(
            target(late, &by("P1Y"), &TimeZone::UTC),
            Err(ClockRefusal::TooFar)
        );
    }

    #[test]
    fn six_days_are_six_stops_and_five_years_are_sixty_at_most() {
        let from = at("2027-03-01T09:00:00Z");
        let week = stops(from, at("2027-03-07T09:00:00Z"));
        assert_eq!(week.len(), 6);
        assert_eq!(week[0], at("2027-03-02T09:00:00Z"));
        let years = stops(from, at("2032-03-01T09:00:00Z"));
        assert!(years.len() <= 60, "{}", years.len());
        assert_eq!(
            years[0],
            at("2027-03-31T09:00:00Z") + SignedDuration::from_hours(24)
        );
        assert_eq!(
            stops(from, at("2027-03-01T10:00:00Z")),
            [at("2027-03-01T10:00:00Z")]
        );
    }

    proptest! {
        #[test]
        fn stops_rise_from_behind_the_start_and_end_at_the_target(
            start in 0_i64..4_000_000_000, way in 1_i64..800_000_000,
        ) {
            let from = Timestamp::from_second(start).unwrap();
            let target = Timestamp::from_second(start + way).unwrap();
            let stops = stops(from, target);
            prop_assert!(i64::try_from(stops.len()).unwrap() <= MOST_STOPS);
            prop_assert_eq!(stops.last(), Some(&target));
            let mut before = from;
            for stop in stops {
                prop_assert!(stop > before);
                before = stop;
            }
        }
    }
}
