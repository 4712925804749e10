//! Every known mistake is made by hand here, from the bytes that a vendor would hash, and has to be found.

use std::collections::BTreeSet;

use hmac::{Hmac, KeyInit as _, Mac as _};
use protocol::text::encode;
use sha2::{Digest as _, Sha256, Sha512};

use super::*;

const EPOCH: u16 = 7;
const BSN: &str = "999990019";

fn secret() -> [u8; 32] {
    std::array::from_fn(|at| at as u8)
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .unwrap()
        .chain_update(message)
        .finalize()
        .into_bytes()
        .to_vec()
}

fn codes(kind: &str, identifier: &str, token: Option<&str>) -> Vec<&'static str> {
    let made = Made {
        line: 1,
        claim: Some(Claim {
            kind: kind.to_owned(),
            identifier: Zeroizing::new(identifier.to_owned()),
            token: token.map(|token| Zeroizing::new(token.to_owned())),
        }),
    };
    let verdict = judge(&made, &NetworkSecret::from_bytes(secret()), EPOCH);
    assert!(
        verdict
            .differs
            .iter()
            .all(|difference| !difference.says.is_empty())
    );
    verdict.differs.iter().map(|difference| difference.code).collect()
}

fn of_bytes(kind: &str, identifier: &str, token: &[u8]) -> Vec<&'static str> {
    codes(kind, identifier, Some(&encode(token)))
}

/// The ident of a value, and of a BSN with something done to its bytes.
fn ident(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len() as u8;
    [b"trefpunt/v1/ident\0", &[0, 7, kind, 0, length][..], value].concat()
}

#[test]
fn what_is_right_is_right() {
    assert!(of_bytes("bsn", BSN, &hmac(&secret(), &ident(1, BSN.as_bytes()))).is_empty());
    assert!(of_bytes("bsn", "00000012", &hmac(&secret(), &ident(1, b"000000012"))).is_empty());
    let jansen = hmac(&secret(), &ident(0x10, b"jansen\x1f20140203\x1fv"));
    assert!(of_bytes("service-key", "JANSEN|2014-02-03|F", &jansen).is_empty());
    assert!(codes("bsn", "999990018", None).is_empty());
}

