//! With a keyholder.

use protocol::consent::ConsentSigner;
use protocol::gate::{NotStanding, Standing, StatusError};

use super::*;

#[tokio::test]
async fn both_sides_get_the_share_and_each_asks_the_portal_first() {
    let world = World::with_keyholder().await;
    let sent = world.sender().send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let message = world.held().message.clone().unwrap();
    assert!(
        message["envelope"]
            .as_str()
            .unwrap()
            .contains("\"gate\":\"keyholder\"")
    );
    let read = fetch(&world.recipient(), sent.message_id).await.unwrap();
    assert_eq!(text(&read), b"hello");
    assert_eq!(world.keyholder().shares_asked(), 2);
    for door in [&world.school, &world.youth_help] {
        assert_eq!(door.asked("POST /v1/consent-status").len(), 1);
    }
}

/// The one promise: what the service hands out is of no use to its recipient when the keyholder gives no share.
#[tokio::test]
async fn without_the_share_nothing_opens() {
    let world = World::with_keyholder().await;
    let sent = world.sender().send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let recipient = world.recipient();
    world.keyholder().change(|state| {
        let hash = signed(terms()).hash;
        state.tombstones.push(hash);
    });
    let error = fetch(&recipient, sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::Keyholder(_)), "{error:?}");
    assert_eq!(error.problem_type(), Some(ProblemType::GateClosed));
    assert_eq!((error.peer_down(), error.is_unknown()), (None, false));
    let error = world.sender().send(MATCH, YOUTH_HELP, b"more").await.unwrap_err();
    assert_eq!(error.problem_type(), Some(ProblemType::GateClosed));

    // A program that knows no keyholder has nothing to open it with.
    let error = fetch(&world.unaware(YOUTH_HELP), sent.message_id)
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::ShareMissing)), "{error:?}");
}

#[tokio::test]
async fn an_empty_share_is_refused_by_who_knows_a_keyholder_and_nobody_is_asked() {
    let world = World::with_keyholder().await;
    let unaware = world.unaware(SCHOOL);
    let sent = unaware.send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let error = fetch(&world.recipient(), sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::EmptyShare)), "{error:?}");
    assert_eq!(world.keyholder().shares_asked(), 0);
    assert!(world.youth_help.asked("POST /v1/consent-status").is_empty());
}

#[tokio::test]
async fn a_word_of_the_portal_that_does_not_hold_goes_no_further() {
    let world = World::with_keyholder().await;
    let sender = world.sender();
    let refused = async || match sender.send(MATCH, YOUTH_HELP, b"hello").await {
        Err(Error::NoConsent(reason)) => reason,
        outcome => panic!("{outcome:?}"),
    };
    world.held().word = Standing::Ended;
    assert_eq!(refused().await, NoConsent::NotStanding(NotStanding::Ended));
    world.held().word = Standing::Stands;
    world.held().age = 61;
    assert_eq!(refused().await, NoConsent::NotStanding(NotStanding::Old));
    world.held().age = -31;
    assert_eq!(refused().await, NoConsent::NotStanding(NotStanding::Future));
    world.held().age = 0;
    world.held().portal = ConsentSigner::from_seed(&[6; 32]);
    assert_eq!(refused().await, NoConsent::Status(StatusError::UnknownKey));

    assert_eq!(world.keyholder().shares_asked(), 0);
    assert!(world.held().message.is_none());
    world.held().portal = crate::testing::portal();
    assert!(sender.send(MATCH, YOUTH_HELP, b"hello").await.is_ok());
}

#[tokio::test]
async fn who_is_down_is_told_and_the_call_is_safe_to_repeat() {
    let world = World::with_keyholder().await;
    let sender = world.sender();
    let send = async || sender.send(MATCH, YOUTH_HELP, b"hello").await;
    world.held().portal_down = true;
    let error = send().await.unwrap_err();
    assert_eq!(
        (error.peer_down(), error.is_unknown()),
        (Some(Peer::Portal), false)
    );
    world.held().portal_down = false;
    world.keyholder().change(|state| state.down = true);
    let error = send().await.unwrap_err();
    assert_eq!(
        (error.peer_down(), error.is_unknown()),
        (Some(Peer::Keyholder), false)
    );
    assert!(
        world.held().message.is_none(),
        "nothing is sent, and never with an empty share"
    );
    world.keyholder().change(|state| state.down = false);

    let sent = send().await.unwrap();
    let recipient = world.recipient();
    world.keyholder().change(|state| state.down = true);
    let error = fetch(&recipient, sent.message_id).await.unwrap_err();
    assert_eq!(error.peer_down(), Some(Peer::Keyholder));
    world.keyholder().change(|state| state.down = false);
    let read = fetch(&recipient, sent.message_id).await.unwrap();
    assert_eq!(text(&read), b"hello");
}

#[tokio::test]
async fn with_the_portal_s_keys_pinned_only_its_address_is_asked_of_the_service() {
    let world = World::with_keyholder().await;
    let settings = Settings {
        consent_keys: Some(crate::testing::consent_keys()),
        keyholder: Some(world.keyholder().settings()),
        ..world.school.settings()
    };
    world.keyholder().change(|state| state.caller = Some(SCHOOL));
    let pinning = connect(settings, SCHOOL);
    // The service tells keys under which it could say what it likes.
    world.held().keys.keys = vec![ConsentSigner::from_seed(&[6; 32]).key()];
    pinning.send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    world.held().portal = ConsentSigner::from_seed(&[6; 32]);
    let error = pinning.send(MATCH, YOUTH_HELP, b"hello").await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::NoConsent(NoConsent::Status(StatusError::UnknownKey))
        ),
        "{error:?}"
    );
}

/// A service that wants to learn nothing better: it says where the portal is, and no token goes there.
#[tokio::test]
async fn the_address_of_the_portal_is_one_that_is_safe() {
    let world = World::with_keyholder().await;
    for address in [
        "http://portal.example/v1/consent-status",
        "ftp://127.0.0.1/x",
        "portal",
    ] {
        world.held().status_url = Some(address.to_owned());
        let error = world
            .sender()
            .send(MATCH, YOUTH_HELP, b"hello")
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Settings(_)), "{address}: {error:?}");
    }
}
