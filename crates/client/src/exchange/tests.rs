use std::sync::{Arc, Mutex};

use protocol::consent::{NotCovered, RecordError, SignedRecord, Terms};
use serde_json::{Value, json};

use super::*;
use crate::error::NoConsent;
use crate::testing::{
    Asked, MATCH, NOW, Reply, SCHOOL, Service, YOUTH_HELP, consent_keys, given, match_for, sealing, signed,
    terms, token,
};

/// A service that keeps the one message it gets, seen by `you`, where consent stands as `record`.
async fn service(you: OrganisationId, record: SignedRecord, kept: Arc<Mutex<Option<Value>>>) -> Service {
    Service::start(move |asked| token(asked).unwrap_or_else(|| answer(asked, you, &record, &kept))).await
}

fn answer(asked: &Asked, you: OrganisationId, record: &SignedRecord, kept: &Mutex<Option<Value>>) -> Reply {
    let path = asked.line.split(' ').nth(1).unwrap().split('?').next().unwrap();
    let base = format!("/v1/matches/{MATCH}");
    if asked.line.starts_with("POST") {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let receipt = json!({"messageId": body["messageId"], "sentAt": NOW});
        *kept.lock().unwrap() = Some(body);
        return Reply::Json(201, receipt);
    }
    if path == base {
        return Reply::Json(200, match_for(you));
    }
    if path == "/v1/consent-keys" {
        return Reply::Json(200, serde_json::to_value(consent_keys()).unwrap());
    }
    if path == format!("{base}/consent-requests") {
        return Reply::Json(200, given(record));
    }
    let mut message = kept.lock().unwrap().clone().unwrap();
    let members = message.as_object_mut().unwrap();
    members.remove("consentHash");
    members.insert("sender".into(), json!(SCHOOL));
    for (asked, told) in [("senderKey", "senderSealingKey"), ("recipientKey", "recipientSealingKey")] {
        let key = members.remove(asked).unwrap();
        members.insert(told.into(), key);
    }
    members.insert("sentAt".into(), json!(NOW));
    members.insert("record".into(), serde_json::to_value(record).unwrap());
    Reply::Json(200, message)
}

/// The school sends; what the service then holds.
async fn sent(content: &[u8]) -> (Id, Arc<Mutex<Option<Value>>>) {
    let kept = Arc::new(Mutex::new(None));
    let service = service(SCHOOL, signed(terms()), Arc::clone(&kept)).await;
    let receipt = service
        .partner(sealing(SCHOOL))
        .send_message(MATCH, YOUTH_HELP, content)
        .await
        .unwrap();
    (receipt.message_id, kept)
}

async fn sending_under(record: SignedRecord) -> Error {
    let kept = Arc::new(Mutex::new(None));
    let service = service(SCHOOL, record, Arc::clone(&kept)).await;
    let error = service
        .partner(sealing(SCHOOL))
        .send_message(MATCH, YOUTH_HELP, b"hello")
        .await
        .unwrap_err();
    assert!(kept.lock().unwrap().is_none(), "nothing is sent without consent");
    error
}

#[tokio::test]
async fn what_one_sends_the_other_reads_and_the_service_does_not() {
    let (message_id, kept) = sent(b"Zullen we morgen bellen?").await;
    let stored = kept.lock().unwrap().clone().unwrap().to_string();
    assert!(!stored.contains("morgen"));

    let service = service(YOUTH_HELP, signed(terms()), kept).await;
    let read = service
        .partner(sealing(YOUTH_HELP))
        .read_message(MATCH, message_id)
        .await
        .unwrap();
    assert_eq!(read.content.as_slice(), b"Zullen we morgen bellen?");
    assert_eq!((read.message_id, read.sender), (message_id, SCHOOL));
    assert!(!format!("{read:?}").contains("bellen"));
}

#[tokio::test]
async fn nothing_is_sealed_without_a_record_that_holds() {
    let mut forged = signed(terms());
    forged.document = forged.document.replace("2027-11-22", "2037-11-22");
    let error = sending_under(forged).await;
    assert!(
        matches!(error, Error::NoConsent(NoConsent::Record(RecordError::Hash))),
        "{error:?}"
    );

    let other_match = signed(Terms {
        about: protocol::consent::About::Exchange(Id([9; 16])),
        ..terms()
    });
    let error = sending_under(other_match).await;
    assert!(
        matches!(error, Error::NoConsent(NoConsent::NotCovered(NotCovered::Match))),
        "{error:?}"
    );

    let others = signed(Terms {
        parties: [SCHOOL, OrganisationId([9; 16])].into(),
        ..terms()
    });
    let error = sending_under(others).await;
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::NotCovered(NotCovered::Parties))
        ),
        "{error:?}"
    );

    let over = signed(Terms {
        valid_until: "2026-11-22T11:00:00Z".parse().unwrap(),
        ..terms()
    });
    let error = sending_under(over).await;
    assert!(
        matches!(error, Error::NoConsent(NoConsent::NotCovered(NotCovered::Time))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_message_under_another_record_is_not_opened() {
    let (message_id, kept) = sent(b"hello").await;
    let other = signed(Terms {
        given_at: "2026-11-22T10:00:01Z".parse().unwrap(),
        ..terms()
    });
    let service = service(YOUTH_HELP, other, kept).await;
    let error = service
        .partner(sealing(YOUTH_HELP))
        .read_message(MATCH, message_id)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Route)), "{error:?}");
}

