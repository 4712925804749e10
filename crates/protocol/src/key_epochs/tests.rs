use identifiers::voprf::SecretKey;

use super::*;

fn signer() -> KeyholderSigner {
    KeyholderSigner::from_seed(&[9; 32])
}

/// `pk1` of the secret that is this number.
fn key(number: u8) -> Base64Url<32> {
    let mut scalar = [0; 32];
    scalar[0] = number;
    Base64Url(*SecretKey::from_bytes(&scalar).unwrap().public_key().as_bytes())
}

fn entry(act: EpochAct, minute: u8, epoch: u16, public_key: Option<Base64Url<32>>) -> KeyEpochEntry {
    KeyEpochEntry {
        act,
        at: format!("2026-11-22T09:{minute:02}:00Z").parse().unwrap(),
        epoch,
        public_key,
    }
}

fn introduced(minute: u8, epoch: u16, number: u8) -> KeyEpochEntry {
    entry(EpochAct::Introduced, minute, epoch, Some(key(number)))
}

fn live(minute: u8, epoch: u16) -> KeyEpochEntry {
    entry(EpochAct::Live, minute, epoch, None)
}

fn destroyed(minute: u8, epoch: u16) -> KeyEpochEntry {
    entry(EpochAct::Destroyed, minute, epoch, None)
}

fn list(entries: Vec<KeyEpochEntry>) -> Result<KeyEpochs, KeyEpochsError> {
    KeyEpochs::new("demo".parse().unwrap(), entries)
}

fn first() -> KeyEpochs {
    list(vec![introduced(0, 1, 5), live(0, 1)]).unwrap()
}

fn rotated() -> KeyEpochs {
    first()
        .with([introduced(10, 2, 6), live(20, 2), destroyed(40, 1)])
        .unwrap()
}

#[test]
fn a_rotation_is_followed() {
    let (epoch, public) = (first().live().0, first().live().1.clone());
    assert_eq!((epoch, public.as_bytes()), (1, &key(5).0));

    let filling = first().with([introduced(10, 2, 6)]).unwrap();
    assert_eq!(filling.live().0, 1);
    assert_eq!(filling.state(2), Some(EpochState::Introduced));
    assert_eq!(filling.public_key(2).unwrap().as_bytes(), &key(6).0);

    let grace = filling.with([live(20, 2)]).unwrap();
    assert_eq!(grace.live().0, 2);
    assert_eq!(grace.state(1), Some(EpochState::Replaced));

    assert_eq!(rotated().state(1), Some(EpochState::Destroyed));
    assert_eq!(rotated().live().1.as_bytes(), &key(6).0);
    assert_eq!(rotated().state(3), None);
    assert!(rotated().public_key(3).is_none());
    for list in [filling, grace, rotated()] {
        assert!(list.extends(&first()) && !first().extends(&list));
    }
    assert!(first().extends(&first()));
}

#[test]
fn a_rotation_that_was_called_off_leaves_its_trace() {
    let called_off = first().with([introduced(10, 2, 6), destroyed(11, 2)]).unwrap();
    assert_eq!(called_off.live().0, 1);
    assert_eq!(
        called_off.with([live(12, 2)]).unwrap_err(),
        KeyEpochsError::Rule(4)
    );
    assert!(called_off.with([introduced(12, 3, 7), live(12, 3)]).is_ok());
}

