//! The privacy notice says what the settings and the table of what is kept say, and goes with them.

use domain::covenant::{Covenant, SETTINGS};
use domain::retention::{Class, TABLE};
use texts::{Language, Texts};

use super::*;

/// A covenant, with these lines of TOML in place of what stands here.
pub fn covenant(lines: &str) -> Covenant {
    let names = |line: &str| line.split_once('=').map(|(name, _)| name.trim().to_owned());
    let given: Vec<String> = lines.lines().filter_map(names).collect();
    let base = r#"
name = "Convenant Voorbeeldregio"
municipality = "gemeente Voorbeeldstad"
follow_up_officer = "gemeente Voorbeeldstad"
"#;
    let kept = base
        .lines()
        .filter(|line| names(line).is_none_or(|name| !given.contains(&name)));
    let mut toml: Vec<&str> = kept.chain(lines.lines()).collect();
    let grounds = lines.contains("[grounds]");
    if !grounds {
        toml.extend(["[grounds]", "zorgen = \"Zorgen over de ontwikkeling\""]);
    }
    Covenant::parse(&toml.join("\n")).unwrap_or_else(|errors| panic!("{errors:?}"))
}

async fn page(covenant: Covenant, language: Language) -> String {
    let household = Household::closed().agreed(vec![covenant]);
    let path = format!("/portal/privacy?taal={}", language.code());
    let answer = send(&household, TestRequest::get().uri(&path)).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.body
}

/// Each setting with another value than [`covenant`] has; none for those that mean nothing to a family.
fn changed(setting: &str) -> Option<&'static str> {
    Some(match setting {
        "name" => "name = \"Convenant Elders\"",
        "municipality" => "municipality = \"gemeente Elders\"",
        "follow_up_officer" => "follow_up_officer = \"gemeente Elders\"",
        "legal_mode" => "legal_mode = \"consent_first\"",
        "reveal" => "reveal = \"on_consent\"",
        "sensitive_sectors" => "sensitive_sectors = [\"police-and-justice\"]",
        "may_signal" => "may_signal = [\"education\"]",
        "delegation" => "delegation = true",
        "signal_max_days" => "signal_max_days = 300",
        "archive_years" => "archive_years = 3",
        "age_limit" => "age_limit = 18",
        "contact_deadline_working_days" => "contact_deadline_working_days = 9",
        "disclosure_deadline_days" => "disclosure_deadline_days = 20",
        "consent_days" => "consent_days = 200",
        "on_age_boundary" => "on_age_boundary = \"ask_again\"",
        "one_guardian_may_declare" => "one_guardian_may_declare = true",
        "attested_consent" => "attested_consent = true",
        "family_match" => "family_match = true",
        "signals_per_hour" => "signals_per_hour = 77",
        "grounds" => "[grounds]\nanders = \"Iets anders\"",
        // Where days begin; who may lead; at which minutes a match shows; in which form a token comes; which days count as
        // working days: none of it says what is done with a family's data, or for how long.
        "time_zone" | "may_lead" | "notice_interval_minutes" | "pseudonym_scheme" | "liberation_day" => {
            return None;
        }
        unknown => panic!("say how the privacy notice tells of {unknown}, or why it does not"),
    })
}

#[actix_web::test]
async fn who_changes_a_setting_changes_the_notice_in_every_language() {
    for language in Language::ALL {
        let before = page(covenant(""), language).await;
        for setting in SETTINGS.iter().filter_map(|setting| changed(setting.name)) {
            let after = page(covenant(setting), language).await;
            assert_ne!(before, after, "{setting} in {language:?}");
        }
    }
}

#[actix_web::test]
async fn the_notice_names_what_was_agreed_and_nothing_else() {
    let strict = covenant("legal_mode = \"consent_first\"\nsignal_max_days = 300\nconsent_days = 30");
    let page = page(strict, Language::Nl).await;
    for said in [
        "gemeente Voorbeeldstad",
        "Omdat u ja zegt",
        "300 dagen",
        "30 dagen",
        "Zorgen over de ontwikkeling",
    ] {
        assert!(page.contains(said), "{said}");
    }
    for unsaid in ["730", "365", "Het is een taak van de instantie"] {
        assert!(!page.contains(unsaid), "{unsaid}");
    }
}

#[actix_web::test]
async fn who_is_in_reads_their_own_covenant_and_who_is_not_reads_all() {
    let two = vec![covenant(""), covenant("name = \"Convenant Elders\"")];
    let own = get(&Household::new().agreed(two.clone()), "/portal/privacy").await;
    assert!(own.body.contains("Uw convenant") && !own.body.contains("Convenant Elders"));
    let public = send(
        &Household::closed().agreed(two),
        TestRequest::get()
            .uri("/portal/privacy")
            .insert_header((COOKIE, SESSION)),
    )
    .await;
    assert_eq!(public.status, StatusCode::OK);
    assert!(public.body.contains("Convenant Voorbeeldregio") && public.body.contains("Convenant Elders"));
    let none = send(
        &Household::closed().agreed(Vec::new()),
        TestRequest::get().uri("/portal/privacy"),
    )
    .await;
    assert!(none.body.contains("Er zijn nog geen afspraken."));
}

/// Every rule about a family has words, in every language.
#[actix_web::test]
async fn the_notice_has_a_line_for_everything_that_is_kept() {
    for rule in TABLE {
        let is_about_people = !matches!(rule.class, Class::Region | Class::Access);
        assert!(
            rule.told.is_some() || !is_about_people,
            "say as what families read of: {}",
            rule.what
        );
    }
    for language in Language::ALL {
        let page = page(covenant(""), language).await;
        for kind in TABLE.iter().filter_map(|rule| rule.told) {
            let line = Texts::of(language).say(&format!("privacy-keep-{kind}"));
            let begins: String = line
                .chars()
                .take_while(|c| !"{:&\"'\u{2068}".contains(*c))
                .collect();
            assert!(
                begins.len() > 4 && page.contains(&begins),
                "{kind} in {language:?}: {begins}"
            );
        }
    }
}

/// What each kind of thing was kept for when its words were written. Whoever changes the table reads the words again, in
/// all languages, and then writes down here what this test says.
const READ: u64 = 0xf93d_2c44_bfba_55ec;

#[test]
fn the_words_were_read_against_the_table() {
    let mut text = String::new();
    for rule in TABLE.iter().filter(|rule| rule.told.is_some()) {
        text += &format!("{} | {} | {}\n", rule.told.unwrap(), rule.what, rule.until);
    }
    let hash = blake3::hash(text.as_bytes());
    let read = u64::from_be_bytes(hash.as_bytes()[..8].try_into().unwrap());
    assert_eq!(
        read, READ,
        "read crates/texts/messages/*/privacy.ftl against docs/RETENTION.md: {read:#018x}"
    );
}