#[tokio::test]
async fn a_message_that_was_changed_or_swapped_is_not_opened() {
    let (message_id, kept) = sent(b"hello").await;
    let other = Id([9; 16]);
    let unchanged = kept.lock().unwrap().clone();
    let service = service(YOUTH_HELP, signed(terms()), Arc::clone(&kept)).await;
    let partner = service.partner(sealing(YOUTH_HELP));
    let error = partner.read_message(MATCH, other).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Route)), "{error:?}");

    let flip = |text: &str| {
        if text.starts_with('A') {
            text.replacen('A', "B", 1)
        } else {
            format!("A{}", &text[1..])
        }
    };
    let mut changed = unchanged.unwrap();
    changed["ciphertext"] = json!(flip(changed["ciphertext"].as_str().unwrap()));
    *kept.lock().unwrap() = Some(changed);
    let error = partner.read_message(MATCH, message_id).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Broken)), "{error:?}");

    let stranger = service.partner(sealing(SCHOOL));
    assert!(stranger.read_message(MATCH, message_id).await.is_err());
}

#[tokio::test]
async fn a_sealed_message_can_be_sent_again() {
    let kept = Arc::new(Mutex::new(None));
    let service = service(SCHOOL, signed(terms()), kept).await;
    let partner = service.partner(sealing(SCHOOL));
    let message = partner.seal_message(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let key = "message-1".parse().unwrap();
    for _ in 0..2 {
        let receipt = partner.send_sealed(MATCH, &message, Some(&key)).await.unwrap();
        assert_eq!(receipt.message_id, message.message_id);
    }
    let asked = service.asked("POST /v1/matches");
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(
        asked[0].header("idempotency-key"),
        asked[1].header("idempotency-key")
    );
}

#[tokio::test]
async fn only_a_party_can_be_written_to_and_only_so_much() {
    let kept = Arc::new(Mutex::new(None));
    let service = service(SCHOOL, signed(terms()), kept).await;
    let partner = service.partner(sealing(SCHOOL));
    for nobody in [OrganisationId([9; 16]), SCHOOL] {
        let error = partner.seal_message(MATCH, nobody, b"hello").await.unwrap_err();
        assert!(matches!(error, Error::NoRecipient), "{error:?}");
    }
    let large = vec![0; MAX_CONTENT_BYTES + 1];
    assert!(matches!(
        partner.seal_message(MATCH, YOUTH_HELP, &large).await,
        Err(Error::TooLarge)
    ));
    assert!(partner.seal_message(MATCH, YOUTH_HELP, &large[1..]).await.is_ok());
}

#[tokio::test]
async fn a_new_key_of_the_portal_is_learned() {
    let new = protocol::consent::ConsentSigner::from_seed(&[6; 32]);
    let record = new.sign(&Record::new(terms()).unwrap());
    let turn = std::sync::atomic::AtomicU32::new(0);
    let service = Service::start(move |asked| {
        token(asked).unwrap_or_else(|| {
            if !asked.line.starts_with("GET /v1/consent-keys") {
                return answer(asked, SCHOOL, &record, &Mutex::new(None));
            }
            let mut keys = consent_keys();
            if turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0 {
                keys.keys.push(new.key());
            }
            Reply::Json(200, serde_json::to_value(keys).unwrap())
        })
    })
    .await;
    let partner = service.partner(sealing(SCHOOL));
    let error = partner
        .seal_message(MATCH, YOUTH_HELP, b"hello")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::Record(RecordError::UnknownKey))
        ),
        "{error:?}"
    );
    for _ in 0..2 {
        partner.seal_message(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    }
    assert_eq!(service.asked("GET /v1/consent-keys").len(), 2);
}

#[tokio::test]
async fn pinned_keys_are_not_asked_of_the_service() {
    let kept = Arc::new(Mutex::new(None));
    let service = service(SCHOOL, signed(terms()), kept).await;
    let other = protocol::consent::ConsentSigner::from_seed(&[6; 32]).key();
    let pinned = protocol::consent::ConsentKeys {
        keys: vec![other],
        ..consent_keys()
    };
    let settings = crate::Settings {
        consent_keys: Some(pinned),
        ..service.settings()
    };
    let secret = identifiers::NetworkSecret::from_bytes([7; 32]);
    let network = vec![crate::NetworkKey { epoch: 1, secret }];
    let keys = crate::PartnerKeys {
        network,
        sealing: sealing(SCHOOL).into(),
    };
    let partner = Partner::connect(settings, keys, crate::testing::TestEnvironment::default()).unwrap();
    let error = partner
        .send_message(MATCH, YOUTH_HELP, b"hello")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::Record(RecordError::UnknownKey))
        ),
        "{error:?}"
    );
    assert!(service.asked("GET /v1/consent-keys").is_empty());
}
