//! `vectors.json`, read by this test and by every other implementation.

#![allow(clippy::unwrap_used, reason = "a vector that cannot be read fails the test")]

use identifiers::{
    Identifier, Kind, MasterKey, NetworkSecret, Suite, TagKey, Token, key, key_check,
    tag::tag,
    token::{derive, ident, of_raw},
};
use serde_json::Value;

fn vectors(section: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../vectors.json")).unwrap();
    let list = all.pointer(section).and_then(Value::as_array).cloned().unwrap();
    assert!(!list.is_empty(), "{section}");
    list
}

fn text<'v>(vector: &'v Value, member: &str) -> &'v str {
    vector[member]
        .as_str()
        .unwrap_or_else(|| panic!("{member} of {vector}"))
}

fn number(vector: &Value, member: &str) -> u16 {
    u16::try_from(vector[member].as_u64().unwrap()).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn bytes32(vector: &Value, member: &str) -> [u8; 32] {
    hex(text(vector, member)).try_into().unwrap()
}

#[test]
fn key_check_values() {
    for vector in vectors("/keyCheck") {
        let secret = NetworkSecret::from_bytes(bytes32(&vector, "networkSecretHex"));
        let check = key_check(&secret, number(&vector, "netEpoch"));
        assert_eq!(check.to_string(), text(&vector, "keyCheck"), "{vector}");
        assert!(text(&vector, "keyCheck").parse() == Ok(check));
    }
}

#[test]
fn tokens() {
    for vector in vectors("/token") {
        let secret = NetworkSecret::from_bytes(bytes32(&vector, "networkSecretHex"));
        let epoch = number(&vector, "netEpoch");
        let kind: Kind = text(&vector, "kind").parse().unwrap();
        let identifier = Identifier::parse(kind, text(&vector, "raw")).unwrap();
        let ident = ident(epoch, &identifier);
        assert_eq!(ident.to_vec(), hex(text(&vector, "identHex")), "{vector}");
        assert!(ident.ends_with(&hex(text(&vector, "valueHex"))), "{vector}");
        let token = derive(&secret, epoch, &identifier);
        assert_eq!(token.to_base64url().as_str(), text(&vector, "token"), "{vector}");
        assert!(token == Token::parse(text(&vector, "token")).unwrap());
        assert!(Ok(token) == of_raw(&secret, epoch, kind.name(), text(&vector, "raw")));
    }
}

#[test]
fn tags() {
    for vector in vectors("/tag") {
        let master = MasterKey::from_bytes(bytes32(&vector, "masterKeyHex"));
        let key = TagKey::derive(&master, number(&vector, "tagEpoch"));
        let suite = Suite::try_from(u8::try_from(number(&vector, "suite")).unwrap()).unwrap();
        let token = Token::parse(text(&vector, "token")).unwrap();
        let tag = tag(&key, suite, text(&vector, "kind").parse().unwrap(), &token);
        assert_eq!(tag.as_bytes(), &bytes32(&vector, "tagHex"), "{vector}");
        let derived = blake3::derive_key(
            "trefpunt 2026 match-tag key v1",
            &[master.as_bytes(), &number(&vector, "tagEpoch").to_be_bytes()[..]].concat(),
        );
        assert_eq!(derived, bytes32(&vector, "tagKeyHex"), "{vector}");
    }
}

#[test]
fn wrong_identifiers_are_refused_by_name_and_never_echoed() {
    let secret = NetworkSecret::from_bytes([7; 32]);
    for vector in vectors("/refused") {
        let raw = text(&vector, "raw");
        let refused = of_raw(&secret, 1, text(&vector, "kind"), raw).unwrap_err();
        assert_eq!(refused.code(), text(&vector, "error"), "{vector}");
        assert!(
            raw.len() < 4 || !format!("{refused} {refused:?}").contains(raw),
            "{vector}"
        );
    }
}

#[test]
fn key_files_have_one_spelling() {
    for vector in vectors("/keyFile/accepted") {
        let key = key::parse_key_file(text(&vector, "text")).unwrap();
        assert_eq!(*key, bytes32(&vector, "keyHex"));
        assert_eq!(
            key::to_key_file(&key).trim_end_matches('\n'),
            text(&vector, "text").trim_end_matches('\n')
        );
    }
    for vector in vectors("/keyFile/refused") {
        let refused = NetworkSecret::parse_key_file(vector.as_str().unwrap()).unwrap_err();
        assert!(
            vector.as_str().unwrap().len() < 4 || !refused.to_string().contains(vector.as_str().unwrap())
        );
        assert!(
            MasterKey::parse_key_file(vector.as_str().unwrap()).is_err(),
            "{vector}"
        );
    }
}

#[test]
fn token_texts_have_one_spelling() {
    for vector in vectors("/tokenText/refused") {
        assert!(Token::parse(vector.as_str().unwrap()).is_err(), "{vector}");
    }
}
