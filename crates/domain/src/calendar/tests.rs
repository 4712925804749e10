use jiff::civil::date;

use super::LiberationDay::{EveryYear, Lustrum};
use super::*;

fn amsterdam() -> TimeZone {
    time_zone("Europe/Amsterdam").unwrap()
}

fn holidays_of(year: i16) -> Vec<String> {
    let mut day = date(year, 1, 1);
    let mut found = Vec::new();
    while day.year() == year {
        if let Some(holiday) = Holiday::on(day, EveryYear) {
            found.push(format!("{:02}-{:02} {holiday}", day.month(), day.day()));
        }
        day = next_day(day);
    }
    found
}

#[test]
fn the_holidays_of_2027_are_those_of_the_act() {
    assert_eq!(
        holidays_of(2027),
        [
            "01-01 Nieuwjaarsdag",
            "03-26 Goede Vrijdag",
            "03-29 tweede paasdag",
            "04-27 Koningsdag",
            "05-05 Bevrijdingsdag",
            "05-06 Hemelvaartsdag",
            "05-17 tweede pinksterdag",
            "12-25 eerste kerstdag",
            "12-26 tweede kerstdag",
        ]
    );
}

#[test]
fn kings_day_moves_off_a_sunday() {
    for (year, day) in [
        (2025, 26),
        (2026, 27),
        (2031, 26),
        (2036, 26),
        (2030, 27),
        (2024, 27),
    ] {
        let found: Vec<_> = (25..=28)
            .filter(|n| Holiday::on(date(year, 4, *n), EveryYear) == Some(Holiday::KingsDay))
            .collect();
        assert_eq!(found, [day], "{year}");
    }
}

#[test]
fn easter_falls_where_the_almanac_says() {
    let almanac = [
        (1961, 4, 2),
        (1981, 4, 19),
        (2000, 4, 23),
        (2008, 3, 23),
        (2011, 4, 24),
        (2024, 3, 31),
        (2025, 4, 20),
        (2026, 4, 5),
        (2027, 3, 28),
        (2028, 4, 16),
        (2029, 4, 1),
        (2030, 4, 21),
        (2035, 3, 25),
        (2038, 4, 25),
        (2049, 4, 18),
        (2076, 4, 19),
        (2285, 3, 22),
    ];
    for (year, month, day) in almanac {
        assert_eq!(days_after_easter(date(year, month, day)), 0, "{year}");
    }
}

#[test]
fn ascension_and_liberation_day_may_coincide_and_still_are_one_day_off() {
    assert_eq!(
        Holiday::on(date(2016, 5, 5), EveryYear),
        Some(Holiday::LiberationDay)
    );
    assert!(Holiday::AscensionDay.falls_on(date(2016, 5, 5)));
}

#[test]
fn five_working_days_after_a_wednesday_is_the_next_wednesday() {
    assert_eq!(
        add_working_days(date(2027, 3, 10), 5, EveryYear),
        date(2027, 3, 17)
    );
}

#[test]
fn five_working_days_over_easter_skip_the_weekend_and_easter_monday() {
    let days: Vec<_> = (1..=5)
        .map(|n| add_working_days(date(2027, 3, 26), n, EveryYear))
        .collect();
    assert_eq!(
        days,
        [
            date(2027, 3, 30),
            date(2027, 3, 31),
            date(2027, 4, 1),
            date(2027, 4, 2),
            date(2027, 4, 5)
        ]
    );
    assert_eq!(next_working_day(date(2027, 4, 5), EveryYear), date(2027, 4, 6));
}

#[test]
fn a_day_lasts_23_25_or_24_hours() {
    let hours = |day: Date| {
        let zone = amsterdam();
        start_of_day(next_day(day), &zone)
            .duration_since(start_of_day(day, &zone))
            .as_hours()
    };
    assert_eq!(hours(date(2027, 3, 28)), 23);
    assert_eq!(hours(date(2027, 10, 31)), 25);
    assert_eq!(hours(date(2027, 6, 1)), 24);
}

#[test]
fn days_are_added_on_the_clock_on_the_wall() {
    let zone = amsterdam();
    let before_summer: Timestamp = "2027-03-27T09:00:00Z".parse().unwrap();
    assert_eq!(
        add_days(before_summer, 1, &zone).to_string(),
        "2027-03-28T08:00:00Z"
    );
    let before_winter: Timestamp = "2027-10-30T08:00:00Z".parse().unwrap();
    assert_eq!(
        add_days(before_winter, 1, &zone).to_string(),
        "2027-10-31T09:00:00Z"
    );
}

#[test]
fn the_local_date_changes_at_local_midnight() {
    let zone = amsterdam();
    assert_eq!(
        local_date("2027-06-09T21:59:59Z".parse().unwrap(), &zone),
        date(2027, 6, 9)
    );
    assert_eq!(
        local_date("2027-06-09T22:00:00Z".parse().unwrap(), &zone),
        date(2027, 6, 10)
    );
}

