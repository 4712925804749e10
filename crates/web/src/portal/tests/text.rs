//! A text version means certain words, for ever.

use casework::{ConsentPage, PartyName};
use domain::calendar;
use texts::{Language, Texts};

use super::super::kept;
use super::double::{consent_page, declaring, signal_page};
use super::*;

/// Stands for what differs from one question to the next.
const BLANK: &str = "…";

/// The words with which consent is asked today are those of their version's file, in each language and for each reader. Changed
/// words are a new version: give it a name in `casework::text_version` and a file of its own. The file of a version that no
/// family has been asked with yet is written anew by `TREFPUNT_WRITE_DOCS=1`.
#[actix_web::test]
async fn the_text_of_a_version_is_the_one_that_is_kept() {
    let pages = [
        consent_page(),
        declaring(consent_page()),
        signal_page(),
        declaring(signal_page()),
    ];
    for page in pages {
        let mut text = String::new();
        for language in Language::ALL {
            for (reader, is_young_person) in [("guardian", false), ("young", true)] {
                text.push_str(&kept::mark(language, reader));
                text.push('\n');
                text.push_str(&asked(&page, language, is_young_person).await);
            }
        }
        let version = page.text_version.as_str();
        let path = format!("{}/kept/{version}.txt", env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let known = kept::VERSIONS.iter().any(|(name, _)| *name == version);
        assert!(known, "add {version} to kept::VERSIONS");
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            text,
            "the words of {version} have changed: they need a new version"
        );
    }
}

/// The question as lines of a kept text, with blanks for its names and days.
async fn asked(page: &ConsentPage, language: Language, is_young_person: bool) -> String {
    let t = Texts::of(language);
    let zone = calendar::time_zone(&page.time_zone).unwrap();
    let page = ConsentPage {
        is_young_person,
        declares_for_others: page.declares_for_others && !is_young_person,
        asked_by: Some(BLANK.to_owned()),
        municipality: BLANK.to_owned(),
        parties: vec![PartyName {
            name: Some(BLANK.to_owned()),
            sector: None,
        }],
        ..page.clone()
    };
    let facts = [t.until(page.answer_by, &zone), t.days(page.consent_days)].map(|fact| words(&fact));
    let path = format!("/portal/verzoek?taal={}", language.code());
    let body = get(&Household::with(page), &path).await.body;
    let question = body.split("<main").nth(1).unwrap();
    let question = question.split("<section class=\"tp-decision\"").next().unwrap();
    let mut lines = lines(question);
    for fact in facts {
        assert!(lines.contains(&fact), "{fact} does not stand in {lines}");
        lines = lines.replace(&fact, BLANK);
    }
    lines
}

/// Headings, paragraphs and items of lists, one a line.
fn lines(html: &str) -> String {
    let mut lines = String::new();
    let mut rest = html;
    while let Some((_, after)) = rest.split_once('<') {
        rest = after;
        let element = [("h1", "# "), ("h2", "## "), ("p", ""), ("li", "- ")]
            .into_iter()
            .find(|(name, _)| {
                after
                    .strip_prefix(name)
                    .is_some_and(|end| end.starts_with(['>', ' ']))
            });
        if let Some((name, mark)) = element {
            let (inner, end) = after.split_once(&format!("</{name}>")).unwrap();
            let inner = inner.split_once('>').unwrap().1;
            lines.push_str(mark);
            lines.push_str(&words(inner));
            lines.push('\n');
            rest = end;
        }
    }
    lines
}

/// Without what marks it up, and without the marks that hold an Arabic line together.
fn words(html: &str) -> String {
    let pieces = html
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    let first = html.split('<').next().unwrap_or_default();
    let text: String = pieces.skip(1).fold(first.to_owned(), |text, piece| text + piece);
    let text = text
        .replace(['\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}'], "")
        .replace("&#39;", "'")
        .replace("&#34;", "\"")
        .replace("&#38;", "&");
    assert!(!text.contains("&#"), "{text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
