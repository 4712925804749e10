//! The primitives against their published vectors, so that a change of library shows here and not in a match.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// RFC 4231 section 4, all seven cases; the fifth is cut to 128 bits there.
#[test]
fn hmac_sha_256() {
    let cases: [(Vec<u8>, Vec<u8>, &str); 7] = [
        (
            vec![0x0b; 20],
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe".to_vec(),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            vec![0xaa; 20],
            vec![0xdd; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            (1..=25).collect(),
            vec![0xcd; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            vec![0x0c; 20],
            b"Test With Truncation".to_vec(),
            "a3b6167473100ee06e0c796c2955552b",
        ),
        (
            vec![0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            vec![0xaa; 131],
            b"This is a test using a larger than block-size key and a larger than block-size data. \
              The key needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ];
    for (key, data, expected) in cases {
        let mac = Hmac::<Sha256>::new_from_slice(&key)
            .unwrap()
            .chain_update(&data)
            .finalize()
            .into_bytes();
        assert_eq!(hex(&mac)[..expected.len()], *expected);
    }
}

/// All cases of the BLAKE3 project's `test_vectors.json`, in both modes that we use.
#[test]
fn blake3_keyed_and_derive_key() {
    let vectors: serde_json::Value = serde_json::from_str(include_str!("blake3.json")).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let key: [u8; 32] = text(&vectors["key"]).into_bytes().try_into().unwrap();
    let cases = vectors["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 35);
    for case in cases {
        let length = usize::try_from(case["length"].as_u64().unwrap()).unwrap();
        let input: Vec<u8> = (0..=250).cycle().take(length).collect();
        assert_eq!(
            blake3::keyed_hash(&key, &input).to_hex().as_str(),
            text(&case["keyedHash"]),
            "{length}"
        );
        let derived = blake3::derive_key(&text(&vectors["context"]), &input);
        assert_eq!(hex(&derived), text(&case["deriveKey"]), "{length}");
    }
}

/// The tables decide what a surname becomes; a change of them is a decision (service_key.rs), not an update.
#[test]
fn the_unicode_tables_are_those_that_were_pinned() {
    assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
}
