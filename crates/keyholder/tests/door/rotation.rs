//! The life of a rotation, from the operator's new key to the old one's end.

use identifiers::Token;
use identifiers::voprf::{Delta, PublicKey};
use keyholder::{KeyState, RotationError};
use protocol::key_epochs::{EpochState, KeyEpochs, SignedKeyEpochs};
use protocol::rotation::{CeremonySecret, RotationAnswer};
use serde_json::{Value, json};

use crate::wire::Answer;
use crate::world::{CHILDREN, Machine, World, blind, body, finish, request, t};

const GRACE_SECONDS: i64 = 15 * 60;

impl World {
    async fn list_of(&self, answer: &Answer) -> KeyEpochs {
        let signed: SignedKeyEpochs = serde_json::from_value(answer.json()).unwrap();
        KeyEpochs::verify(&signed, &self.operator.list_key()).unwrap()
    }

    async fn start_rotation(&self, token: &str, to_epoch: u16, ceremony: &CeremonySecret) -> Answer {
        let asked = json!({"toEpoch": to_epoch, "ceremonyKey": ceremony.public().unwrap()});
        self.post("/v1/rotations", token, &asked).await
    }

    async fn step(&self, token: &str, to_epoch: u16, step: &str) -> Answer {
        let path = format!("/v1/rotations/{to_epoch}/{step}");
        self.post(&path, token, &json!({})).await
    }

    /// The answer to a batch with one child, under an epoch.
    async fn evaluate(&self, token: &str, epoch: u16) -> (identifiers::voprf::Request, Answer) {
        let batch = blind(&[t(CHILDREN[0])]);
        let answer = self
            .post("/v1/evaluations", token, &body(&request(epoch, &batch)))
            .await;
        (batch, answer)
    }

    async fn unblinded(&self, token: &str, epoch: u16, key: &PublicKey) -> Token {
        let (batch, answer) = self.evaluate(token, epoch).await;
        finish(batch, key, &answer).remove(0)
    }
}

