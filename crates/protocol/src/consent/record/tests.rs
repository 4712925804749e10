use super::*;

fn terms() -> Terms {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    Terms {
        network: "demo".parse().unwrap(),
        about: About::Exchange(Id([1; 16])),
        parties: [OrganisationId([0xff; 16]), OrganisationId([0x68; 16])].into(),
        text_version: "2026-11".parse().unwrap(),
        language: "nl".parse().unwrap(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        issuer: OrganisationId([0x68; 16]),
        requested_at: time("2026-11-21T09:00:00Z"),
        given_at: time("2026-11-22T10:30:00.5Z"),
        valid_until: time("2027-11-22T10:30:00.5Z"),
    }
}

fn signer() -> ConsentSigner {
    ConsentSigner::from_seed(&[3; 32])
}

fn verifier() -> ConsentVerifier {
    ConsentVerifier::new(&ConsentKeys {
        network: "demo".parse().unwrap(),
        keys: vec![signer().key()],
        status_url: None,
    })
    .unwrap()
}

/// Signs any text, as a portal gone wrong would.
fn sign_text(document: String) -> SignedRecord {
    let signer = signer();
    SignedRecord {
        hash: Base64Url(Sha256::digest(document.as_bytes()).into()),
        signature: Base64Url(signer.key.sign(document.as_bytes()).to_bytes()),
        key_id: signer.key_id,
        document,
    }
}

/// The bytes are frozen: another spelling would change every hash that messages are bound to.
#[test]
fn a_record_is_spelled_as_the_vector_says() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../../vectors/consent-record.json")).unwrap();
    let signed = signer().sign(&Record::new(terms()).unwrap());
    assert_eq!(vector["seed"], Base64Url([3; 32]).to_string());
    assert_eq!(vector["publicKey"], signer().key().public_key.to_string());
    assert_eq!(vector["record"], serde_json::to_value(&signed).unwrap());
}

fn signal_terms() -> Terms {
    Terms {
        about: About::Signal(Id([2; 16])),
        parties: [OrganisationId([0x68; 16])].into(),
        method: Method::Oral,
        assurance: Assurance::Attested,
        ..terms()
    }
}

#[test]
fn a_record_about_a_signal_is_spelled_as_the_vector_says() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../../vectors/consent-record.json")).unwrap();
    let signed = signer().sign(&Record::new(signal_terms()).unwrap());
    assert_eq!(vector["signalRecord"], serde_json::to_value(&signed).unwrap());
    let read = verifier().verify(&signed).unwrap();
    assert_eq!(read.terms(), &signal_terms());
    // It lets nobody exchange anything.
    let pair = [0x68, 0xff].map(|byte| OrganisationId([byte; 16]));
    assert_eq!(
        read.covers(Id([2; 16]), pair, terms().given_at),
        Err(NotCovered::Match)
    );
}

#[test]
fn a_record_says_once_what_it_is_for() {
    let good = Record::new(signal_terms()).unwrap().document().to_owned();
    let id = Id([2; 16]);
    for other in [
        good.replace("\"purpose\":\"signal\"", "\"purpose\":\"exchange\""),
        good.replace("\"signal\":", "\"match\":"),
        good.replace("\"method\"", &format!("\"match\":\"{id}\",\"method\"")),
        good.replace(&format!("\"signal\":\"{id}\","), ""),
    ] {
        assert_ne!(other, good);
        assert_eq!(
            verifier().verify(&sign_text(other.clone())),
            Err(RecordError::Malformed),
            "{other}"
        );
    }
}

#[test]
fn a_signed_record_is_read_back() {
    let record = Record::new(terms()).unwrap();
    let read = verifier().verify(&signer().sign(&record)).unwrap();
    assert_eq!(read, record);
    assert_eq!(read.terms(), &terms());
}

#[test]
fn a_record_holds_nothing_about_who_signed() {
    let record = Record::new(terms()).unwrap();
    for word in ["guardian", "young", "age", "signator"] {
        assert!(
            !record.document().replace("\"language\"", "").contains(word),
            "{word}"
        );
    }
}

#[test]
fn a_changed_record_is_refused() {
    let signed = signer().sign(&Record::new(terms()).unwrap());
    let longer = signed.document.replace("2027-11-22", "2037-11-22");
    let refused = |signed: &SignedRecord| verifier().verify(signed).unwrap_err();

    assert_eq!(
        refused(&SignedRecord {
            document: longer.clone(),
            ..signed.clone()
        }),
        RecordError::Hash
    );
    let hash = Base64Url(Sha256::digest(longer.as_bytes()).into());
    assert_eq!(
        refused(&SignedRecord {
            document: longer,
            hash,
            ..signed.clone()
        }),
        RecordError::Signature
    );
    let mut signature = signed.signature;
    signature.0[0] ^= 1;
    assert_eq!(
        refused(&SignedRecord {
            signature,
            ..signed.clone()
        }),
        RecordError::Signature
    );
    let other = ConsentSigner::from_seed(&[4; 32]).sign(&Record::new(terms()).unwrap());
    assert_eq!(refused(&other), RecordError::UnknownKey);
    assert_eq!(
        refused(&SignedRecord {
            key_id: signed.key_id,
            ..other
        }),
        RecordError::Signature
    );
}

