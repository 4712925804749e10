//! Dates and spans as a letter in each language writes them. The words, the names of months in the case that a date takes, and
//! the plurals are messages (`common-date` and what follows it).

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::Texts;

impl Texts {
    /// A day: `12 maart 2027`.
    pub fn date(self, date: Date) -> Cow<'static, str> {
        let values: [(&str, &dyn crate::Value); 3] = [
            ("day", &date.day()),
            ("month", &date.month()),
            ("year", &date.year()),
        ];
        self.with("common-date", &values)
    }

    /// The local day of an instant: `12 maart 2027`.
    pub fn day(self, at: Timestamp, zone: &TimeZone) -> Cow<'static, str> {
        self.date(at.to_zoned(zone.clone()).date())
    }

    /// The local day and time of an instant: `12 maart 2027 om 09.05 uur`. Seconds are dropped.
    pub fn moment(self, at: Timestamp, zone: &TimeZone) -> Cow<'static, str> {
        let at = at.to_zoned(zone.clone());
        self.at_a_time("common-moment", at.date(), at.time())
    }

    /// How long something holds that is over at an instant: `tot en met 11 maart 2027` when that is the end of a day, and
    /// `tot 12 maart 2027 om 09.30 uur` when it is not. Seconds are dropped: what is told is never too late.
    pub fn until(self, end: Timestamp, zone: &TimeZone) -> Cow<'static, str> {
        let end = end.to_zoned(zone.clone());
        let (date, time) = (end.date(), end.time());
        match date.yesterday() {
            Ok(last_day) if time < Time::constant(0, 1, 0, 0) => self.until_day(last_day),
            _ => self.at_a_time("common-until-moment", date, time),
        }
    }

    /// How long something holds whose last day this is: `tot en met 11 maart 2027`.
    pub fn until_day(self, last_day: Date) -> Cow<'static, str> {
        self.with("common-until-day", &[("date", &self.date(last_day))])
    }

    /// A number of days: `1 jaar (365 dagen)`, `30 dagen`, `1 dag`.
    pub fn days(self, count: u16) -> Cow<'static, str> {
        match count {
            365 => self.say("common-one-year"),
            730 => self.say("common-two-years"),
            count => self.with("common-days", &[("count", &count)]),
        }
    }

    fn at_a_time(self, key: &str, date: Date, time: Time) -> Cow<'static, str> {
        let two = |number: i8| format!("{number:02}");
        let date = self.date(date);
        self.with(
            key,
            &[
                ("date", &date),
                ("hour", &two(time.hour())),
                ("minute", &two(time.minute())),
            ],
        )
    }
}

#[cfg(test)]
mod tests;
