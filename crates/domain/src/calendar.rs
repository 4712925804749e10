//! Days, as a covenant counts them: in its own time zone, with the Dutch public holidays.
//!
//! Deadlines and ends are agreed in days, and people live in local days. A day begins at 00:00 on the clock on the wall
//! of the covenant's time zone; on the two days a year on which the clock is changed it lasts 23 or 25 hours. The time
//! zone rules are built into the program, so that the same facts give the same dates on every machine.

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan, Zoned};

use crate::words::words;

/// The name is not that of a time zone in the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a time zone, such as Europe/Amsterdam")]
pub struct UnknownTimeZone;

/// The time zone with this IANA name, such as `Europe/Amsterdam`.
///
/// # Errors
/// `UnknownTimeZone` when there is none.
pub fn time_zone(name: &str) -> Result<TimeZone, UnknownTimeZone> {
    let zone = TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| UnknownTimeZone)?;
    if zone.is_unknown() {
        Err(UnknownTimeZone)
    } else {
        Ok(zone)
    }
}

/// The local date at this instant.
pub fn local_date(at: Timestamp, zone: &TimeZone) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The instant at which this local day begins. Where a clock change skips midnight it is the first instant after it.
/// A day beyond the calendar (year 9999) begins at its last instant.
pub fn start_of_day(day: Date, zone: &TimeZone) -> Timestamp {
    day.to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// The instant at which this local day is over.
pub fn end_of_day(day: Date, zone: &TimeZone) -> Timestamp {
    start_of_day(next_day(day), zone)
}

/// The instant at which the clock on the wall shows this full hour of this day; where a clock change skips it, the first
/// instant after.
pub fn full_hour(day: Date, hour: u8, zone: &TimeZone) -> Timestamp {
    day.at(hour.min(23).cast_signed(), 0, 0, 0)
        .to_zoned(zone.clone())
        .map_or(Timestamp::MAX, |then| then.timestamp())
}

/// This many local days later, at the same time on the clock on the wall.
pub fn add_days(at: Timestamp, days: u16, zone: &TimeZone) -> Timestamp {
    at.to_zoned(zone.clone())
        .checked_add(i32::from(days).days())
        .map_or(Timestamp::MAX, |later: Zoned| later.timestamp())
}

/// The day after.
pub fn next_day(day: Date) -> Date {
    day.tomorrow().unwrap_or(Date::MAX)
}

/// How many days `to` lies after `from`; negative when it lies before.
pub fn days_between(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// The month and year of a day in the words a Dutch reader uses, such as `maart 2027`.
pub fn month_in_dutch(day: Date) -> String {
    const MONTHS: [&str; 12] = [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ];
    let month = usize::try_from(day.month() - 1).unwrap_or_default();
    format!(
        "{} {}",
        MONTHS.get(month).copied().unwrap_or_default(),
        day.year()
    )
}

words! {
    /// In which years 5 May is no working day. Each covenant says it.
    LiberationDay, "ways to keep Liberation Day" {
        /// Every year: the Algemene termijnenwet, article 3(1), knows no exception.
        EveryYear = "every_year",
        /// Once in five years (2025, 2030, ...), as most collective agreements give the day off.
        Lustrum = "lustrum",
    }
}

impl LiberationDay {
    fn is_kept_in(self, year: i16) -> bool {
        match self {
            Self::EveryYear => true,
            Self::Lustrum => year % 5 == 0,
        }
    }
}

/// The last of `days` working days that follow `day`. The day itself does not count, whatever day it is.
pub fn add_working_days(day: Date, days: u8, kept: LiberationDay) -> Date {
    let mut reached = day;
    for _ in 0..days {
        reached = next_working_day(reached, kept);
    }
    reached
}

/// The first of `days` working days that go before `day`, such as the day of a reminder three working days ahead.
pub fn subtract_working_days(day: Date, days: u8, kept: LiberationDay) -> Date {
    let mut reached = day;
    for _ in 0..days {
        reached = reached.yesterday().unwrap_or(Date::MIN);
        while !is_working_day(reached, kept) && reached > Date::MIN {
            reached = reached.yesterday().unwrap_or(Date::MIN);
        }
    }
    reached
}

/// The first working day after `day`.
pub fn next_working_day(day: Date, kept: LiberationDay) -> Date {
    let mut next = next_day(day);
    while !is_working_day(next, kept) && next < Date::MAX {
        next = next_day(next);
    }
    next
}

/// Not a Saturday, a Sunday or a public holiday (Algemene termijnenwet, article 1).
pub fn is_working_day(day: Date, kept: LiberationDay) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && Holiday::on(day, kept).is_none()
}

/// A public holiday in the sense of the Algemene termijnenwet: article 3(1) lists them, article 3(2) puts Good Friday
/// on a par. Easter Sunday and Whit Sunday are not listed because they are Sundays. The days that the government puts
/// on a par for three years at a time (article 3(3)) are not computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "named after the day")]
pub enum Holiday {
    NewYear,
    GoodFriday,
    EasterMonday,
    KingsDay,
    LiberationDay,
    AscensionDay,
    WhitMonday,
    ChristmasDay,
    SecondChristmasDay,
}

impl Holiday {
    /// Every holiday, in the order of the year (Liberation Day may fall after Ascension Day).
    pub const ALL: [Self; 9] = [
        Self::NewYear,
        Self::GoodFriday,
        Self::EasterMonday,
        Self::KingsDay,
        Self::LiberationDay,
        Self::AscensionDay,
        Self::WhitMonday,
        Self::ChristmasDay,
        Self::SecondChristmasDay,
    ];

    /// The holiday on this day, if any. Where two coincide, the first in the list.
    pub fn on(day: Date, kept: LiberationDay) -> Option<Self> {
        Self::ALL.into_iter().find(|holiday| {
            holiday.falls_on(day) && (*holiday != Self::LiberationDay || kept.is_kept_in(day.year()))
        })
    }

    /// The name a Dutch reader knows.
    pub const fn dutch(self) -> &'static str {
        match self {
            Self::NewYear => "Nieuwjaarsdag",
            Self::GoodFriday => "Goede Vrijdag",
            Self::EasterMonday => "tweede paasdag",
            Self::KingsDay => "Koningsdag",
            Self::LiberationDay => "Bevrijdingsdag",
            Self::AscensionDay => "Hemelvaartsdag",
            Self::WhitMonday => "tweede pinksterdag",
            Self::ChristmasDay => "eerste kerstdag",
            Self::SecondChristmasDay => "tweede kerstdag",
        }
    }

    fn falls_on(self, day: Date) -> bool {
        let monthday = (day.month(), day.day());
        match self {
            Self::NewYear => monthday == (1, 1),
            Self::GoodFriday => days_after_easter(day) == -2,
            Self::EasterMonday => days_after_easter(day) == 1,
            // 27 April; when that is a Sunday it is celebrated on Saturday 26 April.
            Self::KingsDay => match day.weekday() {
                Weekday::Sunday => false,
                Weekday::Saturday => monthday == (4, 26) || monthday == (4, 27),
                _ => monthday == (4, 27),
            },
            Self::LiberationDay => monthday == (5, 5),
            Self::AscensionDay => days_after_easter(day) == 39,
            Self::WhitMonday => days_after_easter(day) == 50,
            Self::ChristmasDay => monthday == (12, 25),
            Self::SecondChristmasDay => monthday == (12, 26),
        }
    }
}

