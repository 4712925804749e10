//! Dates and spans as a Dutch letter writes them.

use domain::calendar;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

/// The local day of an instant: `12 maart 2027`.
pub(super) fn day(at: Timestamp, zone: &TimeZone) -> String {
    written(at.to_zoned(zone.clone()).date())
}

/// A day: `12 maart 2027`.
pub(super) fn date(date: Date) -> String {
    written(date)
}

/// How long something holds that is over at an instant: `tot en met 11 maart 2027` when that is the end of a day, and
/// `tot 12 maart 2027 om 09.30 uur` when it is not. Seconds are dropped: what is told is never too late.
pub(super) fn until(end: Timestamp, zone: &TimeZone) -> String {
    let end = end.to_zoned(zone.clone());
    let (date, time) = (end.date(), end.time());
    match date.yesterday() {
        Ok(last_day) if time < Time::constant(0, 1, 0, 0) => {
            format!("tot en met {}", written(last_day))
        }
        _ => format!(
            "tot {} om {:02}.{:02} uur",
            written(date),
            time.hour(),
            time.minute()
        ),
    }
}

/// A number of days: `1 jaar (365 dagen)`, `30 dagen`, `1 dag`.
pub(super) fn days(count: u16) -> String {
    match count {
        1 => "1 dag".to_owned(),
        365 => "1 jaar (365 dagen)".to_owned(),
        730 => "2 jaar (730 dagen)".to_owned(),
        count => format!("{count} dagen"),
    }
}

fn written(date: Date) -> String {
    format!("{} {}", date.day(), calendar::month_in_dutch(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amsterdam() -> TimeZone {
        calendar::time_zone("Europe/Amsterdam").unwrap()
    }

    #[test]
    fn a_day_is_the_local_one() {
        let day_of = |text: &str| day(text.parse().unwrap(), &amsterdam());
        assert_eq!(day_of("2027-03-12T22:59:59Z"), "12 maart 2027");
        assert_eq!(day_of("2027-03-12T23:00:00Z"), "13 maart 2027");
        assert_eq!(day_of("2027-06-30T22:00:00Z"), "1 juli 2027");
        assert_eq!(day_of("2026-12-31T23:00:00Z"), "1 januari 2027");
    }

    #[test]
    fn an_end_is_the_last_whole_day_or_a_time() {
        let until_of = |text: &str| until(text.parse().unwrap(), &amsterdam());
        assert_eq!(until_of("2027-03-11T23:00:00Z"), "tot en met 11 maart 2027");
        assert_eq!(until_of("2027-02-28T23:00:59.9Z"), "tot en met 28 februari 2027");
        assert_eq!(until_of("2027-03-12T08:05:59Z"), "tot 12 maart 2027 om 09.05 uur");
        // Daylight saving time began on 28 March.
        assert_eq!(until_of("2027-04-09T09:00:00Z"), "tot 9 april 2027 om 11.00 uur");
    }

    #[test]
    fn days_are_words() {
        assert_eq!(
            [days(1), days(28), days(365)],
            ["1 dag", "28 dagen", "1 jaar (365 dagen)"]
        );
    }
}