#[test]
fn each_mistake_is_found_and_nothing_else_is_blamed() {
    let (plain, key) = (ident(1, BSN.as_bytes()), secret());
    let bsn = |message: &[u8]| ("bsn", BSN, encode(hmac(&key, message)));
    let of = |identifier, value: &[u8]| ("bsn", identifier, encode(hmac(&key, &ident(1, value))));
    let child = |identifier, value: &str| {
        (
            "service-key",
            identifier,
            encode(hmac(&key, &ident(0x10, value.as_bytes()))),
        )
    };
    let under = |key: &[u8]| ("bsn", BSN, encode(hmac(key, &plain)));
    let raw = |bytes: &[u8]| ("bsn", BSN, encode(bytes));
    let right = hmac(&key, &plain);
    let text = |text: &str| ("bsn", BSN, text.to_owned());
    let hex: String = right.iter().map(|byte| format!("{byte:02x}")).collect();
    let key_hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let spliced = |from: usize, to: usize, with: &[u8]| bsn(&[&plain[..from], with, &plain[to..]].concat());
    let sha512 = Hmac::<Sha512>::new_from_slice(&key)
        .unwrap()
        .chain_update(&plain)
        .finalize()
        .into_bytes();
    let utf_16: Vec<u8> = BSN.bytes().flat_map(|digit| [digit, 0]).collect();

    let made = [
        ("not-padded", of("00000012", b"12")),
        ("not-padded", of("0000.0012", b"12")),
        ("separators-kept", of("9999.90.019", b"9999.90.019")),
        ("number-not-text", of(BSN, &999_990_019_u32.to_be_bytes())),
        ("number-not-text", of(BSN, &999_990_019_u64.to_le_bytes())),
        ("line-feed", of(BSN, b"999990019\n")),
        ("zero-terminated", of(BSN, b"999990019\0")),
        ("utf-16", of(BSN, &utf_16)),
        ("case-kept", child("Jansen|20140203|v", "Jansen\x1f20140203\x1fv")),
        ("case-kept", child("Jansen|20140203|v", "JANSEN\x1f20140203\x1fv")),
        (
            "sex-not-canonical",
            child("Jansen|20140203|F", "jansen\x1f20140203\x1ff"),
        ),
        (
            "sex-not-canonical",
            child("Jansen|20140203|V", "jansen\x1f20140203\x1fV"),
        ),
        (
            "diacritics-kept",
            child("Müller|20140203|m", "müller\x1f20140203\x1fm"),
        ),
        (
            "letters-dropped",
            child("Müller|20140203|m", "mller\x1f20140203\x1fm"),
        ),
        (
            "letters-dropped",
            child("Müller|20140203|m", "m?ller\x1f20140203\x1fm"),
        ),
        (
            "umlaut-spelled-out",
            child("Müller|20140203|m", "mueller\x1f20140203\x1fm"),
        ),
        (
            "punctuation",
            child("Smit-de Boer|20140203|m", "smit-de boer\x1f20140203\x1fm"),
        ),
        (
            "punctuation",
            child("Smit-de Boer|20140203|m", "smitdeboer\x1f20140203\x1fm"),
        ),
        (
            "punctuation",
            child("O'Neil|20140203|m", "o'neil\x1f20140203\x1fm"),
        ),
        (
            "date-with-dashes",
            child("Jansen|20140203|v", "jansen\x1f2014-02-03\x1fv"),
        ),
        (
            "separator-not-1f",
            child("Jansen|20140203|v", "jansen|20140203|v"),
        ),
        ("separator-not-1f", child("Jansen|20140203|v", "jansen20140203v")),
        (
            "not-canonical",
            child("Groß-Bär|2014-02-03|F", "Groß-Bär|2014-02-03|F"),
        ),
        ("wrong-epoch", spliced(18, 20, &[0, 6])),
        ("wrong-epoch", spliced(18, 20, &[0, 0])),
        ("wrong-epoch", spliced(18, 20, &[0x03, 0xe9])),
        ("wrong-kind", bsn(&ident(0x20, BSN.as_bytes()))),
        ("kind-as-text", spliced(20, 21, b"bsn")),
        ("kind-as-text", spliced(20, 21, b"01")),
        ("epoch-as-text", spliced(18, 20, b"7")),
        ("little-endian-epoch", spliced(18, 20, &[7, 0])),
        ("little-endian-length", spliced(21, 23, &[9, 0])),
        ("little-endian", spliced(18, 23, &[7, 0, 1, 9, 0])),
        ("missing-zero", spliced(17, 18, &[])),
        ("zero-as-text", spliced(17, 18, b"\\0")),
        ("missing-length", spliced(21, 23, &[])),
        ("length-of-one-byte", spliced(21, 23, &[9])),
        ("length-of-four-bytes", spliced(21, 23, &[0, 0, 0, 9])),
        ("missing-kind", spliced(20, 21, &[])),
        ("missing-epoch", spliced(18, 20, &[])),
        ("epoch-of-four-bytes", spliced(18, 20, &[0, 0, 0, 7])),
        ("kind-before-epoch", spliced(18, 21, &[1, 0, 7])),
        ("missing-label", spliced(0, 18, &[])),
        ("value-alone", bsn(BSN.as_bytes())),
        ("key-as-text", under(encode(key).as_bytes())),
        (
            "key-as-text-with-line-feed",
            under(format!("{}\n", encode(key)).as_bytes()),
        ),
        ("key-as-hex", under(key_hex.as_bytes())),
        ("key-and-message-swapped", raw(&hmac(&plain, &key))),
        ("no-hmac", raw(&Sha256::digest([&key[..], &plain].concat()))),
        ("no-hmac", raw(&Sha256::digest([&plain[..], &key].concat()))),
        ("no-key", raw(&Sha256::digest(&plain))),
        ("not-sha-256", raw(&sha512[..32])),
        ("hex", text(&hex)),
        ("hex", text(&hex.to_uppercase())),
        ("hex", text(&format!("0x{hex}"))),
        ("hex-in-base64", raw(hex.as_bytes())),
        ("padded-base64", text(&format!("{}=", encode(&right)))),
        ("whitespace", text(&format!(" {}\n", encode(&right)))),
        ("shortened", raw(&right[..16])),
    ];
    for (code, (kind, identifier, token)) in &made {
        assert_eq!(codes(kind, identifier, Some(token)), [*code]);
    }

    let standard = base64::engine::general_purpose::STANDARD_NO_PAD;
    // Some token has one of the two characters in which the alphabets differ.
    let (number, with_sign) = (["999990019", "999990020", "999990032"].into_iter())
        .map(|number| (number, standard.encode(hmac(&key, &ident(1, number.as_bytes())))))
        .find(|(_, text)| text.contains(['+', '/']))
        .unwrap();
    assert_eq!(codes("bsn", number, Some(&with_sign)), ["standard-base64"]);
    let canonical = encode(&right);
    let last = canonical.chars().last().unwrap();
    let not_canonical = format!("{}{}", &canonical[..42], (last as u8 + 1) as char);
    assert_eq!(codes("bsn", BSN, Some(&not_canonical)), ["non-canonical-base64"]);

    // No mistake is known that is not shown here.
    let shown: BTreeSet<&str> = made
        .iter()
        .map(|(code, _)| *code)
        .chain(["standard-base64", "non-canonical-base64"])
        .collect();
    let known: BTreeSet<&str> = mistake::ALL.iter().map(|mistake| mistake.code).collect();
    assert_eq!(shown, known);
}

