//! Statistics: counts without content, per covenant and quarter.
//!
//! A quarter is counted once, when it is over, and what may be published of it is decided then and kept: no two answers
//! about one quarter differ, and there is nothing to subtract from one another. Each number counts what happened in its
//! quarter alone; numbers that go on from quarter to quarter, or years made of quarters, do not exist. No number is about
//! a professional or an organisation.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::covenant::Covenant;
use crate::words::words;

/// A number below this is not published: it would tell of single children.
pub const SMALLEST_SHOWN: u64 = 10;

words! {
    /// What is counted.
    Measure, "measures" {
        /// Signals that were given.
        Signals = "signals",
        /// Matches that opened.
        Matches = "matches",
        /// Matches in which the last party that had to confirm contact did so before the deadline.
        ContactInTime = "contact_in_time",
        /// Matches that a follow-up officer got a task about, because the deadline passed.
        ContactOverdue = "contact_overdue",
        /// Consents that were asked of families.
        ConsentsAsked = "consents_asked",
        /// Consents that were given.
        ConsentsGiven = "consents_given",
        /// Consents that were refused.
        ConsentsRefused = "consents_refused",
        /// Requests that nobody answered in time.
        ConsentsUnanswered = "consents_unanswered",
        /// Consents that were withdrawn.
        ConsentsWithdrawn = "consents_withdrawn",
    }
}

/// What is published of one measure in one quarter: of each covenant, in the order in which they were given, and of the
/// network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// One for each covenant; none when it is withheld.
    pub covenants: Vec<Option<u64>>,
    /// Of all covenants together; none when it is withheld.
    pub network: Option<u64>,
}

/// Decides what of these counts may be published.
///
/// A covenant's count below [`SMALLEST_SHOWN`] is withheld. The network's is published only when it narrows none of those
/// down: someone who subtracts every published count from it must be left with a sum that leaves each withheld count
/// every value from 0 to 9. So with one withheld covenant there is never a total, and with two only when their sum is
/// nine. The total is withheld rather than another covenant's count, because regions steer by their own numbers.
pub fn publish(counts: &[u64]) -> Published {
    let covenants: Vec<Option<u64>> = counts
        .iter()
        .map(|count| Some(*count).filter(|count| *count >= SMALLEST_SHOWN))
        .collect();
    let withheld = counts.iter().filter(|count| **count < SMALLEST_SHOWN);
    let (number, sum) = withheld.fold((0_u64, 0_u64), |(number, sum), count| (number + 1, sum + count));
    let largest_hidden = SMALLEST_SHOWN - 1;
    let tells_nothing = number == 0
        || (sum >= largest_hidden && sum <= largest_hidden.saturating_mul(number.saturating_sub(1)));
    let total = counts
        .iter()
        .fold(0_u64, |total, count| total.saturating_add(*count));
    Published {
        covenants,
        network: Some(total).filter(|total| tells_nothing && *total >= SMALLEST_SHOWN),
    }
}

/// A quarter of a calendar year, such as 2027-Q1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quarter {
    year: i16,
    number: i8,
}

/// Not a quarter written as `YYYY-Qn`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a quarter written as YYYY-Qn, such as 2027-Q1")]
pub struct NotAQuarter;

impl Quarter {
    /// The quarter in which this day falls.
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year(),
            number: (day.month() - 1) / 3 + 1,
        }
    }

    /// The quarter in which this instant falls on the covenant's clock.
    pub fn at(covenant: &Covenant, at: Timestamp) -> Self {
        Self::of(covenant.local_date(at))
    }

    /// Reads `YYYY-Qn`.
    ///
    /// # Errors
    /// `NotAQuarter` for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAQuarter> {
        let (year, number) = text.split_once("-Q").ok_or(NotAQuarter)?;
        if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAQuarter);
        }
        let number = match number {
            "1" => 1,
            "2" => 2,
            "3" => 3,
            "4" => 4,
            _ => return Err(NotAQuarter),
        };
        let year = year.parse().map_err(|_| NotAQuarter)?;
        Ok(Self { year, number })
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::new(self.year, (self.number - 1) * 3 + 1, 1).unwrap_or(Date::MAX)
    }

    /// The quarter after.
    #[must_use]
    pub fn next(self) -> Self {
        match self.number {
            4 => Self {
                year: self.year.saturating_add(1),
                number: 1,
            },
            number => Self {
                number: number + 1,
                ..self
            },
        }
    }

    /// The quarter before.
    #[must_use]
    pub fn previous(self) -> Self {
        match self.number {
            1 => Self {
                year: self.year.saturating_sub(1),
                number: 4,
            },
            number => Self {
                number: number - 1,
                ..self
            },
        }
    }

    /// The instant at which it is over on the covenant's clock.
    pub fn ends_at(self, covenant: &Covenant) -> Timestamp {
        covenant.start_of_day(self.next().first_day())
    }
}

/// `YYYY-Qn`.
impl fmt::Display for Quarter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-Q{}", self.year, self.number)
    }
}

#[cfg(test)]
mod tests;
