//! docs/PSEUDONYMS.md states known answers; here they are held against the code. (Its commands run in tests/tour.)
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use identifiers::key::{self, MasterKey, NetworkSecret};
use identifiers::tag::{self, Suite, TagKey};
use identifiers::{Bsn, Kind, token};

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
    let hex: String = tag.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    stated(&hex);
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
