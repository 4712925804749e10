//! docs/PSEUDONYMS.md states known answers; here they are held against the code. (Its commands run in tests/tour.)
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use identifiers::key::{self, MasterKey, NetworkSecret};
use identifiers::tag::{self, Suite, TagKey};
use identifiers::voprf::{Proof, Request, SecretKey};
use identifiers::{Bsn, Kind, Token, token};
use zeroize::Zeroizing;

const DOCUMENT: &str = include_str!("../../../docs/PSEUDONYMS.md");

fn stated(text: &str) {
    assert!(
        DOCUMENT.contains(text),
        "docs/PSEUDONYMS.md does not state {text}"
    );
}

#[test]
fn the_answers_are_those_of_the_code() {
    let counting = |from: u8| -> [u8; 32] { std::array::from_fn(|at| from + at as u8) };
    let secret = NetworkSecret::from_bytes(counting(0));
    stated(key::to_key_file(&counting(0)).trim_end());
    let token = token::of_bsn(&secret, 1, &Bsn::parse("1234.56.782").unwrap());
    stated(&token.to_base64url());
    stated(&key::key_check(&secret, 1).to_string());
    let key = TagKey::derive(&MasterKey::from_bytes(counting(0x40)), 1);
    let tag = tag::tag(&key, Suite::KeyedHash, Kind::Bsn, &token);
    stated(&hex(tag.as_bytes()));
}

#[test]
fn the_answers_of_level_b_are_those_of_the_code() {
    let counting =
        |from: u8| -> [u8; 32] { std::array::from_fn(|at| if at < 31 { from + at as u8 } else { 0 }) };
    let key = SecretKey::from_bytes(&counting(1)).unwrap();
    stated(&key.public_key().to_string());
    let token = Token::parse("BGOvL2aGZOwObkJvai9-M-iJtV7aFvviTAFJeJ3F_H0").unwrap();
    let mut chance = Zeroizing::new([0; 64]);
    chance[..32].copy_from_slice(&counting(0x40));
    let request = Request::blind_from(&[token], &[chance]).unwrap();
    stated(&request.blinded()[0].to_base64url());
    let evaluated = key.evaluate(request.blinded()).unwrap();
    stated(&evaluated[0].to_base64url());
    // The document's proof was made with another nonce than any test could draw: what counts is that it holds.
    let proof = DOCUMENT
        .split_once("\"proof\": \"")
        .unwrap()
        .1
        .split('"')
        .next()
        .unwrap();
    let tokens = request
        .finish(key.public_key(), &evaluated, &Proof::parse(proof).unwrap())
        .unwrap();
    stated(&tokens[0].to_base64url());
    let master: [u8; 32] = std::array::from_fn(|at| 0x40 + at as u8);
    let tag_key = TagKey::derive(&MasterKey::from_bytes(master), 1);
    let tag = tag::tag(&tag_key, Suite::Oblivious, Kind::Bsn, &tokens[0]);
    stated(&hex(tag.as_bytes()));
}

/// Every error that the vectors name for level B is explained.
#[test]
fn every_error_of_the_vectors_is_in_the_document() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    let refused = ["voprfRefused", "deltaRefused"].into_iter();
    let lists = refused.flat_map(|section| vectors[section].as_object().unwrap().values());
    for vector in lists.flat_map(|list| list.as_array().unwrap()) {
        if let Some(error) = vector["error"].as_str() {
            stated(&format!("`{error}`"));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_document_counts_the_numbers_that_pass() {
    // How many numbers have each remainder of the weighted sum, one digit after the other.
    let mut counts = [0_u32; 11];
    counts[0] = 1;
    for weight in [9, 8, 7, 6, 5, 4, 3, 2, 10] {
        let mut next = [0; 11];
        for (remainder, count) in counts.iter().enumerate() {
            for digit in 0..10 {
                next[(remainder + weight * digit) % 11] += count;
            }
        }
        counts = next;
    }
    // All zeros passes and is no number.
    assert_eq!(counts[0] - 1, 90_909_090);
    stated("90,909,090");
}
