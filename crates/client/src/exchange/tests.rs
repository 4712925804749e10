mod attachment;
mod gate;
mod keys;

use protocol::OrganisationId;
use protocol::consent::{NotCovered, Record, RecordError, SignedRecord, Terms};
use protocol::exchange::MAX_CONTENT_BYTES;
use protocol::problem::ProblemType;
use protocol::sealed_message::OpenError;
use serde_json::json;

use super::*;
use crate::error::{NoConsent, Peer};
use crate::testing::exchange::{ANOTHER, World, connect};
use crate::testing::{MATCH, SCHOOL, Service, YOUTH_HELP, signed, terms};
use crate::{Partner, Settings};

/// What a message says; it must be one.
fn text<W>(fetched: &Fetched<W>) -> &[u8] {
    match &fetched.content {
        Content::Message(content) => content,
        Content::Attachment { .. } => panic!("an attachment"),
    }
}

async fn fetch(partner: &Partner, message_id: Id) -> Result<Fetched<Vec<u8>>, Error> {
    partner.fetch(MATCH, message_id, Vec::new()).await
}

/// Another key in the place of the first of its letters: still base64url.
fn changed(value: &serde_json::Value) -> serde_json::Value {
    let text = value.as_str().unwrap();
    let first = if text.starts_with('A') { 'B' } else { 'A' };
    json!(format!("{first}{}", &text[1..]))
}

async fn sending_under(record: SignedRecord) -> NoConsent {
    let world = World::start().await;
    world.held().record = record;
    let error = world
        .sender()
        .send(MATCH, YOUTH_HELP, b"hello")
        .await
        .unwrap_err();
    assert!(world.held().message.is_none(), "nothing is sent without consent");
    match error {
        Error::NoConsent(reason) => reason,
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn what_one_sends_the_other_reads_and_the_service_does_not() {
    let world = World::start().await;
    let content = b"Zullen we morgen bellen?";
    let receipt = world.sender().send(MATCH, YOUTH_HELP, content).await.unwrap();
    let stored = world.held().message.clone().unwrap().to_string();
    assert!(!stored.contains("morgen"));

    let recipient = world.recipient();
    let read = fetch(&recipient, receipt.message_id).await.unwrap();
    assert_eq!(text(&read), content);
    assert_eq!((read.message_id, read.sender), (receipt.message_id, SCHOOL));
    assert!(!format!("{read:?}").contains("bellen"));
    let acknowledged = recipient
        .acknowledge(MATCH, receipt.message_id, None)
        .await
        .unwrap();
    assert_eq!(acknowledged.message_id, receipt.message_id);
}

#[tokio::test]
async fn nothing_is_sealed_without_a_record_that_holds() {
    let mut forged = signed(terms());
    forged.document = forged.document.replace("2027-11-22", "2037-11-22");
    assert_eq!(sending_under(forged).await, NoConsent::Record(RecordError::Hash));

    let mut other_hash = signed(terms());
    other_hash.hash.0[0] ^= 1;
    assert_eq!(
        sending_under(other_hash).await,
        NoConsent::Record(RecordError::Hash)
    );

    let other_match = signed(Terms {
        about: protocol::consent::About::Exchange(ANOTHER),
        ..terms()
    });
    assert_eq!(
        sending_under(other_match).await,
        NoConsent::NotCovered(NotCovered::Match)
    );

    let others = signed(Terms {
        parties: [SCHOOL, OrganisationId([9; 16])].into(),
        ..terms()
    });
    assert_eq!(
        sending_under(others).await,
        NoConsent::NotCovered(NotCovered::Parties)
    );

    let over = signed(Terms {
        valid_until: "2026-11-22T11:00:00Z".parse().unwrap(),
        ..terms()
    });
    assert_eq!(sending_under(over).await, NoConsent::NotCovered(NotCovered::Time));

    let elsewhere = signed(Terms {
        network: "other".parse().unwrap(),
        ..terms()
    });
    assert_eq!(
        sending_under(elsewhere).await,
        NoConsent::Record(RecordError::Network)
    );
}

#[tokio::test]
async fn a_message_under_another_record_is_not_opened() {
    let world = World::start().await;
    let sent = world.sender().send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    world.held().record = signed(Terms {
        given_at: "2026-11-22T10:00:01Z".parse().unwrap(),
        ..terms()
    });
    let error = fetch(&world.recipient(), sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Route)), "{error:?}");
}

#[tokio::test]
async fn what_a_lying_service_changes_is_not_opened() {
    let world = World::start().await;
    let sent = world.sender().send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let recipient = world.recipient();
    let error = fetch(&recipient, ANOTHER).await.unwrap_err();
    assert!(
        matches!(error, Error::Open(OpenError::Route)),
        "swapped: {error:?}"
    );

    let good = world.held().message.clone().unwrap();
    for member in ["ciphertext", "enc", "senderKey"] {
        let mut bad = good.clone();
        bad[member] = changed(&good[member]);
        world.held().message = Some(bad);
        let error = fetch(&recipient, sent.message_id).await.unwrap_err();
        assert!(
            matches!(error, Error::Open(OpenError::Broken)),
            "{member}: {error:?}"
        );
    }
    let mut to_another = good.clone();
    to_another["recipient"] = json!(OrganisationId([9; 16]));
    world.held().message = Some(to_another);
    let error = fetch(&recipient, sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Route)), "{error:?}");

    // Every member of the envelope is bound to the chunk, and read before.
    let envelope = good["envelope"].as_str().unwrap();
    let other = protocol::Base64Url([9; 16]).to_string();
    for (changed, expected) in [
        (
            envelope.replace("\"none\"", "\"keyholder\""),
            OpenError::ShareMissing,
        ),
        (
            envelope.replace("\"kind\":\"message\"", "\"kind\":\"attachment\""),
            OpenError::Kind,
        ),
        (
            envelope.replace(&SCHOOL.to_string(), &format!("org_{other}")),
            OpenError::Route,
        ),
        (envelope.replace(&MATCH.to_string(), &other), OpenError::Route),
        (envelope.replace(":", ": "), OpenError::Envelope),
    ] {
        assert_ne!(changed, envelope);
        let mut bad = good.clone();
        bad["envelope"] = json!(changed);
        world.held().message = Some(bad);
        let error = fetch(&recipient, sent.message_id).await.unwrap_err();
        assert!(
            matches!(error, Error::Open(found) if found == expected),
            "{expected:?}: {error:?}"
        );
    }
    world.held().message = Some(good);
    assert!(fetch(&recipient, sent.message_id).await.is_ok());
}