#[test]
fn a_skipped_midnight_begins_the_day_after_the_gap() {
    // In Beirut the clock goes from 00:00 to 01:00 on the last Sunday of March.
    let beirut = time_zone("Asia/Beirut").unwrap();
    assert_eq!(
        start_of_day(date(2025, 3, 30), &beirut).to_string(),
        "2025-03-29T22:00:00Z"
    );
}

#[test]
fn the_end_of_the_calendar_does_not_panic() {
    let zone = amsterdam();
    assert_eq!(
        start_of_day(Date::MAX, &time_zone("Etc/GMT+12").unwrap()),
        Timestamp::MAX
    );
    assert_eq!(add_days(Timestamp::MAX, 365, &zone), Timestamp::MAX);
    assert_eq!(add_working_days(Date::MAX, 5, EveryYear), Date::MAX);
}

#[test]
fn a_month_is_four_and_two_digits() {
    assert_eq!(Month::parse("2041-02").unwrap().first_day(), date(2041, 2, 1));
    assert_eq!(Month::parse("2041-02").unwrap().to_string(), "2041-02");
    assert_eq!(Month::parse("2041-12").unwrap().next().to_string(), "2042-01");
    assert_eq!(Month::parse("2041-01").unwrap().next().to_string(), "2041-02");
    assert_eq!(
        Month::parse("2041-02").unwrap().years_earlier(23).to_string(),
        "2018-02"
    );
    for wrong in [
        "2041-13",
        "2041-00",
        "2041-2",
        "41-02",
        "2041-02-01",
        "2041/02",
        "+041-02",
        "",
        "20410-2",
        "２０４１-02",
    ] {
        assert_eq!(Month::parse(wrong), Err(NotAMonth), "{wrong}");
    }
}

#[test]
fn only_iana_names_are_time_zones() {
    assert!(time_zone("Europe/Nergens").is_err());
    assert!(time_zone("").is_err());
    assert!(time_zone("Etc/Unknown").is_err());
    assert!(time_zone("../../etc/passwd").is_err());
}

#[test]
fn liberation_day_is_kept_every_year_or_once_in_five() {
    assert_eq!(next_working_day(date(2027, 5, 4), EveryYear), date(2027, 5, 7));
    // 6 May 2027 is Ascension Day.
    assert_eq!(next_working_day(date(2027, 5, 4), Lustrum), date(2027, 5, 5));
    assert_eq!(
        Holiday::on(date(2030, 5, 5), Lustrum),
        Some(Holiday::LiberationDay)
    );
    // Where another holiday falls on it, the day is off in any case.
    assert_eq!(
        Holiday::on(date(2016, 5, 5), Lustrum),
        Some(Holiday::AscensionDay)
    );
}

#[test]
fn working_days_are_counted_back_as_they_are_counted_on() {
    assert_eq!(
        subtract_working_days(date(2027, 4, 5), 5, EveryYear),
        date(2027, 3, 25)
    );
    assert_eq!(
        subtract_working_days(date(2027, 4, 4), 1, EveryYear),
        date(2027, 4, 2)
    );
    assert_eq!(
        subtract_working_days(date(2027, 4, 4), 0, EveryYear),
        date(2027, 4, 4)
    );
    assert_eq!(subtract_working_days(Date::MIN, 3, EveryYear), Date::MIN);
}

#[test]
fn a_day_ends_when_the_next_begins() {
    let zone = amsterdam();
    assert_eq!(
        end_of_day(date(2027, 3, 28), &zone).to_string(),
        "2027-03-28T22:00:00Z"
    );
    assert_eq!(
        end_of_day(date(2027, 10, 30), &zone).to_string(),
        "2027-10-30T22:00:00Z"
    );
}

#[test]
fn days_between_are_counted_with_their_sign() {
    assert_eq!(days_between(date(2027, 8, 30), date(2029, 8, 29)), 730);
    assert_eq!(days_between(date(2027, 3, 2), date(2027, 3, 1)), -1);
    assert_eq!(days_between(date(2027, 3, 2), date(2027, 3, 2)), 0);
    assert_eq!(days_between(Date::MIN, Date::MAX), 7_304_483);
}

#[test]
fn months_have_their_dutch_names() {
    assert_eq!(month_in_dutch(date(2027, 3, 31)), "maart 2027");
    let names: std::collections::BTreeSet<_> = (1..=12)
        .map(|month| month_in_dutch(date(2027, month, 1)))
        .collect();
    assert_eq!(names.len(), 12);
    assert!(names.contains("januari 2027") && names.contains("december 2027"));
}
