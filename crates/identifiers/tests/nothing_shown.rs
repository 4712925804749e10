//! No `Debug` of a secret, token or identifier shows any of it.

use identifiers::voprf::{BlindedElement, Delta, PublicKey, Request, SecretKey, VoprfError};
use identifiers::{
    Bsn, Identifier, Kind, MasterKey, NetworkSecret, ServiceKey, Suite, TagKey, Token, key_check, tag, token,
};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const CANARY: [u8; 32] = *b"canary-canary-canary-canary-0123";

/// Neither the bytes as text, nor as hex, nor as the list of numbers a derived `Debug` would print.
fn shows_nothing(value: &impl std::fmt::Debug) {
    for shown in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
        assert!(shown.len() < 64, "{shown}");
    }
}

#[test]
fn debug_shows_nothing() {
    let secret = NetworkSecret::from_bytes(CANARY);
    let master = MasterKey::from_bytes(CANARY);
    let key = TagKey::derive(&master, 1);
    let bsn = Bsn::parse("123456782").unwrap();
    let token = token::of_bsn(&secret, 1, &bsn);
    shows_nothing(&secret);
    shows_nothing(&master);
    shows_nothing(&key);
    shows_nothing(&bsn);
    shows_nothing(&Identifier::Bsn(bsn));
    shows_nothing(&ServiceKey::parse("Canary|20140203|v"));
    shows_nothing(&ServiceKey::parse("canary9|20140203|v"));
    shows_nothing(&Token::from_bytes(CANARY));
    shows_nothing(&tag::tag(&key, Suite::KeyedHash, Kind::Bsn, &token));
    shows_nothing(&key_check(&secret, 1));
    shows_nothing(&Token::parse("canary"));
    shows_nothing(&NetworkSecret::parse_key_file("canary"));
    shows_nothing(&Bsn::parse("canary"));
}

#[test]
fn debug_of_level_b_shows_nothing() {
    let mut bytes = CANARY;
    bytes[31] = 0;
    let old = SecretKey::from_bytes(&bytes).unwrap();
    bytes[0] ^= 1;
    let new = SecretKey::from_bytes(&bytes).unwrap();
    let chance = [Zeroizing::new([7; 64])];
    let request = Request::blind_from(&[Token::from_bytes(CANARY)], &chance).unwrap();
    shows_nothing(&old);
    shows_nothing(&Delta::between(&old, &new));
    shows_nothing(&Delta::from_bytes(&bytes));
    shows_nothing(&request.blinded()[0]);
    shows_nothing(&request);
    // Errors carry nothing to show: neither the bytes nor the text that was refused.
    shows_nothing(&Delta::from_bytes(&[0xcc; 32]));
    shows_nothing(&SecretKey::from_bytes(&[0xcc; 32]));
    shows_nothing(&BlindedElement::parse("canary"));
    shows_nothing(&"canary".parse::<PublicKey>());
    assert_eq!(size_of::<VoprfError>(), 1, "a name and no value");
    assert_eq!(
        size_of::<identifiers::InvalidIdentifier>(),
        1,
        "a name and no value"
    );
}

/// A library that logs nothing cannot log a secret.
#[test]
fn nothing_here_can_log() {
    let manifest = include_str!("../Cargo.toml");
    for logger in ["tracing", "log", "env_logger"] {
        assert!(!manifest.lines().any(|line| line.starts_with(logger)), "{logger}");
    }
}

#[test]
fn secrets_are_wiped_when_dropped() {
    fn wiped<T: ZeroizeOnDrop>() {}
    wiped::<NetworkSecret>();
    wiped::<MasterKey>();
    wiped::<TagKey>();
    wiped::<Token>();
    wiped::<Bsn>();
    wiped::<ServiceKey>();
    wiped::<SecretKey>();
    wiped::<Delta>();
    wiped::<Request>();
    let mut secret = NetworkSecret::from_bytes(CANARY);
    secret.zeroize();
    assert_eq!(secret.as_bytes(), &[0; 32]);
}

/// Comparing secrets goes through `subtle`; a derived `PartialEq` would not have this trait.
#[test]
fn secrets_are_compared_in_constant_time() {
    fn constant_time<T: subtle::ConstantTimeEq>() {}
    constant_time::<NetworkSecret>();
    constant_time::<MasterKey>();
    constant_time::<Token>();
    constant_time::<identifiers::Tag>();
    assert!(NetworkSecret::from_bytes(CANARY) == NetworkSecret::from_bytes(CANARY));
    assert!(NetworkSecret::from_bytes(CANARY) != NetworkSecret::from_bytes([0; 32]));
}
