//! The report about letters: whose codes were used, how soon, and for which consents that says something.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

mod common;

use common::*;

fn file(bundle: &[u8], name: &str) -> String {
    let files = unpack(bundle);
    let file = files.iter().find(|file| file.0 == name).unwrap();
    String::from_utf8(file.1.clone()).unwrap()
}

#[test]
fn the_report_lists_what_was_given_by_letter_and_nothing_surer_or_only_recorded() {
    let bundle = surenesses().bundle();
    assert_eq!(outcome(&check(&bundle)), GOOD);
    let rows = file(&bundle, "reports.csv");
    let listed: Vec<&str> = rows
        .lines()
        .filter_map(|row| row.split(',').nth(3))
        .skip(1)
        .collect();
    // By letter; recorded in part, with a code beside it; and what its leaf says nothing about.
    assert_eq!(listed, [tag('c', 1), tag('c', 5), tag('c', 6)]);
    assert!(
        rows.lines()
            .skip(1)
            .all(|row| row.starts_with("letter-consents,")),
        "{rows}"
    );
}

#[test]
fn the_minutes_are_those_from_the_request_to_the_first_code_and_not_to_what_was_recorded_before() {
    let bundle = surenesses().bundle();
    let rows = file(&bundle, "reports.csv");
    let minutes: Vec<&str> = rows
        .lines()
        .skip(1)
        .filter_map(|row| row.rsplit(',').next())
        .collect();
    let story = surenesses();
    let opened: Vec<String> = story
        .entries
        .iter()
        .filter(|entry| {
            entry.event == "consent.opened" && [1, 5, 6].map(|n| tag('c', n)).contains(&entry.sub)
        })
        .map(|opened| {
            let asked = story
                .entries
                .iter()
                .find(|entry| entry.event == "consent.requested" && entry.sub == opened.sub);
            ((opened.time.as_second() - asked.unwrap().time.as_second()) / 60).to_string()
        })
        .collect();
    assert_eq!(minutes, opened);
    let json: serde_json::Value = serde_json::from_str(&file(&bundle, "reports.json")).unwrap();
    let letters = &json["reports"][4];
    assert_eq!(
        (&letters["name"], &letters["count"]),
        (&"letter-consents".into(), &3.into())
    );
    let issuer = &letters["byIssuer"][0];
    assert_eq!(issuer["organisation"], organisation('a'));
    assert_eq!(
        (&issuer["count"], &issuer["withinTenMinutes"]),
        (&3.into(), &1.into())
    );
    assert_eq!(issuer["shortestMinutes"], 5);
}