impl fmt::Display for Holiday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dutch())
    }
}

fn days_after_easter(day: Date) -> i16 {
    let easter_in_march = i16::from(easter_day_counted_from_march(day.year()));
    // Days since the last of February: 1 is 1 March. Outside March to June no movable holiday exists.
    let counted = match day.month() {
        3 => 0,
        4 => 31,
        5 => 61,
        6 => 92,
        _ => return i16::MIN,
    } + i16::from(day.day());
    counted - easter_in_march
}

/// Easter Sunday of a year as "the nth of March" (32 is 1 April): the Gregorian computus as Butcher published it in
/// 1876, which follows from the church's definition without exception tables.
fn easter_day_counted_from_march(year: i16) -> u8 {
    let year = i32::from(year);
    let golden = year % 19;
    let (century, of_century) = (year / 100, year % 100);
    let moon_correction = (century + 8) / 25;
    let epact = (19 * golden + century - century / 4 - (century - moon_correction + 1) / 3 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - epact - of_century % 4) % 7;
    let late = (golden + 11 * epact + 22 * weekday) / 451;
    // In the published form month * 31 + day - 1 = epact + weekday - 7 * late + 114, and March has 31 days.
    u8::try_from(epact + weekday - 7 * late + 22).unwrap_or_default()
}

/// A month of a year, such as the month from which a child's data may no longer exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

/// Not a month written as `YYYY-MM`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month written as YYYY-MM")]
pub struct NotAMonth;

impl Month {
    /// Reads `YYYY-MM`, four and two digits.
    ///
    /// # Errors
    /// `NotAMonth` for everything else.
    pub fn parse(text: &str) -> Result<Self, NotAMonth> {
        let (year, month) = text.split_once('-').ok_or(NotAMonth)?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
            return Err(NotAMonth);
        }
        let (year, month) = (
            year.parse().map_err(|_| NotAMonth)?,
            month.parse().map_err(|_| NotAMonth)?,
        );
        if (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(NotAMonth)
        }
    }

    /// The month in which this day falls.
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year(),
            month: day.month(),
        }
    }

    /// The same month, this many years later.
    pub fn years_later(self, years: u8) -> Self {
        Self {
            year: self.year.saturating_add(i16::from(years)),
            ..self
        }
    }

    /// The same month, this many years earlier.
    #[must_use]
    pub fn years_earlier(self, years: u8) -> Self {
        Self {
            year: self.year.saturating_sub(i16::from(years)),
            ..self
        }
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        match self.month {
            12 => Self {
                year: self.year.saturating_add(1),
                month: 1,
            },
            month => Self {
                month: month + 1,
                ..self
            },
        }
    }

    /// The first day of the month.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).unwrap_or(Date::MAX)
    }
}

/// `YYYY-MM`.
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

#[cfg(test)]
mod tests;
