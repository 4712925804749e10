use proptest::prelude::*;

use super::*;
use crate::consent::{
    About, Assurance, ConsentKeys, ConsentSigner, ConsentVerifier, Method, Record, RecordError, Terms,
};
use crate::id::OrganisationId;

const MATCH: Id = Id([1; 16]);
const MESSAGE: Id = Id([2; 16]);
const SCHOOL: OrganisationId = OrganisationId([3; 16]);
const YOUTH_HELP: OrganisationId = OrganisationId([4; 16]);
const STRANGER: OrganisationId = OrganisationId([5; 16]);

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    at("2026-12-01T12:00:00Z")
}

fn seconds(count: i64) -> jiff::SignedDuration {
    jiff::SignedDuration::from_secs(count)
}

fn terms() -> Terms {
    Terms {
        network: "demo".parse().unwrap(),
        about: About::Exchange(MATCH),
        parties: [SCHOOL, YOUTH_HELP].into(),
        text_version: "2026-11".parse().unwrap(),
        language: "nl".parse().unwrap(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        issuer: SCHOOL,
        requested_at: at("2026-11-01T09:00:00Z"),
        given_at: at("2026-11-02T09:00:00Z"),
        valid_until: at("2027-11-02T09:00:00Z"),
    }
}

fn portal(seed: u8) -> ConsentSigner {
    ConsentSigner::from_seed(&[seed; 32])
}

fn believed(network: &str, seeds: &[u8]) -> ConsentVerifier {
    ConsentVerifier::new(&ConsentKeys {
        network: network.parse().unwrap(),
        keys: seeds.iter().map(|seed| portal(*seed).key()).collect(),
        status_url: None,
    })
    .unwrap()
}

fn status_of(consent: Base64Url<32>) -> ConsentStatus {
    ConsentStatus {
        as_of: now(),
        consent,
        network: "demo".parse().unwrap(),
        state: Standing::Stands,
    }
}

/// A request about these terms, with the status they call for.
fn request(terms: Terms) -> GateShareRequest {
    let record = portal(7).sign(&Record::new(terms).unwrap());
    GateShareRequest {
        match_id: MATCH,
        message_id: MESSAGE,
        status: status_of(record.hash).sign(&portal(7)).unwrap(),
        record,
    }
}

fn judged(request: &GateShareRequest) -> Result<Released, GateRefusal> {
    judge(request, SCHOOL, &[believed("demo", &[7, 8])], now(), false)
}

#[test]
fn a_party_gets_the_share_of_its_message() {
    let request = request(terms());
    let key = Confidential::new([9; 32]);
    let expected = derive_share(&key, &request.record.hash, MATCH, MESSAGE);
    for caller in [SCHOOL, YOUTH_HELP] {
        let released = judge(&request, caller, &[believed("demo", &[7])], now(), false).unwrap();
        assert_eq!(released.share(&key), expected);
        assert_eq!(released.consent_hash(), request.record.hash);
        assert_eq!(released.record().terms(), &terms());
        assert_eq!((released.match_id(), released.message_id()), (MATCH, MESSAGE));
    }
}

#[test]
fn a_share_is_of_one_key_consent_match_and_message() {
    let of = |key: u8, consent: u8, match_id: u8, message: u8| {
        let share = derive_share(
            &Confidential::new([key; 32]),
            &Base64Url([consent; 32]),
            Id([match_id; 16]),
            Id([message; 16]),
        );
        *share.expose()
    };
    let shares = [
        of(1, 1, 1, 2),
        of(2, 1, 1, 2),
        of(1, 2, 1, 2),
        of(1, 1, 2, 2),
        of(1, 1, 1, 1),
        of(1, 1, 2, 1),
    ];
    for (at, share) in shares.iter().enumerate() {
        assert!(!shares[..at].contains(share), "{at}");
    }
}

#[test]
fn a_replaced_key_of_the_portal_signs_neither_or_both() {
    // The record under the old key, the status under the new one: rotation is no reason to refuse.
    let mut request = request(terms());
    request.status = status_of(request.record.hash).sign(&portal(8)).unwrap();
    assert!(judged(&request).is_ok());
    let only_new = [believed("demo", &[8])];
    assert_eq!(
        judge(&request, SCHOOL, &only_new, now(), false),
        Err(GateRefusal::RecordUntrusted)
    );
    let only_old = [believed("demo", &[7])];
    assert_eq!(
        judge(&request, SCHOOL, &only_old, now(), false),
        Err(GateRefusal::StatusUntrusted)
    );
}

#[test]
fn one_keyholder_may_serve_two_networks() {
    let both = [believed("live", &[7]), believed("demo", &[7])];
    assert!(judge(&request(terms()), SCHOOL, &both, now(), false).is_ok());
    assert_eq!(
        judge(&request(terms()), SCHOOL, &both[..1], now(), false),
        Err(GateRefusal::RecordNetwork)
    );
    assert_eq!(
        judge(&request(terms()), SCHOOL, &[], now(), false),
        Err(GateRefusal::RecordUntrusted)
    );
}

/// A request with these faults and no other, who asks, and whether the consent has a tombstone.
fn faulty(has: impl Fn(GateRefusal) -> bool) -> (GateShareRequest, OrganisationId, bool) {
    let mut terms = terms();
    if has(GateRefusal::RecordNetwork) {
        terms.network = "live".parse().unwrap();
    }
    if has(GateRefusal::RecordPurpose) {
        terms.about = About::Signal(MATCH);
        terms.parties = [SCHOOL].into();
    }
    // A record cannot be both: it is given before it ends.
    if has(GateRefusal::RecordNotYetGiven) {
        terms.given_at = now() + seconds(31);
    } else if has(GateRefusal::RecordExpired) {
        terms.valid_until = now();
    }
    let mut record = portal(7).sign(&Record::new(terms).unwrap());

    let mut status = status_of(record.hash);
    if has(GateRefusal::StatusNetwork) {
        status.network = "live".parse().unwrap();
    }
    if has(GateRefusal::StatusConsent) {
        status.consent = Base64Url([6; 32]);
    }
    if has(GateRefusal::StatusOld) {
        status.as_of = now() - seconds(61);
    } else if has(GateRefusal::StatusFuture) {
        status.as_of = now() + seconds(31);
    }
    if has(GateRefusal::Ended) {
        status.state = Standing::Ended;
    }
    let mut status = status.sign(&portal(7)).unwrap();
    if has(GateRefusal::StatusUntrusted) {
        status.signature.0[0] ^= 1;
    }
    if has(GateRefusal::RecordUntrusted) {
        record.signature.0[0] ^= 1;
    }
    if has(GateRefusal::RecordHash) {
        record.hash.0[0] ^= 1;
    }
    let request = GateShareRequest {
        match_id: if has(GateRefusal::RecordMatch) {
            Id([9; 16])
        } else {
            MATCH
        },
        message_id: MESSAGE,
        record,
        status,
    };
    let caller = if has(GateRefusal::RecordParty) {
        STRANGER
    } else {
        SCHOOL
    };
    (request, caller, has(GateRefusal::Tombstoned))
}

fn judged_with(has: impl Fn(GateRefusal) -> bool) -> Result<Released, GateRefusal> {
    let (request, caller, is_tombstoned) = faulty(has);
    judge(
        &request,
        caller,
        &[believed("demo", &[7, 8])],
        now(),
        is_tombstoned,
    )
}

#[test]
fn every_reason_refuses_by_itself() {
    let mut words = std::collections::BTreeSet::new();
    for reason in GateRefusal::ALL {
        assert_eq!(judged_with(|fault| fault == reason), Err(reason));
        assert!(words.insert(reason.as_str()));
        let members = ["/match", "/record", "/status"];
        assert!(members.contains(&reason.pointer()), "{}", reason.pointer());
    }
}

#[test]
fn times_are_exact() {
    let with_status = |age: i64| {
        let mut request = request(terms());
        let mut status = status_of(request.record.hash);
        status.as_of = now() - seconds(age);
        request.status = status.sign(&portal(7)).unwrap();
        judged(&request).map(drop)
    };
    assert_eq!(with_status(60), Ok(()));
    assert_eq!(with_status(61), Err(GateRefusal::StatusOld));
    assert_eq!(with_status(-30), Ok(()));
    assert_eq!(with_status(-31), Err(GateRefusal::StatusFuture));
    let given = |ahead: i64| {
        judged(&request(Terms {
            given_at: now() + seconds(ahead),
            ..terms()
        }))
        .map(drop)
    };
    assert_eq!(given(30), Ok(()));
    assert_eq!(given(31), Err(GateRefusal::RecordNotYetGiven));
    let until = |left: i64| {
        judged(&request(Terms {
            valid_until: now() + seconds(left),
            ..terms()
        }))
        .map(drop)
    };
    assert_eq!(until(1), Ok(()));
    assert_eq!(until(0), Err(GateRefusal::RecordExpired));
}

#[test]
fn a_document_signed_for_one_thing_serves_for_no_other() {
    let request = request(terms());
    let as_status = GateShareRequest {
        status: SignedStatus {
            document: request.record.document.clone(),
            signature: request.record.signature,
            key_id: request.record.key_id,
        },
        ..request.clone()
    };
    assert_eq!(judged(&as_status), Err(GateRefusal::StatusUntrusted));
    let hash = <sha2::Sha256 as sha2::Digest>::digest(request.status.document.as_bytes());
    let as_record = SignedRecord {
        document: request.status.document.clone(),
        hash: Base64Url(hash.into()),
        signature: request.status.signature,
        key_id: request.status.key_id,
    };
    assert_eq!(
        believed("demo", &[7]).verify(&as_record),
        Err(RecordError::Malformed)
    );
}

#[test]
fn a_status_has_one_spelling() {
    let good = status_of(Base64Url([5; 32])).document().unwrap();
    assert_eq!(
        good,
        r#"{"asOf":"2026-12-01T12:00:00Z","consent":"BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU","network":"demo","state":"stands","version":"trefpunt/v1/consent-status"}"#
    );
    assert_eq!(ConsentStatus::parse(&good), Ok(status_of(Base64Url([5; 32]))));
    for other in [
        good.replace("\"demo\"", " \"demo\""),
        good.replace("12:00:00Z", "12:00:00.0Z"),
        good.replace("T12:00:00Z", "T13:00:00+01:00"),
        good.replace("stands", "given"),
        good.replace("\"state\"", "\"note\":1,\"state\""),
        good.replace("consent-status", "consent"),
        good.replace("\"network\":\"demo\",", ""),
        format!("{good} "),
        String::new(),
    ] {
        assert_ne!(other, good);
        assert_eq!(
            ConsentStatus::parse(&other),
            Err(StatusError::Malformed),
            "{other}"
        );
    }
}

#[test]
fn bodies_are_read_as_they_were_written() {
    let request = request(terms());
    let text = serde_json::to_string(&request).unwrap();
    assert!(text.len() < crate::MAX_BODY_BYTES);
    assert_eq!(GateShareRequest::parse(text.as_bytes()), Ok(request.clone()));
    let long = GateShareRequest {
        record: SignedRecord {
            document: "x".repeat(MAX_DOCUMENT_BYTES + 1),
            ..request.record.clone()
        },
        ..request
    };
    let refused = GateShareRequest::parse(&serde_json::to_vec(&long).unwrap()).unwrap_err();
    assert_eq!(refused.errors[0].pointer, "/record/document");

    let tombstones = |count: usize| Tombstones {
        consents: vec![
            Tombstone {
                hash: Base64Url([1; 32]),
                ended_at: now(),
                until: terms().valid_until,
            };
            count
        ],
    };
    let text = serde_json::to_vec(&tombstones(MAX_TOMBSTONES)).unwrap();
    assert!(text.len() < crate::MAX_BODY_BYTES, "{}", text.len());
    assert_eq!(Tombstones::parse(&text), Ok(tombstones(MAX_TOMBSTONES)));
    for count in [0, MAX_TOMBSTONES + 1] {
        assert!(Tombstones::parse(&serde_json::to_vec(&tombstones(count)).unwrap()).is_err());
    }

    let share = GateShare {
        share: Confidential::new([4; 32]),
    };
    let text = serde_json::to_string(&share).unwrap();
    assert_eq!(text, r#"{"share":"BAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ"}"#);
    assert_eq!(serde_json::from_str::<GateShare>(&text).unwrap(), share);
    assert_eq!(format!("{share:?}"), "GateShare { share: [not shown] }");

    let asked = ConsentStatusRequest {
        consent_hash: Base64Url([5; 32]),
    };
    let text = serde_json::to_vec(&asked).unwrap();
    assert_eq!(ConsentStatusRequest::parse(&text), Ok(asked));
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), ..ProptestConfig::with_cases(64) })]

    /// Whatever is wrong together, the first reason is told; a share is released only when nothing is.
    #[test]
    fn no_fault_makes_up_for_another(faults in 0_u32..1 << GateRefusal::ALL.len()) {
        let has = |fault: GateRefusal| faults >> (fault as u32) & 1 == 1;
        let first = GateRefusal::ALL.into_iter().find(|fault| has(*fault));
        prop_assert_eq!(judged_with(has).err(), first);
    }

    /// One changed bit anywhere in what was signed, and nothing is released.
    #[test]
    fn a_changed_request_gets_nothing(bit in any::<prop::sample::Index>(), which in 0_usize..4) {
        let mut request = request(terms());
        let flip = |bytes: &mut [u8]| {
            let bit = bit.index(8 * bytes.len());
            bytes[bit / 8] ^= 1 << (bit % 8);
        };
        match which {
            0 => flip(&mut request.record.signature.0),
            1 => flip(&mut request.status.signature.0),
            2 => flip(&mut request.record.hash.0),
            _ => flip(&mut request.record.key_id.0),
        }
        prop_assert!(judged(&request).is_err());
    }
}

#[test]
fn a_status_is_spelled_as_the_vector_says() {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/consent-record.json")).unwrap();
    let record: SignedRecord = serde_json::from_value(vector["record"].clone()).unwrap();
    for (name, state) in [("status", Standing::Stands), ("endedStatus", Standing::Ended)] {
        let status = ConsentStatus {
            state,
            ..status_of(record.hash)
        };
        let signed = status.sign(&portal(3)).unwrap();
        assert_eq!(vector[name], serde_json::to_value(&signed).unwrap());
        assert_eq!(
            ConsentStatus::verify(&signed, &believed("demo", &[3])),
            Ok(status)
        );
    }
}
