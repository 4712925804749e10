use super::super::{ConsentKeys, ConsentPurpose};
use jiff::civil::date;

use super::*;

fn terms() -> ReceiptTerms {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    ReceiptTerms {
        identifier: "h5Yz0cVbTtqN1rXk2mPvQA.1804600000".to_owned(),
        created: at("2027-03-10T14:30:00Z"),
        network: "voorbeeld".parse().unwrap(),
        language: "nl".to_owned(),
        purpose: ConsentPurpose::Exchange,
        purpose_in_words: "Mogen instanties overleggen over uw kind?".to_owned(),
        parties: vec!["Basisschool Zonnewijzer".to_owned()],
        unnamed: 1,
        asked_by: "Basisschool Zonnewijzer".to_owned(),
        municipality: "gemeente Voorbeeldstad".to_owned(),
        portal: "https://toestemming.voorbeeldstad.example/portal".to_owned(),
        text_version: "2026-11-23".to_owned(),
        text_languages: ["nl", "ar"].map(str::to_owned).into(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        requested_on: date(2027, 3, 4),
        given_on: date(2027, 3, 9),
        valid_until: at("2028-03-08T23:00:00Z"),
        withdrawn_on: Some(date(2027, 3, 10)),
        record_hash: Base64Url([7; 32]),
    }
}

fn signer() -> ConsentSigner {
    ConsentSigner::from_seed(&[5; 32])
}

fn verifier(network: &str) -> ConsentVerifier {
    ConsentVerifier::new(&ConsentKeys {
        network: network.parse().unwrap(),
        keys: vec![signer().key()],
        status_url: None,
    })
    .unwrap()
}

/// The same receipt is checked by another program (`tests/references`), against a schema.
#[test]
fn the_committed_receipt_is_what_is_made() {
    let made = signer().sign_receipt(&terms()).unwrap() + "\n";
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/consent-receipt/example.jsonld"
    );
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
        std::fs::write(path, &made).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed == made,
        "{path} is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p protocol writes it"
    );
    assert_eq!(verifier("voorbeeld").verify_receipt(&made).unwrap(), {
        let mut whole: Value = serde_json::from_str(&made).unwrap();
        whole.as_object_mut().unwrap().remove("proof");
        whole
    });
}

#[test]
fn nothing_in_a_receipt_can_be_changed() {
    let made = signer().sign_receipt(&terms()).unwrap();
    for (from, to, why) in [
        ("Zonnewijzer", "Zonnewijser", RecordError::Signature),
        ("\"2027-03-09\"", "\"2027-03-08\"", RecordError::Signature),
        ("dpv:ConsentWithdrawn", "dpv:ConsentGiven", RecordError::Signature),
        (
            "\"created\": \"2027",
            "\"created\": \"2028",
            RecordError::Signature,
        ),
        ("eddsa-jcs-2022", "eddsa-rdfc-2022", RecordError::Malformed),
        ("assertionMethod", "authentication", RecordError::Malformed),
        ("\"voorbeeld\"", "\"elders\"", RecordError::Network),
        ("#z6Mk", "#z6Mm", RecordError::UnknownKey),
        (
            "\"proofValue\": \"z",
            "\"proofValue\": \"zz",
            RecordError::Signature,
        ),
    ] {
        assert!(made.contains(from), "{from}");
        let changed = made.replace(from, to);
        assert_eq!(verifier("voorbeeld").verify_receipt(&changed), Err(why), "{from}");
    }
    assert_eq!(
        verifier("elders").verify_receipt(&made),
        Err(RecordError::Network)
    );
    for no_receipt in ["", "[]", "{}", r#"{"proof":{}}"#, r#"{"proof":{"proofValue":1}}"#] {
        assert!(
            verifier("voorbeeld").verify_receipt(no_receipt).is_err(),
            "{no_receipt}"
        );
    }
}

#[test]
fn a_key_of_another_portal_signs_nothing_here() {
    let made = ConsentSigner::from_seed(&[6; 32]).sign_receipt(&terms()).unwrap();
    assert_eq!(
        verifier("voorbeeld").verify_receipt(&made),
        Err(RecordError::UnknownKey)
    );
}

/// draft-msporny-base58, section 5.
#[test]
fn base58_is_as_others_write_it() {
    assert_eq!(base58(b"Hello World!"), "z2NEpo7TZRRrLZSi2U");
    assert_eq!(base58(&[0, 0, 0x28, 0x7f, 0xb4, 0xcd]), "z11233QC4");
    assert_eq!(base58(&[]), "z");
    for bytes in [&b"Hello World!"[..], &[0, 0, 0x28], &[255; 64], &[]] {
        assert_eq!(from_base58(&base58(bytes)).unwrap(), bytes);
    }
    for wrong in ["", "2NEpo7", "z0", "zO", "zé"] {
        assert_eq!(from_base58(wrong), None, "{wrong}");
    }
    assert_eq!(from_base58(&format!("z{}", "2".repeat(200))), None);
}