#[test]
fn two_mistakes_at_once_are_both_told() {
    let message = [b"trefpunt/v1/ident\0", &[7, 0, 1, 0, 2][..], b"12"].concat();
    let twice = of_bytes("bsn", "00000012", &hmac(&secret(), &message));
    assert_eq!(twice, ["not-padded", "little-endian-epoch"]);
    let padded = format!("{}=", encode(hmac(encode(secret()).as_bytes(), &message)));
    let thrice = codes("bsn", "00000012", Some(&padded));
    assert_eq!(
        thrice,
        ["padded-base64", "unknown"],
        "three in the token are too many to search"
    );
    let hex: String = hmac(encode(secret()).as_bytes(), &ident(1, b"12"))
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    assert_eq!(
        codes("bsn", "00000012", Some(&hex)),
        ["hex", "not-padded", "key-as-text"]
    );
}

#[test]
fn the_other_epoch_is_told() {
    let token = encode(hmac(
        &secret(),
        &[b"trefpunt/v1/ident\0", &[1, 0, 1, 0, 9][..], BSN.as_bytes()].concat(),
    ));
    let made = Made {
        line: 3,
        claim: Some(Claim {
            kind: "bsn".to_owned(),
            identifier: Zeroizing::new(BSN.to_owned()),
            token: Some(Zeroizing::new(token)),
        }),
    };
    let verdict = judge(&made, &NetworkSecret::from_bytes(secret()), EPOCH);
    assert_eq!(verdict.line, 3);
    assert!(verdict.differs[0].says.ends_with(": 256"), "{verdict:?}");
}

#[test]
fn what_has_to_be_refused_and_what_is_no_token_are_told() {
    let token = encode(hmac(&secret(), &ident(1, b"999990018")));
    assert_eq!(codes("bsn", "999990018", Some(&token)), ["not-refused"]);
    assert_eq!(codes("bsn", BSN, None), ["refused"]);
    assert_eq!(codes("BSN", BSN, Some(&token)), ["unknown-kind"]);
    assert_eq!(codes("bsn", BSN, Some(&encode([9; 32]))), ["unknown"]);
    for text in ["?", "abc", &encode([9; 33]), &encode([9; 7]), "tokentokentoken!"] {
        assert_eq!(codes("bsn", BSN, Some(text)), ["no-token"], "{text}");
    }
    let unreadable = Made { line: 9, claim: None };
    let verdict = judge(&unreadable, &NetworkSecret::from_bytes(secret()), EPOCH);
    assert_eq!((verdict.line, verdict.differs[0].code), (9, "unreadable"));
}

#[test]
fn nothing_that_was_read_is_repeated() {
    for (kind, identifier, token) in [
        ("bsn", "999990018", encode([0xab; 32])),
        ("bsn", BSN, encode([0xab; 32])),
        ("service-key", "Canary|20140203|v", encode([0xab; 32])),
        ("canary", "canary", "canary".to_owned()),
    ] {
        let made = Made {
            line: 1,
            claim: Some(Claim {
                kind: kind.to_owned(),
                identifier: Zeroizing::new(identifier.to_owned()),
                token: Some(Zeroizing::new(token.clone())),
            }),
        };
        let verdict = judge(&made, &NetworkSecret::from_bytes(secret()), EPOCH);
        let shown = format!("{verdict:?} {}", serde_json::to_string(&verdict).unwrap());
        assert!(!shown.contains(identifier) && !shown.contains(&token), "{shown}");
        assert!(!shown.to_lowercase().contains("canary"), "{shown}");
    }
}
