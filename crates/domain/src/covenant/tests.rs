use jiff::Timestamp;
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
    assert_eq!(covenant.follow_up_officer(), "gemeente Voorbeeldstad");
    assert_eq!(covenant.legal_mode(), LegalMode::Notify);
    assert!(Sector::ALL.into_iter().all(|sector| covenant.may_lead(sector)));
    assert_eq!(covenant.archive_years(), 5);
    assert_eq!(covenant.disclosure_deadline_days(), 14);
    assert_eq!(covenant.on_age_boundary(), OnAgeBoundary::Keep);
    let permissions = [
        covenant.delegation(),
        covenant.one_guardian_may_declare(),
        covenant.attested_consent(),
        covenant.family_match(),
    ];
    assert_eq!(permissions, [false; 4]);
    assert_eq!(covenant.signals_per_hour(), 100);
    assert_eq!(covenant.pseudonym_scheme().min_suite(), 1);
    assert_eq!(covenant.liberation_day(), LiberationDay::EveryYear);
}

/// No setting has its default.
const STRICT: &str = r#"
follow_up_officer = "gemeente Overdam"
time_zone = "Europe/Brussels"
legal_mode = "consent_first"
reveal = "on_consent"
sensitive_sectors = ["police-and-justice"]
may_signal = ["education"]
may_lead = ["youth-help"]
delegation = true
signal_max_days = 90
archive_years = 1
age_limit = 18
contact_deadline_working_days = 2
disclosure_deadline_days = 7
consent_days = 10
on_age_boundary = "ask_again"
one_guardian_may_declare = true
attested_consent = true
family_match = true
notice_interval_minutes = 60
signals_per_hour = 3
pseudonym_scheme = "oblivious"
liberation_day = "lustrum"
"#;

#[test]
fn settings_survive_being_written_and_read() {
    let written = covenant(STRICT);
    assert_eq!(Covenant::parse(&written.to_toml()).as_ref(), Ok(&written));
    let defaults = covenant("").to_toml();
    for setting in SETTINGS.iter().filter(|setting| setting.default.is_some()) {
        let line = format!("{} =", setting.name);
        let of = |toml: &str| {
            toml.lines()
                .find(|found| found.starts_with(&line))
                .map(str::to_owned)
        };
        assert_ne!(of(&written.to_toml()), of(&defaults), "{}", setting.name);
    }
}

#[test]
fn the_list_has_every_setting_in_the_order_of_the_file() {
    let table: toml::Table = covenant("").to_toml().parse().unwrap();
    let mut written: Vec<&str> = table.keys().map(String::as_str).collect();
    let mut listed: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
    written.sort_unstable();
    listed.sort_unstable();
    assert_eq!(written, listed);
    // What the list calls the default is what is written when the setting is left out.
    for setting in &SETTINGS {
        match setting.default {
            None | Some("the municipality" | "all") => {}
            Some(default) => assert_eq!(table[setting.name].to_string(), default, "{}", setting.name),
        }
    }
}

#[test]
fn all_errors_come_at_once_each_with_its_path() {
    let wrong = r#"
        name = 3
        follow_up_officer = ""
        time_zone = "Mars/Olympus"
        legal_mode = "sometimes"
        reveal = "always"
        sensitive_sectors = ["police", "education", "education", 4]
        may_signal = []
        may_lead = "education"
        delegation = "yes"
        signal_max_days = 731
        archive_years = 0
        age_limit = 24
        contact_deadline_working_days = 0
        disclosure_deadline_days = 29
        consent_days = -1
        on_age_boundary = 12
        one_guardian_may_declare = 1
        attested_consent = []
        family_match = "false"
        notice_interval_minutes = 7
        signals_per_hour = 0
        pseudonym_scheme = "plain"
        liberation_day = "never"
        signal_colour = "red"
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
            "follow_up_officer",
            "time_zone",
            "legal_mode",
            "reveal",
            "sensitive_sectors[0]",
            "sensitive_sectors[2]",
            "sensitive_sectors[3]",
            "may_signal",
            "may_lead",
            "delegation",
            "signal_max_days",
            "archive_years",
            "age_limit",
            "contact_deadline_working_days",
            "disclosure_deadline_days",
            "consent_days",
            "on_age_boundary",
            "one_guardian_may_declare",
            "attested_consent",
            "family_match",
            "notice_interval_minutes",
            "signals_per_hour",
            "pseudonym_scheme",
            "liberation_day",
            "grounds.Not A Slug",
            "grounds.empty",
            "grounds.number",
            "signal_colour",
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
    for key in ["risk_score", "sensitive_sector", "Reveal", "escalation_days"] {
        let errors = Covenant::parse(&format!("{key} = 1\n{SHORTEST}")).unwrap_err();
        assert_eq!(
            errors[0].to_string(),
            format!("{key}: not a setting of this service")
        );
    }
}

