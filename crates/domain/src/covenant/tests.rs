use jiff::civil::date;

use super::*;

/// The shortest settings that are right.
const SHORTEST: &str = r#"
name = "Convenant Voorbeeldstad"
municipality = "gemeente Voorbeeldstad"
[grounds]
school-absence = "De jeugdige verzuimt van school"
"#;

/// The shortest settings with further lines before the grounds.
pub(crate) fn covenant(lines: &str) -> Covenant {
    Covenant::parse(&format!("{lines}{SHORTEST}")).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn paths(toml: &str) -> Vec<String> {
    Covenant::parse(toml)
        .unwrap_err()
        .into_iter()
        .map(|error| error.path)
        .collect()
}

#[test]
fn what_is_left_out_has_the_default() {
    let covenant = covenant("");
    assert_eq!(covenant.time_zone().iana_name(), Some("Europe/Amsterdam"));
    assert_eq!(covenant.reveal(), Reveal::OnMatch);
    assert!(
        Sector::ALL
            .into_iter()
            .all(|sector| covenant.may_signal(sector) && !covenant.is_sensitive(sector))
    );
    assert_eq!(covenant.signal_max_days(), 730);
    assert_eq!(covenant.age_limit(), 23);
    assert_eq!(covenant.contact_deadline_working_days(), 5);
    assert_eq!(covenant.consent_days(), 365);
    assert_eq!(covenant.notice_interval_minutes(), 15);
}

#[test]
fn settings_survive_being_written_and_read() {
    let written = covenant(
        "reveal = \"on_consent\"\nsensitive_sectors = [\"police-and-justice\"]\nmay_signal = [\"education\"]\n\
         signal_max_days = 90\nage_limit = 18\ncontact_deadline_working_days = 3\nconsent_days = 30\n\
         notice_interval_minutes = 0\ntime_zone = \"Europe/Brussels\"\n",
    );
    assert_eq!(Covenant::parse(&written.to_toml()), Ok(written));
}

#[test]
fn all_errors_come_at_once_each_with_its_path() {
    let wrong = r#"
        name = 3
        time_zone = "Mars/Olympus"
        reveal = "always"
        sensitive_sectors = ["police", "education", "education", 4]
        may_signal = []
        signal_max_days = 731
        age_limit = 24
        contact_deadline_working_days = 0
        consent_days = -1
        notice_interval_minutes = 7
        legal_mode = "notify"
        [grounds]
        "Not A Slug" = "tekst"
        empty = " "
        number = 1
    "#;
    assert_eq!(
        paths(wrong),
        [
            "name",
            "municipality",
            "time_zone",
            "reveal",
            "sensitive_sectors[0]",
            "sensitive_sectors[2]",
            "sensitive_sectors[3]",
            "may_signal",
            "signal_max_days",
            "age_limit",
            "contact_deadline_working_days",
            "consent_days",
            "notice_interval_minutes",
            "grounds.Not A Slug",
            "grounds.empty",
            "grounds.number",
            "legal_mode",
        ]
    );
}

#[test]
fn a_text_that_is_not_toml_is_one_error() {
    assert_eq!(paths("name ="), [""]);
    assert_eq!(paths("name = \"a\"\nname = \"b\""), [""]);
    assert_eq!(paths(""), ["name", "municipality", "grounds"]);
}

#[test]
fn a_wrong_sector_is_not_also_called_an_empty_list() {
    assert_eq!(
        paths(&format!("may_signal = [\"x\"]\n{SHORTEST}")),
        ["may_signal[0]"]
    );
}

#[test]
fn settings_without_effect_are_no_settings() {
    for key in [
        "legal_mode",
        "archive_years",
        "on_age_boundary",
        "family_match",
        "may_lead",
        "disclosure_deadline_days",
    ] {
        let errors = Covenant::parse(&format!("{key} = 1\n{SHORTEST}")).unwrap_err();
        assert_eq!(
            errors[0].to_string(),
            format!("{key}: not a setting of this service")
        );
    }
}

#[test]
fn a_match_becomes_visible_at_the_next_quarter_hour() {
    let quarter = covenant("");
    let terms = Terms::of(&quarter);
    for (detected, visible) in [
        ("2027-03-10T10:00:00Z", "2027-03-10T10:00:00Z"),
        ("2027-03-10T10:00:00.000001Z", "2027-03-10T10:15:00Z"),
        ("2027-03-10T10:14:59Z", "2027-03-10T10:15:00Z"),
        // Across both clock changes.
        ("2027-03-28T00:52:00Z", "2027-03-28T01:00:00Z"),
        ("2027-10-31T00:52:00Z", "2027-10-31T01:00:00Z"),
        ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
    ] {
        assert_eq!(terms.visible_at(at(detected)), at(visible), "{detected}");
    }
    let at_once = covenant("notice_interval_minutes = 0\n");
    assert_eq!(
        Terms::of(&at_once).visible_at(at("2027-03-10T10:00:01Z")),
        at("2027-03-10T10:00:01Z")
    );
    assert_eq!(
        Terms::of(&at_once)
            .and(&quarter)
            .visible_at(at("2027-03-10T10:00:01Z")),
        at("2027-03-10T10:15:00Z")
    );
}

#[test]
fn quarters_are_those_of_the_local_clock() {
    // Nepal is 5:45 ahead: its full hour is a quarter past here.
    let nepal = covenant("time_zone = \"Asia/Kathmandu\"\nnotice_interval_minutes = 60\n");
    assert_eq!(
        Terms::of(&nepal).visible_at(at("2027-03-10T10:00:00Z")),
        at("2027-03-10T10:15:00Z")
    );
}

#[test]
fn contact_is_due_at_the_end_of_the_fifth_working_day() {
    let covenant = covenant("");
    let terms = Terms::of(&covenant);
    // Happy path: visible on Wednesday 10 March, so through Wednesday 17 March.
    let deadline = terms.contact_deadline(at("2027-03-10T14:00:00Z"));
    assert_eq!(deadline.last_day, date(2027, 3, 17));
    assert_eq!(deadline.ends_at, at("2027-03-17T23:00:00Z"));
    // Over Easter and the clock change: visible on Good Friday 26 March, so through Monday 5 April.
    let deadline = terms.contact_deadline(at("2027-03-26T10:00:00Z"));
    assert_eq!(deadline.last_day, date(2027, 4, 5));
    assert_eq!(deadline.ends_at, at("2027-04-05T22:00:00Z"));
}

#[test]
fn between_covenants_the_stricter_holds() {
    let mild = covenant("");
    let strict = covenant(
        "reveal = \"on_consent\"\nsensitive_sectors = [\"police-and-justice\"]\ncontact_deadline_working_days = 2\n\
         consent_days = 10\nnotice_interval_minutes = 60\n",
    );
    for terms in [Terms::of(&mild).and(&strict), Terms::of(&strict).and(&mild)] {
        assert_eq!(terms.reveal(), Reveal::OnConsent);
        assert!(terms.is_sensitive(Sector::PoliceAndJustice));
        assert!(!terms.is_sensitive(Sector::Education));
        assert_eq!(
            terms.visible_at(at("2027-03-10T10:20:00Z")),
            at("2027-03-10T11:00:00Z")
        );
        assert_eq!(
            terms.contact_deadline(at("2027-03-10T11:00:00Z")).last_day,
            date(2027, 3, 12)
        );
        assert_eq!(terms.consent_days(), 10);
    }
}