#[test]
fn rules_are_held() {
    let cases = [
        ("live before introduced", vec![live(0, 1), introduced(0, 1, 5)], 0),
        (
            "two live: the same twice",
            vec![introduced(0, 1, 5), live(0, 1), live(1, 1)],
            2,
        ),
        (
            "two live: back to one that was replaced",
            vec![
                introduced(0, 1, 5),
                live(0, 1),
                introduced(1, 2, 6),
                live(2, 2),
                live(3, 1),
            ],
            4,
        ),
        (
            "destroyed, then live",
            vec![
                introduced(0, 1, 5),
                live(0, 1),
                introduced(1, 2, 6),
                destroyed(2, 2),
                live(3, 2),
            ],
            4,
        ),
        (
            "the live one destroyed",
            vec![introduced(0, 1, 5), live(0, 1), destroyed(1, 1)],
            2,
        ),
        (
            "destroyed twice",
            vec![
                introduced(0, 1, 5),
                live(0, 1),
                introduced(1, 2, 6),
                destroyed(2, 2),
                destroyed(3, 2),
            ],
            4,
        ),
        (
            "destroyed without being introduced",
            vec![introduced(0, 1, 5), live(0, 1), destroyed(1, 2)],
            2,
        ),
        (
            "introduced twice",
            vec![introduced(0, 1, 5), live(0, 1), introduced(1, 1, 6)],
            2,
        ),
        (
            "epochs fall",
            vec![introduced(0, 2, 5), live(0, 2), introduced(1, 1, 6)],
            2,
        ),
        ("an epoch of zero", vec![introduced(0, 0, 5)], 0),
        (
            "one key for two epochs",
            vec![introduced(0, 1, 5), live(0, 1), introduced(1, 2, 5)],
            2,
        ),
        ("time runs back", vec![introduced(1, 1, 5), live(0, 1)], 1),
        (
            "introduced without a key",
            vec![entry(EpochAct::Introduced, 0, 1, None)],
            0,
        ),
        (
            "live with a key",
            vec![introduced(0, 1, 5), entry(EpochAct::Live, 0, 1, Some(key(5)))],
            1,
        ),
        (
            "the identity as key",
            vec![entry(EpochAct::Introduced, 0, 1, Some(Base64Url([0; 32])))],
            0,
        ),
        (
            "a key that is no element",
            vec![entry(EpochAct::Introduced, 0, 1, Some(Base64Url([255; 32])))],
            0,
        ),
    ];
    for (what, entries, at) in cases {
        assert_eq!(list(entries).unwrap_err(), KeyEpochsError::Rule(at), "{what}");
    }
    assert_eq!(list(Vec::new()).unwrap_err(), KeyEpochsError::NoneLive);
    assert_eq!(
        list(vec![introduced(0, 1, 5)]).unwrap_err(),
        KeyEpochsError::NoneLive
    );
}

#[test]
fn a_list_that_shrank_or_changed_does_not_extend() {
    let shrunk = first();
    assert!(!shrunk.extends(&rotated()));
    let reordered = list(vec![introduced(0, 1, 5), introduced(0, 2, 6), live(0, 1)]).unwrap();
    let ordered = list(vec![introduced(0, 1, 5), live(0, 1), introduced(0, 2, 6)]).unwrap();
    assert!(!reordered.extends(&ordered) && !ordered.extends(&reordered));
    let other_key = list(vec![introduced(0, 1, 6), live(0, 1)]).unwrap();
    assert!(!other_key.extends(&first()));
    let other_time = list(vec![introduced(0, 1, 5), live(1, 1)]).unwrap();
    assert!(!other_time.extends(&first()));
    let other_name = KeyEpochs::new("other".parse().unwrap(), first().entries().to_vec()).unwrap();
    assert!(!other_name.extends(&first()));
}

#[test]
fn the_document_and_its_signature_are_fixed() {
    let signed = signer().sign(&first());
    assert_eq!(
        signed.document,
        format!(
            r#"{{"entries":[{{"act":"introduced","at":"2026-11-22T09:00:00Z","epoch":1,"publicKey":"{}"}},{{"act":"live","at":"2026-11-22T09:00:00Z","epoch":1}}],"keyholder":"demo","version":"trefpunt/v1/key-epochs"}}"#,
            key(5)
        )
    );
    let again = KeyEpochs::verify(&signed, &signer().key()).unwrap();
    assert_eq!(again, first());
    assert_eq!(again.hash(), first().hash());
    assert_ne!(again.hash(), rotated().hash());

    // Ed25519 is deterministic: another label or layout would show here.
    use ed25519_dalek::Signer as _;
    let message = [b"trefpunt/v1/key-epochs\0", signed.document.as_bytes()].concat();
    let expected = ed25519_dalek::SigningKey::from_bytes(&[9; 32]).sign(&message);
    assert_eq!(signed.signature.0, expected.to_bytes());
}

