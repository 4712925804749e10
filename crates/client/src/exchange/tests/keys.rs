//! Other organisations' keys, as a program keeps them.

use std::io;
use std::sync::{Arc, Mutex};

use protocol::sealed_message::{KeyFingerprint, SealingKey};

use super::*;
use crate::KnownKeys;
use crate::testing::sealing;

/// Relies on these, and remembers of what it was asked.
#[derive(Clone, Default)]
struct Book {
    known: Vec<(OrganisationId, SealingKey)>,
    asked: Arc<Mutex<usize>>,
    unreadable: bool,
}

impl KnownKeys for Book {
    fn is_known(&self, organisation: OrganisationId, key: &SealingKey) -> io::Result<bool> {
        *self.asked.lock().unwrap() += 1;
        if self.unreadable {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        Ok(self.known.contains(&(organisation, *key)))
    }
}

fn key(organisation: OrganisationId) -> SealingKey {
    sealing(organisation).public().unwrap()
}

#[tokio::test]
async fn to_a_strange_key_nothing_is_sealed_and_from_it_nothing_opened() {
    let world = World::start().await;
    let book = |known: Vec<(OrganisationId, SealingKey)>| Book {
        known,
        ..Book::default()
    };
    let both = vec![(YOUTH_HELP, key(YOUTH_HELP)), (SCHOOL, key(SCHOOL))];
    let sender = world.sender().with_known_keys(book(both.clone()));
    let sent = sender.send(MATCH, YOUTH_HELP, b"hello").await.unwrap();
    let recipient = world.recipient().with_known_keys(book(both));
    assert!(fetch(&recipient, sent.message_id).await.is_ok());

    // Keys are known of somebody: another's is not.
    let crossed = vec![(YOUTH_HELP, key(SCHOOL)), (SCHOOL, key(YOUTH_HELP))];
    let sender = world.sender().with_known_keys(book(crossed.clone()));
    let error = sender.send(MATCH, YOUTH_HELP, b"hello").await.unwrap_err();
    let shown = KeyFingerprint::of(YOUTH_HELP, &key(YOUTH_HELP));
    assert!(
        matches!(error, Error::StrangeKey { organisation: YOUTH_HELP, fingerprint } if fingerprint == shown),
        "{error:?}"
    );
    let recipient = world.recipient().with_known_keys(book(crossed));
    let error = fetch(&recipient, sent.message_id).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::StrangeKey {
                organisation: SCHOOL,
                ..
            }
        ),
        "{error:?}"
    );
}

#[tokio::test]
async fn when_what_is_known_cannot_be_read_nothing_is_sealed() {
    let world = World::start().await;
    let book = Book {
        unreadable: true,
        ..Book::default()
    };
    let sender = world.sender().with_known_keys(book.clone());
    let error = sender.send(MATCH, YOUTH_HELP, b"hello").await.unwrap_err();
    assert!(matches!(error, Error::KnownKeys(_)), "{error:?}");
    assert_eq!(*book.asked.lock().unwrap(), 1);
    assert!(world.held().message.is_none());
}
