//! A text version means certain words, for ever.

use casework::{ConsentPage, PartyName};

use super::double::{consent_page, declaring, signal_page};
use super::*;

/// BLAKE3 of the words with which consent is asked (`templates/portal/request_*.html`, `signal_*.html` and what they
/// include), of a guardian and of a young person, by version. Changed words are a new version: add a line here, and never
/// change one that was published. The facts are those of `consent_page`.
const VERSIONS: [(&str, [&str; 2]); 4] = [
    (
        "nl-2026-11-22",
        [
            "4b228ccc95e1afafb92c94b1e674a52b18b440cc0d595ee378f508c7fa0b38de",
            "6103043070753c1ec6fac7f0b9e45976df806f41364663fcdc89d95e4ada4f1e",
        ],
    ),
    (
        "nl-2026-11-22-voor-beiden",
        [
            "0d493988051d9c8da59cef628f1ffef3783db2e23d73b8d7ea2a0be364f064a1",
            "4c60a1e8ac9776658e9bc470950dc404ee158fa41760c3447d99995d201efe53",
        ],
    ),
    (
        "nl-2026-11-22-signaal",
        [
            "c7798551799ca4695fbeea4ff739ae4d4fe6f1aac99403ee9d9cf4d4003071ea",
            "80d6d39bd1d7869ba1cdc6af4fb267897bf78e93c8e5235f98ccd956fffd4b64",
        ],
    ),
    (
        "nl-2026-11-22-signaal-voor-beiden",
        [
            "8ee898f114966eda344ee6bd823b3755bb286e40e9b8406121cfc3e81bb4bbcb",
            "949a7733bbecb207ba50b2df3d36fcfcda3a68c207e873f5205ad4672a7a47ac",
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
