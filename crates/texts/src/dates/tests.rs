use jiff::civil::date;

use super::*;
use crate::Language;

fn amsterdam() -> TimeZone {
    TimeZone::get("Europe/Amsterdam").unwrap()
}

fn all(say: impl Fn(Texts) -> Cow<'static, str>) -> [String; 6] {
    // Without what tells whoever shows it in which direction it goes.
    let marks = ['\u{200F}', '\u{2066}', '\u{2068}', '\u{2069}'];
    Language::ALL.map(|language| say(Texts::of(language)).replace(marks, ""))
}

#[test]
fn a_day_is_written_as_its_language_does() {
    assert_eq!(
        all(|texts| texts.date(date(2027, 3, 12))),
        [
            "12 maart 2027",
            "12 March 2027",
            "12 Mart 2027",
            "12 آذار/مارس 2027",
            "12 marca 2027 roku",
            "12 березня 2027 року",
        ]
    );
}

#[test]
fn every_month_has_its_own_name() {
    for language in Language::ALL {
        let names = (1..=12).map(|month| Texts::of(language).date(date(2027, month, 1)).into_owned());
        let different: std::collections::BTreeSet<String> = names.collect();
        assert_eq!(different.len(), 12, "{language:?}");
    }
}

#[test]
fn a_day_is_the_local_one() {
    let texts = Texts::of(Language::Nl);
    let day_of = |text: &str| texts.day(text.parse().unwrap(), &amsterdam());
    assert_eq!(day_of("2027-03-12T22:59:59Z"), "12 maart 2027");
    assert_eq!(day_of("2027-03-12T23:00:00Z"), "13 maart 2027");
    assert_eq!(day_of("2027-06-30T22:00:00Z"), "1 juli 2027");
    assert_eq!(day_of("2026-12-31T23:00:00Z"), "1 januari 2027");
}

#[test]
fn an_end_is_the_last_whole_day_or_a_time() {
    let texts = Texts::of(Language::Nl);
    let until_of = |text: &str| texts.until(text.parse().unwrap(), &amsterdam());
    assert_eq!(until_of("2027-03-11T23:00:00Z"), "tot en met 11 maart 2027");
    assert_eq!(until_of("2027-02-28T23:00:59.9Z"), "tot en met 28 februari 2027");
    assert_eq!(until_of("2027-03-12T08:05:59Z"), "tot 12 maart 2027 om 09.05 uur");
    // Daylight saving time began on 28 March.
    assert_eq!(until_of("2027-04-09T09:00:00Z"), "tot 9 april 2027 om 11.00 uur");
}

#[test]
fn days_are_counted_with_the_plurals_of_the_language() {
    let counted = |language, counts: &[u16]| {
        let texts = Texts::of(language);
        let all: Vec<String> = counts
            .iter()
            .map(|count| texts.days(*count).replace(['\u{2068}', '\u{2069}'], ""))
            .collect();
        all.join(", ")
    };
    assert_eq!(
        counted(Language::Nl, &[1, 28, 365]),
        "1 dag, 28 dagen, 1 jaar (365 dagen)"
    );
    assert_eq!(
        counted(Language::Pl, &[1, 2, 5, 22, 25]),
        "1 dzień, 2 dni, 5 dni, 22 dni, 25 dni"
    );
    assert_eq!(
        counted(Language::Uk, &[1, 2, 5, 11, 21, 24]),
        "1 день, 2 дні, 5 днів, 11 днів, 21 день, 24 дні"
    );
    assert_eq!(
        counted(Language::Ar, &[1, 2, 3, 10, 11, 99, 100, 102, 103, 180]),
        "يومًا واحدًا, يومين, 3 أيام, 10 أيام, 11 يومًا, 99 يومًا, 100 يوم, 102 يوم, 103 أيام, 180 يومًا"
    );
    assert_eq!(
        counted(Language::Tr, &[1, 30, 730]),
        "1 gün, 30 gün, 2 yıl (730 gün)"
    );
}