#[tokio::test]
async fn who_it_is_not_for_cannot_open_it() {
    let world = World::start().await;
    let sent = world.sender().send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let error = fetch(&world.sender(), sent.message_id).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::NotCovered(NotCovered::Parties))
        ),
        "to oneself: {error:?}"
    );
    // The service hands it to somebody at the right address with another secret.
    let other = connect(world.youth_help.settings(), SCHOOL);
    let error = fetch(&other, sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::NoSecret), "{error:?}");
}

#[tokio::test]
async fn only_a_party_can_be_written_to_and_only_so_much() {
    let world = World::start().await;
    let sender = world.sender();
    for nobody in [OrganisationId([9; 16]), SCHOOL] {
        let error = sender.seal_message(MATCH, nobody, b"hello").await.unwrap_err();
        assert!(matches!(error, Error::NoRecipient), "{error:?}");
    }
    let large = vec![0; MAX_CONTENT_BYTES + 1];
    let error = sender.seal_message(MATCH, YOUTH_HELP, &large).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge), "{error:?}");
    assert!(sender.seal_message(MATCH, YOUTH_HELP, &large[1..]).await.is_ok());
}

#[tokio::test]
async fn a_sealed_message_can_be_sent_again() {
    let world = World::start().await;
    let sender = world.sender();
    let message = sender.seal_message(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let key = "message-1".parse().unwrap();
    for _ in 0..2 {
        let receipt = sender.send_sealed(MATCH, &message, Some(&key)).await.unwrap();
        assert_eq!(receipt.message_id, message.message_id);
    }
    let asked = world.school.asked("POST /v1/matches");
    assert_eq!(asked[0].body, asked[1].body);
    assert_eq!(
        asked[0].header("idempotency-key"),
        asked[1].header("idempotency-key")
    );
}

/// The service takes the message and its answer is lost, as often as it is tried.
#[tokio::test]
async fn what_is_unknown_is_held_and_sent_again_as_it_was() {
    let world = World::start().await;
    let sender = world.sender();
    world.held().hangs_up = true;
    let error = sender.send(MATCH, YOUTH_HELP, b"hello").await.unwrap_err();
    assert!(error.is_unknown());
    assert_eq!(error.peer_down(), Some(Peer::Service));
    let Error::Unsettled(unsettled) = error else {
        panic!("{error:?}");
    };
    let error = sender.settle(*unsettled).await.unwrap_err();
    let Error::Unsettled(unsettled) = error else {
        panic!("{error:?}");
    };
    world.held().hangs_up = false;
    let id = unsettled.sealed.message_id;
    assert_eq!(sender.settle(*unsettled).await.unwrap().message_id, id);
    let asked = world.school.asked("POST /v1/matches");
    assert!(asked.len() > 2);
    assert!(asked.iter().all(|again| again.body == asked[0].body));
    let key = asked[0].header("idempotency-key");
    assert!(asked.iter().all(|again| again.header("idempotency-key") == key));
}

#[tokio::test]
async fn a_new_key_of_the_portal_is_learned() {
    let world = World::start().await;
    let new = protocol::consent::ConsentSigner::from_seed(&[6; 32]);
    world.held().record = new.sign(&Record::new(terms()).unwrap());
    let sender = world.sender();
    let error = sender
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
    world.held().keys.keys.push(new.key());
    for _ in 0..2 {
        sender.seal_message(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    }
    assert_eq!(world.school.asked("GET /v1/consent-keys").len(), 2);
}

#[tokio::test]
async fn pinned_keys_are_not_asked_of_the_service() {
    let world = World::start().await;
    let other = protocol::consent::ConsentSigner::from_seed(&[6; 32]).key();
    let settings = Settings {
        consent_keys: Some(protocol::consent::ConsentKeys {
            keys: vec![other],
            ..crate::testing::consent_keys()
        }),
        ..world.school.settings()
    };
    let error = connect(settings, SCHOOL)
        .send(MATCH, YOUTH_HELP, b"hello")
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::Record(RecordError::UnknownKey))
        ),
        "{error:?}"
    );
    assert!(world.school.asked("GET /v1/consent-keys").is_empty());
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whatever_it_would_be() {
    let world = World::start().await;
    let error = fetch(&world.recipient(), ANOTHER).await.unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::NotFound));
    let asked = |kind: &str| -> Vec<crate::testing::Asked> {
        let service: &Service = &world.youth_help;
        service.asked(&format!("GET /v1/matches/{MATCH}/{kind}/"))
    };
    assert_eq!((asked("messages").len(), asked("attachments").len()), (1, 1));
}
