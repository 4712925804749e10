//! No `Debug` of a secret, token or identifier shows any of it.

use identifiers::{
    Bsn, Identifier, Kind, MasterKey, NetworkSecret, ServiceKey, Suite, TagKey, Token, key_check, tag, token,
};

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
