//! What the documents say about the rules, and where they say things are, held against the code.
//!
//! `TREFPUNT_WRITE_DOCS=1 cargo test -p domain --test documents` writes the generated parts.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use domain::actor::{Sector, acts};
use domain::consent::ConsentState;
use domain::covenant::{self, Covenant};
use domain::event::Event;
use domain::match_case::MatchState;
use domain::objection::ObjectionState;
use domain::retention;
use domain::rights_request::RightsState;
use domain::signal::SignalState;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// What stands between `<!-- name -->` and `<!-- end -->`.
fn part<'d>(document: &'d str, name: &str) -> &'d str {
    let (_, behind) = document
        .split_once(&format!("<!-- {name} -->\n"))
        .unwrap_or_else(|| panic!("no part <!-- {name} -->"));
    behind.split_once("<!-- end -->").unwrap().0
}

/// Compares a generated part of a document with what the code says, or writes it.
fn generated(path: &str, name: &str, made: &str) {
    let document = read(path);
    let stated = part(&document, name);
    let made = format!("\n{}\n\n", made.trim());
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        let marker = format!("<!-- {name} -->\n");
        let written = document.replace(&format!("{marker}{stated}"), &format!("{marker}{made}"));
        fs::write(root().join(path), written).unwrap();
    } else {
        assert!(
            stated == made,
            "{path} is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p domain --test documents"
        );
    }
}

#[test]
fn the_retention_table_is_the_codes() {
    generated("docs/RETENTION.md", "retention", &retention::markdown());
}

#[test]
fn the_covenants_settings_are_the_codes() {
    generated("docs/COVENANT.md", "settings", &covenant::markdown());
    let shortest = "name = \"Convenant Voorbeeldstad\"\nmunicipality = \"gemeente Voorbeeldstad\"\n[grounds]\n\
                    development-at-risk = \"De ontwikkeling van het kind loopt gevaar\"\n\
                    school-absence = \"Het kind verzuimt van school\"\n";
    let all = Covenant::parse(shortest).unwrap().to_toml();
    generated("docs/COVENANT.md", "example", &format!("```toml\n{all}```"));
}

#[test]
fn the_matrix_of_roles_is_the_codes() {
    generated("docs/ROLES.md", "roles", &acts::roles_markdown());
    generated("docs/ROLES.md", "acts", &acts::markdown());
}

#[test]
fn the_glossary_names_the_sectors_of_the_code() {
    let mut table = String::from("| sector | Dutch |\n|---|---|\n");
    for sector in Sector::ALL {
        writeln!(table, "| `{}` | {} |", sector.slug(), sector.dutch()).unwrap();
    }
    generated("docs/GLOSSARY.md", "sectors", &table);
}

/// A diagram has exactly the states of the code, and each of its arrows is an event of the catalogue or a time.
#[test]
fn the_lifecycles_have_the_states_of_the_code() {
    let document = read("docs/DATA_MODEL.md");
    let names =
        |slugs: &[&str]| -> BTreeSet<String> { slugs.iter().map(|slug| (*slug).to_owned()).collect() };
    for (name, states) in [
        (
            "lifecycle: signal",
            names(&SignalState::ALL.map(SignalState::slug)),
        ),
        ("lifecycle: match", names(&MatchState::ALL.map(MatchState::slug))),
        (
            "lifecycle: consent",
            names(&ConsentState::ALL.map(ConsentState::slug)),
        ),
        (
            "lifecycle: objection",
            names(&ObjectionState::ALL.map(ObjectionState::slug)),
        ),
        (
            "lifecycle: rights request",
            names(&RightsState::ALL.map(RightsState::slug)),
        ),
    ] {
        let (mut drawn, mut arrows) = (BTreeSet::new(), 0);
        for line in part(&document, name).lines().filter(|line| line.contains("-->")) {
            let (from, rest) = line.trim().split_once(" --> ").unwrap();
            let (to, label) = rest.split_once(": ").unwrap();
            drawn.extend(
                [from, to]
                    .into_iter()
                    .filter(|state| *state != "[*]")
                    .map(str::to_owned),
            );
            let cause = label.split(' ').next().unwrap();
            assert!(
                cause == "time" || Event::NAMES.contains(&cause),
                "{name}: {cause} is no event"
            );
            arrows += 1;
        }
        assert_eq!(drawn, states, "{name}");
        assert!(arrows > 0, "{name} has no arrows");
    }
}

#[test]
fn the_feature_table_names_files_that_are_there() {
    let document = read("docs/ARCHITECTURE.md");
    let mut rows = part(&document, "features")
        .lines()
        .filter(|line| line.starts_with('|'));
    let split = |line: &str| -> Vec<String> {
        line.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    };
    let layers = split(rows.next().unwrap());
    rows.next();
    let mut named = 0;
    for row in rows.map(split) {
        for (layer, cell) in layers.iter().zip(&row).skip(1) {
            for file in cell.split('`').skip(1).step_by(2) {
                let path = format!("crates/{layer}/src/{file}");
                assert!(root().join(&path).exists(), "{path} is not there");
                named += 1;
            }
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn every_link_leads_somewhere() {
    let mut documents = vec!["README.md".to_owned()];
    for directory in ["docs", "docs/decisions"] {
        let entries = fs::read_dir(root().join(directory)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        documents.extend(
            names
                .filter(|name| name.ends_with(".md"))
                .map(|name| format!("{directory}/{name}")),
        );
    }
    for document in documents {
        let home = root().join(&document);
        for target in read(&document).split("](").skip(1) {
            let target = target.split(')').next().unwrap();
            let file = target.split('#').next().unwrap();
            if target.contains("://") || file.is_empty() {
                continue;
            }
            assert!(home.parent().unwrap().join(file).exists(), "{document}: {target}");
        }
    }
}
