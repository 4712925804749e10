//! Writes one paper of every kind, in every language, to whoever it can speak to. `tests/papers/run` reads them back with other
//! programs, and whoever changes a text looks at them: `cargo run -p documents --example papers -- DIRECTORY`.

use std::path::Path;

use documents::{Addressee, Block, KeyPaper, Letter, LetterAbout, Paper, Receipt, ReceiptState};
use jiff::Timestamp;
use jiff::civil::date;
use jiff::tz::TimeZone;
use texts::Language;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = std::env::args().nth(1).ok_or("say where: papers DIRECTORY")?;
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    for language in Language::ALL {
        for (speaks_to, addressee) in [
            ("guardian", Addressee::Guardian),
            ("young", Addressee::YoungPerson),
        ] {
            let mut papers: Vec<(&str, Paper)> = Vec::new();
            for (name, about) in [
                ("letter-exchange", LetterAbout::Exchange),
                ("letter-asked-signal", LetterAbout::AskedSignal),
                ("letter-signal", LetterAbout::Signal),
            ] {
                papers.push((name, letter(language, about, addressee).paper()));
            }
            let [at, until]: [Timestamp; 2] =
                ["2027-03-09T14:05:00Z".parse()?, "2028-03-08T23:00:00Z".parse()?];
            for (name, state) in [
                ("receipt-agreed", ReceiptState::Agreed { at }),
                ("receipt-given", ReceiptState::Given { at, until }),
                ("receipt-refused", ReceiptState::Refused),
                ("receipt-withdrawn", ReceiptState::Withdrawn { at }),
            ] {
                papers.push((name, receipt(language, addressee, state).paper()));
            }
            let key = KeyPaper {
                language,
                addressee,
                municipality: "gemeente Voorbeeldstad".to_owned(),
                address: "https://toestemming.voorbeeldstad.example/portal".to_owned(),
                key: "M3XR-7TQ9-WC2H-KD8P".to_owned(),
            };
            papers.push(("key", key.paper()));
            if addressee == Addressee::Guardian {
                papers.push(("file", file(language)));
            }
            for (name, paper) in papers {
                let file = format!("{name}.{speaks_to}.{}.pdf", language.code());
                std::fs::write(directory.join(file), paper.to_pdf()?)?;
            }
        }
    }
    Ok(())
}

/// As much as a family may have: more than a page, with names in three scripts and one that no line is wide enough for.
fn file(language: Language) -> Paper {
    let texts = texts::Texts::of(language);
    let name = |key| texts.say(key).into_owned();
    let title = name("paper-receipt-title");
    let mut blocks = vec![
        Block::Title(title.clone()),
        Block::Text(name("paper-letter-exchange")),
    ];
    for sender in [
        "Basisschool Zonnewijzer",
        "Центр здоров'я дітей",
        "مركز الشباب",
        &"Kinderopvangorganisatie".repeat(8),
    ] {
        blocks.push(Block::Heading(sender.to_owned()));
        blocks.push(Block::Subheading(name("paper-receipt-exchange")));
        let facts = [
            ("paper-receipt-asked-by", sender.to_owned()),
            ("paper-receipt-about", name("paper-letter-nothing-exchange")),
            ("paper-date", texts.date(date(2027, 3, 9)).into_owned()),
        ];
        blocks.push(Block::Facts(facts.map(|(key, value)| (name(key), value)).into()));
        let items = [
            "paper-letter-secret",
            "paper-letter-opens-question",
            "paper-letter-safety",
        ];
        blocks.push(Block::Items(items.map(name).into()));
        blocks.push(Block::Text(name("paper-letter-exchange")));
    }
    Paper {
        title: title.clone(),
        language,
        made_on: Some(date(2027, 3, 9)),
        foot: title,
        blocks,
    }
}

fn letter(language: Language, about: LetterAbout, addressee: Addressee) -> Letter {
    Letter {
        language,
        about,
        addressee,
        sender: "Basisschool Zonnewijzer".to_owned(),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        reference: "h5Yz0cVbTtqN1rXk2mPvQA".to_owned(),
        made_on: date(2027, 3, 4),
        from: None,
        until: "2027-03-31T22:00:00Z".parse().unwrap_or_default(),
        zone: TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC),
        address: "https://toestemming.voorbeeldstad.example/portal".to_owned(),
        code: "7KQ4-XM2P-9TRC-HV6D".to_owned(),
    }
}

fn receipt(language: Language, addressee: Addressee, state: ReceiptState) -> Receipt {
    Receipt {
        language,
        addressee,
        is_exchange: true,
        state,
        asked_by: "Basisschool Zonnewijzer".to_owned(),
        parties: vec![
            "Basisschool Zonnewijzer".to_owned(),
            "Центр здоров'я дітей".to_owned(),
        ],
        municipality: "gemeente Voorbeeldstad".to_owned(),
        reference: "h5Yz0cVbTtqN1rXk2mPvQA".to_owned(),
        text_version: "2026-11-23".to_owned(),
        made_on: date(2027, 3, 9),
        zone: TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC),
        address: "https://toestemming.voorbeeldstad.example/portal".to_owned(),
    }
}