#[test]
fn a_record_of_another_network_is_refused() {
    let signed = signer().sign(
        &Record::new(Terms {
            network: "live".parse().unwrap(),
            ..terms()
        })
        .unwrap(),
    );
    assert_eq!(verifier().verify(&signed), Err(RecordError::Network));
}

#[test]
fn even_signed_there_is_one_spelling() {
    let good = Record::new(terms()).unwrap().document().to_owned();
    assert!(verifier().verify(&sign_text(good.clone())).is_ok());
    let parties = &good[good.find("[").unwrap()..=good.find("]").unwrap()];
    let (first, second) = parties[1..parties.len() - 1].split_once(',').unwrap();
    for other in [
        good.replace(":\"demo\"", ": \"demo\""),
        good.replace("\"demo\"", "\"d\\u0065mo\""),
        good.replace("09:00:00Z", "09:00:00.000Z"),
        good.replace("T09:00:00Z", "T10:00:00+01:00"),
        good.replace("\"purpose\"", "\"note\":1,\"purpose\""),
        good.replace("\"purpose\":\"exchange\",", ""),
        good.replace(
            "\"purpose\":\"exchange\",",
            "\"purpose\":\"exchange\",\"purpose\":\"exchange\",",
        ),
        good.replace(parties, &format!("[{second},{first}]")),
        good.replace(parties, &format!("[{first},{first}]")),
        good.replace(parties, &format!("[{first}]")),
        good.replace("2027-11-22", "2025-11-22"),
        format!("{good}\n"),
        format!("[{good}]"),
        String::new(),
    ] {
        assert_ne!(other, good);
        assert_eq!(
            verifier().verify(&sign_text(other.clone())),
            Err(RecordError::Malformed),
            "{other}"
        );
    }
}

#[test]
fn keys_bear_their_own_id() {
    let key = signer().key();
    let keys = |keys: Vec<ConsentKey>| ConsentKeys {
        network: "demo".parse().unwrap(),
        keys,
        status_url: None,
    };
    let borrowed = ConsentKey {
        key_id: key.key_id,
        ..ConsentSigner::from_seed(&[4; 32]).key()
    };
    assert_eq!(
        ConsentVerifier::new(&keys(vec![borrowed])).unwrap_err(),
        RecordError::Keys
    );
    assert_eq!(
        ConsentVerifier::new(&keys(vec![key.clone(), key])).unwrap_err(),
        RecordError::Keys
    );
    // The neutral point verifies anything under a lax reader.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let weak = ConsentKey {
        key_id: KeyId::of(&neutral),
        public_key: Base64Url(neutral),
    };
    assert_eq!(
        ConsentVerifier::new(&keys(vec![weak])).unwrap_err(),
        RecordError::Keys
    );
}

#[test]
fn a_record_covers_what_it_names() {
    let record = Record::new(terms()).unwrap();
    let [first, second, third] = [0xff, 0x68, 0x01].map(|byte| OrganisationId([byte; 16]));
    let now = terms().given_at;
    assert_eq!(record.covers(Id([1; 16]), [first, second], now), Ok(()));
    assert_eq!(
        record.covers(Id([2; 16]), [first, second], now),
        Err(NotCovered::Match)
    );
    assert_eq!(
        record.covers(Id([1; 16]), [first, third], now),
        Err(NotCovered::Parties)
    );
    assert_eq!(
        record.covers(Id([1; 16]), [first, first], now),
        Err(NotCovered::Parties)
    );
    assert_eq!(
        record.covers(Id([1; 16]), [first, second], terms().valid_until),
        Err(NotCovered::Time)
    );
}

#[test]
fn terms_that_contradict_each_other_make_no_record() {
    let bad = [
        Terms {
            parties: [OrganisationId([1; 16])].into(),
            ..terms()
        },
        Terms {
            parties: terms().parties,
            ..signal_terms()
        },
        Terms {
            parties: [OrganisationId([1; 16])].into(),
            ..signal_terms()
        },
        Terms {
            given_at: terms().valid_until,
            ..terms()
        },
        Terms {
            requested_at: terms().valid_until,
            ..terms()
        },
    ];
    for terms in bad {
        assert_eq!(Record::new(terms), Err(RecordError::Malformed));
    }
}