#[test]
fn a_change_says_which_way_it_goes() {
    let mild = covenant("");
    let strict = covenant(&format!(
        "{}delegation = false\none_guardian_may_declare = false\nattested_consent = false\nfamily_match = false\n",
        STRICT
            .lines()
            .filter(|line| !line.ends_with("= true"))
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    ));
    assert!(changes(&mild, &mild).is_empty());
    let of = |from: &Covenant, to: &Covenant| -> Vec<(&str, Direction)> {
        changes(from, to)
            .iter()
            .map(|change| (change.setting.name, change.direction))
            .collect()
    };
    let there = of(&mild, &strict);
    // All but the names, the grounds and the four permissions.
    assert_eq!(there.len(), SETTINGS.len() - 7);
    for (name, direction) in &there {
        let expected = match *name {
            "follow_up_officer" | "time_zone" => Direction::Neither,
            _ => Direction::Stricter,
        };
        assert_eq!(*direction, expected, "{name}");
    }
    for (name, direction) in of(&strict, &mild) {
        let expected = match name {
            "follow_up_officer" | "time_zone" => Direction::Neither,
            _ => Direction::Milder,
        };
        assert_eq!(direction, expected, "{name}");
    }
    let permissions = covenant("family_match = true\nattested_consent = true\n");
    assert_eq!(
        of(&mild, &permissions),
        [
            ("attested_consent", Direction::Milder),
            ("family_match", Direction::Milder)
        ]
    );
    let other = covenant("may_lead = [\"education\", \"childcare\"]\n");
    let another = covenant("may_lead = [\"education\", \"youth-help\"]\n");
    let change = &changes(&other, &another)[0];
    assert_eq!(change.direction, Direction::Both);
    assert_eq!(change.from, r#"["education", "childcare"]"#);
    assert_eq!(change.to, r#"["youth-help", "education"]"#);
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
    let mild = covenant("one_guardian_may_declare = true\nattested_consent = true\nfamily_match = true\n");
    let strict = covenant(
        "legal_mode = \"consent_first\"\nreveal = \"on_consent\"\nsensitive_sectors = [\"police-and-justice\"]\n\
         may_lead = [\"youth-help\"]\narchive_years = 2\ndisclosure_deadline_days = 7\n\
         contact_deadline_working_days = 2\nconsent_days = 10\non_age_boundary = \"ask_again\"\n\
         notice_interval_minutes = 60\nliberation_day = \"lustrum\"\n",
    );
    assert!(Terms::of(&mild).one_guardian_may_declare());
    assert!(Terms::of(&mild).attested_consent());
    assert!(Terms::of(&mild).family_match());
    for terms in [Terms::of(&mild).and(&strict), Terms::of(&strict).and(&mild)] {
        assert_eq!(terms.legal_mode(), LegalMode::ConsentFirst);
        assert_eq!(terms.reveal(), Reveal::OnConsent);
        assert!(terms.is_sensitive(Sector::PoliceAndJustice));
        assert!(!terms.is_sensitive(Sector::Education));
        assert!(terms.may_lead(Sector::YouthHelp));
        assert!(!terms.may_lead(Sector::Education));
        assert_eq!(terms.archive_years(), 2);
        assert_eq!(terms.disclosure_deadline_days(), 7);
        assert_eq!(terms.on_age_boundary(), OnAgeBoundary::AskAgain);
        assert!(!terms.one_guardian_may_declare());
        assert!(!terms.attested_consent());
        assert!(!terms.family_match());
        assert_eq!(
            terms.visible_at(at("2027-03-10T10:20:00Z")),
            at("2027-03-10T11:00:00Z")
        );
        assert_eq!(
            terms.contact_deadline(at("2027-03-10T11:00:00Z")).last_day,
            date(2027, 3, 12)
        );
        assert_eq!(terms.consent_days(), 10);
        assert_eq!(terms.next_working_day(date(2027, 5, 4)), date(2027, 5, 5));
        assert_eq!(terms.subtract_working_days(date(2027, 5, 7), 1), date(2027, 5, 4));
    }
}

#[test]
fn days_are_those_of_the_covenants_zone() {
    let here = covenant("");
    let azores = covenant("time_zone = \"Atlantic/Azores\"\n");
    let night = at("2027-06-09T22:30:00Z");
    assert_eq!(here.local_date(night), date(2027, 6, 10));
    assert_eq!(azores.local_date(night), date(2027, 6, 9));
    let terms = Terms::of(&azores).and(&here);
    assert_eq!(terms.local_date(night), date(2027, 6, 10));
    assert_eq!(terms.start_of_day(date(2027, 6, 10)), at("2027-06-09T22:00:00Z"));
    assert_eq!(terms.end_of_day(date(2027, 6, 10)), at("2027-06-10T22:00:00Z"));
    assert_eq!(azores.end_of_day(date(2027, 6, 10)), at("2027-06-11T00:00:00Z"));
}
