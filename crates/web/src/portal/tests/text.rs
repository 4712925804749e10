//! A text version means certain words, for ever.

use casework::{ConsentPage, PartyName};

use super::double::{consent_page, declaring, signal_page};
use super::*;

/// BLAKE3 of the words with which consent is asked (`templates/portal/request_*.html`, `signal_*.html` and what they
/// include), of a guardian and of a young person, by version. Changed words are a new version: add a line here, and never
/// change one that was published. The facts are those of `consent_page`.
const VERSIONS: [(&str, [&str; 2]); 4] = [
    (
        "nl-2026-11",
        [
            "d6f81535cc194c9f0e5dfffd5ba2e1c7d8c3b2c3869b135c30c4bea9488f5eb8",
            "6a0dfded1fea528ffa3bc947f8993cd7404fdb2c37300d4321f013ae93520f02",
        ],
    ),
    (
        "nl-2026-11-voor-beiden",
        [
            "8c6c0bc651c15381ab4d8197cfa7f061de2e9a18e775a183ebc573b6f06c472a",
            "5a6445796cccec71f30d87999188a1b7779b2b10e09afb16190cb9fc31b5fda6",
        ],
    ),
    (
        "nl-2026-11-signaal",
        [
            "85bf21d3895a43a7ecd92ee10a3219c8464b6998e0954a4052a21c29456efbcf",
            "3bc5566774e0deda4e6cec20f67ade7404841cce4a66a07a899c5cfe81f2685e",
        ],
    ),
    (
        "nl-2026-11-signaal-voor-beiden",
        [
            "4dde8bcbdf4b89907e4aa887391b3dbeb49d7f8e6c9b32e4a3f67a29a902ce53",
            "349a1e94ec9111448c2328566a1551d6a09ed4c101bea050f17a07b305aaf57f",
        ],
    ),
];

#[actix_web::test]
async fn the_text_of_a_version_does_not_change() {
    let pages = [
        consent_page(),
        declaring(consent_page()),
        signal_page(),
        declaring(signal_page()),
    ];
    let mut found = Vec::new();
    for page in pages {
        let mut hashes = Vec::new();
        for is_young_person in [false, true] {
            let mut page = ConsentPage {
                is_young_person,
                declares_for_others: page.declares_for_others && !is_young_person,
                ..page.clone()
            };
            page.parties.push(PartyName::MASKED);
            let body = get(&Household::with(page), "/portal/verzoek").await.body;
            hashes.push(blake3::hash(words_of_main(&body).as_bytes()).to_hex().to_string());
        }
        found.push((page.text_version, hashes));
    }
    let known = VERSIONS.map(|(version, hashes)| (version.to_owned(), hashes.map(str::to_owned).to_vec()));
    assert_eq!(found, known, "the words have changed: they need a new version");
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
