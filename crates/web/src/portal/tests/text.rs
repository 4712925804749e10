//! A text version means certain words, for ever.

use casework::{ConsentPage, PartyName, TEXT_VERSION};

use super::double::consent_page;
use super::*;

/// BLAKE3 of the words with which consent is asked (`templates/portal/request_*.html` and what they include), of a guardian
/// and of a young person, by version. Changed words are a new version: add a line here, and never change one that was
/// published. The facts are those of `consent_page`.
const VERSIONS: [(&str, [&str; 2]); 1] = [(
    "nl-2026-11",
    [
        "d6f81535cc194c9f0e5dfffd5ba2e1c7d8c3b2c3869b135c30c4bea9488f5eb8",
        "6a0dfded1fea528ffa3bc947f8993cd7404fdb2c37300d4321f013ae93520f02",
    ],
)];

#[actix_web::test]
async fn the_text_of_a_version_does_not_change() {
    let mut hashes = Vec::new();
    for is_young_person in [false, true] {
        let mut page = ConsentPage {
            is_young_person,
            ..consent_page()
        };
        page.parties.push(PartyName {
            name: None,
            sector: None,
        });
        let body = get(&Household::with(page), "/portal/verzoek").await.body;
        hashes.push(blake3::hash(words_of_main(&body).as_bytes()).to_hex().to_string());
    }
    let (version, known) = VERSIONS.last().unwrap();
    assert_eq!(*version, TEXT_VERSION);
    assert_eq!(
        hashes, known,
        "the words have changed: they need a new TEXT_VERSION"
    );
}

/// What a reader reads between the header and the footer: how it is marked up and laid out is no part of it.
fn words_of_main(page: &str) -> String {
    let main = page
        .split("<main")
        .nth(1)
        .unwrap()
        .split("</main>")
        .next()
        .unwrap();
    let main = main.split_once('>').unwrap().1;
    let text: Vec<&str> = main
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text))
        .collect();
    let text = text.join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