fn read<T: serde::de::DeserializeOwned>(answer: &Answer) -> T {
    assert_eq!(answer.status, 200, "{}", answer.text());
    serde_json::from_value(answer.json()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_takes_the_place_of_another() {
    let mut world = World::new().await;
    let (partner, gateway) = (world.partner().await, world.gateway().await);
    let of_gateway = world.token(&gateway).await;
    let of_partner = world.token(&partner).await;
    let first = world.list().await;
    let old = world.unblinded(&of_partner, 1, first.live().1).await;

    // Prepared: in the list, and not used.
    assert_eq!(
        world.start_rotation(&of_gateway, 2, &ceremony()).await.slug(),
        "unknown-key-epoch"
    );
    assert_eq!(world.operator.prepare_rotation().await.unwrap(), 2);
    assert!(matches!(
        world.operator.prepare_rotation().await,
        Err(RotationError::UnderWay)
    ));
    world.clock.advance(2);
    let prepared = world.list().await;
    assert!(prepared.extends(&first) && prepared.live().0 == 1);
    let new_key = prepared.public_key(2).unwrap().clone();
    assert_eq!(world.evaluate(&of_partner, 2).await.1.slug(), "unknown-key-epoch");

    // Fetched: sealed to the ceremony, leads from key to key; asked again it is the same answer, for another ceremony's
    // key another, and each sealing is in the log.
    let ceremony = ceremony();
    let answer = world.start_rotation(&of_gateway, 2, &ceremony).await;
    let rotation: RotationAnswer = read(&answer);
    let delta = Delta::from_bytes(&ceremony.open(&rotation).unwrap()).unwrap();
    assert!(delta.links(first.live().1, &new_key));
    assert_eq!(
        world.start_rotation(&of_gateway, 2, &ceremony).await.body,
        answer.body
    );
    assert_eq!(world.events("rotation.started").await, 1);
    let other = self::ceremony();
    let again: RotationAnswer = read(&world.start_rotation(&of_gateway, 2, &other).await);
    assert_eq!(*other.open(&again).unwrap(), *delta.to_bytes());
    assert!(other.open(&rotation).is_err());
    assert_eq!(world.events("rotation.started").await, 2);

    // Nothing of that is undone by a restart.
    assert_eq!(
        world.step(&of_gateway, 2, "destructions").await.slug(),
        "rotation-phase"
    );
    let base = world.base().to_owned();
    world.stop().await;
    world.start_at(&base).await;
    assert_eq!(world.list().await, prepared);
    assert_eq!(
        world.start_rotation(&of_gateway, 2, &ceremony).await.body,
        answer.body
    );

    // Flipped: both evaluate, and the quotient leads from one token to the other.
    let flipped = world.step(&of_gateway, 2, "flips").await;
    let list = world.list_of(&flipped).await;
    assert!(list.extends(&prepared) && list.live() == (2, &new_key));
    assert_eq!(world.list().await, list, "told to everybody at once");
    assert_eq!(world.step(&of_gateway, 2, "flips").await.body, flipped.body);
    let new = world.unblinded(&of_partner, 2, &new_key).await;
    let still = world.unblinded(&of_partner, 1, first.live().1).await;
    assert_eq!(still.as_bytes(), old.as_bytes());
    assert_eq!(delta.apply(&old).unwrap().as_bytes(), new.as_bytes());
    assert_eq!(
        world.start_rotation(&of_gateway, 2, &ceremony).await.slug(),
        "rotation-phase"
    );
    assert!(matches!(
        world.operator.prepare_rotation().await,
        Err(RotationError::UnderWay)
    ));
    assert_eq!(
        world.step(&of_gateway, 1, "flips").await.slug(),
        "rotation-phase",
        "no way back"
    );
    assert_eq!(
        world.step(&of_gateway, 3, "flips").await.slug(),
        "unknown-key-epoch"
    );

    // The grace ends by the time of reading.
    world.advance(GRACE_SECONDS / 2).await;
    let of_partner = world.token(&partner).await;
    assert_eq!(world.evaluate(&of_partner, 1).await.1.status, 200);
    world.advance(GRACE_SECONDS).await;
    let (of_gateway, of_partner) = (world.token(&gateway).await, world.token(&partner).await);
    assert_eq!(world.evaluate(&of_partner, 1).await.1.slug(), "unknown-key-epoch");
    assert_eq!(world.evaluate(&of_partner, 2).await.1.status, 200);
    let kept = "SELECT count(*) FROM keyholder.key_epoch WHERE sealed_key IS NOT NULL";
    assert_eq!(world.number(kept).await, 2, "nobody asked for its destruction");

    // Destroyed: the secret, and whatever led to it.
    let destroyed = world.step(&of_gateway, 2, "destructions").await;
    assert_eq!(destroyed.status, 200);
    let list = world.list_of(&destroyed).await;
    assert_eq!(list.state(1), Some(EpochState::Destroyed));
    assert_eq!(world.number(kept).await, 1);
    let deltas = "SELECT count(*) FROM keyholder.rotation WHERE sealed_delta IS NOT NULL";
    assert_eq!(world.number(deltas).await, 0);
    assert_eq!(
        world.step(&of_gateway, 2, "destructions").await.body,
        destroyed.body
    );
    assert_eq!(
        world.step(&of_gateway, 1, "destructions").await.slug(),
        "rotation-phase"
    );
    let states: Vec<_> = world
        .operator
        .keys()
        .await
        .unwrap()
        .into_iter()
        .map(|key| key.state)
        .collect();
    assert!(matches!(states[..], [KeyState::Destroyed(_), KeyState::Live]));
    for (event, times) in [("key.introduced", 2), ("key.live", 2), ("key.destroyed", 1)] {
        assert_eq!(world.events(event).await, times, "{event}");
    }
    // And the next may begin.
    assert_eq!(world.operator.prepare_rotation().await.unwrap(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destruction_asked_during_the_grace_is_done_after_it() {
    let mut world = World::new().await;
    let gateway = world.gateway().await;
    let token = world.token(&gateway).await;
    world.operator.prepare_rotation().await.unwrap();
    let flipped = world.step(&token, 2, "flips").await;
    let asked = world.step(&token, 2, "destructions").await;
    assert_eq!((asked.status, &asked.body), (202, &flipped.body));
    assert_eq!(world.step(&token, 2, "destructions").await.status, 202);
    let status = world.operator.keys().await.unwrap();
    assert!(status[0].destroy_asked_at.is_some());
    let partner = world.token(&world.partner().await).await;
    assert_eq!(
        world.evaluate(&partner, 1).await.1.status,
        200,
        "the grace is kept"
    );
    world.advance(GRACE_SECONDS + 1).await;
    // The driver's first step comes with the start.
    world.stop().await;
    world.start().await;
    for _ in 0..1200 {
        if world.list().await.state(1) == Some(EpochState::Destroyed) {
            break;
        }
        world.clock.advance(2);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(world.list().await.state(1), Some(EpochState::Destroyed));
    assert_eq!(world.events("key.destroyed").await, 1);
}

/// Steps of two ceremonies at once: one wins, the other sees what it did; the list has one history.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn steps_at_once_have_one_history() {
    let world = World::new().await;
    let token = world.token(&world.gateway().await).await;
    let prepared = futures::future::join_all((0..4).map(|_| world.operator.prepare_rotation())).await;
    assert_eq!(prepared.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    let ceremony = ceremony();
    let started = futures::future::join_all((0..4).map(|_| world.start_rotation(&token, 2, &ceremony))).await;
    assert!(
        started
            .iter()
            .all(|answer| answer.body == started[0].body && answer.status == 200)
    );
    let flipped = futures::future::join_all((0..4).map(|_| world.step(&token, 2, "flips"))).await;
    assert!(
        flipped
            .iter()
            .all(|answer| answer.body == flipped[0].body && answer.status == 200)
    );
    assert_eq!(
        world
            .number("SELECT count(*) FROM keyholder.key_epoch_list")
            .await,
        3
    );
    assert_eq!(world.events("key.live").await, 2);
    assert_eq!(world.events("rotation.started").await, 1);
}

/// Another process of the same keyholder sees the flip with its next request, and a list it remembered is replaced
/// within a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_database_agree() {
    let world = World::new().await;
    let second = keyholder::Keyholder::start(world.settings()).await.unwrap();
    let gateway = world.gateway().await;
    let token = world.token(&gateway).await;
    let wire = crate::wire::Wire::new(second.address().to_string());
    let list = async || -> Value { wire.send("GET", "/v1/key-epochs", &[], None).await.json() };
    let before = list().await;
    world.operator.prepare_rotation().await.unwrap();
    let flipped = world.step(&token, 2, "flips").await;
    world.clock.advance(1);
    let after = list().await;
    assert_ne!(after, before);
    assert_eq!(after, flipped.json());
    second.stop().await;
}

fn ceremony() -> CeremonySecret {
    CeremonySecret::generate(&mut Machine)
}