#[test]
fn what_the_pinned_key_did_not_sign_is_refused() {
    let pinned = signer().key();
    let refused = |signed: &SignedKeyEpochs| KeyEpochs::verify(signed, &pinned).unwrap_err();

    let forged = KeyholderSigner::from_seed(&[8; 32]).sign(&first());
    assert_eq!(refused(&forged), KeyEpochsError::Signature);
    let good = signer().sign(&first());
    let moved = SignedKeyEpochs {
        document: rotated().document().to_owned(),
        ..good.clone()
    };
    assert_eq!(refused(&moved), KeyEpochsError::Signature);
    let mut bent = good;
    bent.signature.0[0] ^= 1;
    assert_eq!(refused(&bent), KeyEpochsError::Signature);

    // Signed, and still no list: the key is checked first, the rules all the same.
    let sign = |document: &str| {
        use ed25519_dalek::Signer as _;
        let message = [b"trefpunt/v1/key-epochs\0", document.as_bytes()].concat();
        SignedKeyEpochs {
            document: document.to_owned(),
            signature: Base64Url(
                ed25519_dalek::SigningKey::from_bytes(&[9; 32])
                    .sign(&message)
                    .to_bytes(),
            ),
        }
    };
    let document = first().document().to_owned();
    for (from, to) in [
        (r#"{"entries""#, r#"{ "entries""#),
        (r#""epoch":1,"#, r#""epoch":1.0,"#),
        ("2026-11-22T09:00:00Z", "2026-11-22T10:00:00+01:00"),
        (
            r#","keyholder":"demo","version":"trefpunt/v1/key-epochs"}"#,
            r#","version":"trefpunt/v1/key-epochs","keyholder":"demo"}"#,
        ),
        (r#""keyholder":"demo""#, r#""keyholder":"demo","note":"x""#),
        (
            r#""keyholder":"demo""#,
            r#""keyholder":"demo","keyholder":"demo""#,
        ),
        (r#""epoch":1}"#, r#""epoch":1,"publicKey":null}"#),
        ("trefpunt/v1/key-epochs", "trefpunt/v2/key-epochs"),
        (r#""keyholder":"demo""#, r#""keyholder":"a keyholder""#),
        (r#""act":"live""#, r#""act":"paused""#),
        ("{", "["),
    ] {
        let changed = document.replacen(from, to, 1);
        assert_ne!(changed, document, "{from}");
        assert_eq!(refused(&sign(&changed)), KeyEpochsError::Malformed, "{to}");
    }
    let two_live = document.replacen(
        r#"{"act":"live","#,
        r#"{"act":"live","at":"2026-11-22T09:00:00Z","epoch":1},{"act":"live","#,
        1,
    );
    assert_eq!(refused(&sign(&two_live)), KeyEpochsError::Rule(2));
    assert_eq!(
        refused(&sign(&" ".repeat(MAX_DOCUMENT_BYTES + 1))),
        KeyEpochsError::Malformed
    );
    assert!(KeyEpochs::verify(&sign(&document), &pinned).is_ok());
}

#[test]
fn a_key_anybody_can_sign_for_is_not_pinned() {
    let text = signer().key().to_string();
    assert_eq!(text.parse::<KeyholderKey>().unwrap(), signer().key());
    let mut identity = [0; 32];
    identity[0] = 1;
    assert_eq!(
        KeyholderKey::from_bytes(&identity).unwrap_err(),
        KeyEpochsError::Key
    );
    for other in ["", "AQ", &text[1..], &format!("{text}=")] {
        assert!(other.parse::<KeyholderKey>().is_err(), "{other:?}");
    }
    assert!(!format!("{:?}", signer()).contains(&crate::text::encode([9; 32])));
}

#[test]
fn what_is_not_known_is_left_out() {
    let keys = NetworkKeys {
        net_epochs: vec![NetEpoch {
            net_epoch: 1,
            key_check: Base64Url([7; 16]),
            state: NetEpochState::Live,
            until: None,
        }],
        suites: vec![1],
        oprf_epoch: None,
        key_epochs: None,
        min_suite: 1,
    };
    let written = serde_json::to_string(&keys).unwrap();
    assert_eq!(
        written,
        r#"{"netEpochs":[{"netEpoch":1,"keyCheck":"BwcHBwcHBwcHBwcHBwcHBw","state":"live"}],"suites":[1],"minSuite":1}"#
    );
    assert_eq!(serde_json::from_str::<NetworkKeys>(&written).unwrap(), keys);
}
