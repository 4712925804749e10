//! Attachments: in parts, in order, whole or not at all.

use std::io::{self, Cursor, Write};

use protocol::exchange::{MAX_ATTACHMENT_BYTES, MessageState};
use protocol::sealed_message::AttachmentHeader;

use super::*;

/// A file of three parts and something of a fourth.
fn file() -> Vec<u8> {
    (0..3_000_000_u32).map(|at| (at % 251) as u8).collect()
}

fn header() -> AttachmentHeader {
    AttachmentHeader::new("verslag.pdf", "application/pdf").unwrap()
}

async fn send(world: &World, file: &[u8]) -> Result<protocol::exchange::Attachment, Error> {
    let (length, mut reader) = (file.len() as u64, file);
    let sender = world.sender();
    sender
        .send_attachment(MATCH, YOUTH_HELP, &header(), length, &mut reader)
        .await
}

#[tokio::test]
async fn a_file_goes_in_parts_and_comes_back_whole() {
    for world in [World::start().await, World::with_keyholder().await] {
        let sent = send(&world, &file()).await.unwrap();
        assert_eq!((sent.state, sent.parts), (MessageState::Waiting, 4));
        let fetched = fetch(&world.recipient(), sent.message_id).await.unwrap();
        assert_eq!((fetched.message_id, fetched.sender), (sent.message_id, SCHOOL));
        assert!(!format!("{fetched:?}").contains("verslag"));
        let Content::Attachment { header: found, sink } = fetched.content else {
            panic!("a message");
        };
        assert_eq!(found, header());
        assert!(sink == file());
        if let Some(keyholder) = &world.keyholder {
            assert_eq!(
                keyholder.shares_asked(),
                2,
                "one for each side, however many parts"
            );
        }
    }
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let world = World::start().await;
    let sent = send(&world, b"").await.unwrap();
    let fetched = fetch(&world.recipient(), sent.message_id).await.unwrap();
    assert!(matches!(fetched.content, Content::Attachment { sink, .. } if sink.is_empty()));
}

#[tokio::test]
async fn a_file_that_is_shorter_or_longer_than_was_said_never_arrives_whole() {
    for said in [2_999_999, 3_000_001] {
        let world = World::start().await;
        let file = file();
        let (mut reader, header) = (file.as_slice(), header());
        let sender = world.sender();
        let sent = sender.send_attachment(MATCH, YOUTH_HELP, &header, said, &mut reader);
        let error = sent.await.unwrap_err();
        let Error::NotWhole { because, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(matches!(**because, Error::Read(_)), "{error:?}");
        assert_eq!(world.held().arrived.len(), 3, "its last part is never sent");
        assert!(!error.is_unknown());
    }
}

#[tokio::test]
async fn what_is_too_large_is_not_announced() {
    let world = World::start().await;
    let (mut reader, header) = (tokio::io::repeat(0), header());
    let sender = world.sender();
    let sent = sender.send_attachment(MATCH, YOUTH_HELP, &header, MAX_ATTACHMENT_BYTES, &mut reader);
    assert!(
        matches!(sent.await, Err(Error::TooLarge)),
        "with its header it is more"
    );
    assert!(world.held().attachment.is_none());
}

/// The way breaks twice; what arrived before is not sent again, and what is sent is byte for byte what was sealed.
#[tokio::test]
async fn sending_goes_on_where_it_broke_off() {
    let world = World::with_keyholder().await;
    let (file, mut kept) = (file(), Vec::new());
    let (mut reader, header) = (file.as_slice(), header());
    let sealed = world
        .sender()
        .seal_attachment(
            MATCH,
            YOUTH_HELP,
            &header,
            file.len() as u64,
            &mut reader,
            &mut kept,
        )
        .await
        .unwrap();
    assert_eq!(kept.len() as u64, sealed.submission.sealed_bytes);
    assert!(world.held().attachment.is_none(), "sealing sends nothing");
    let kept_as_text = serde_json::to_string(&sealed).unwrap();

    for breaks_after in [1, 2] {
        world.held().breaks_after = Some(breaks_after);
        // Another program each time, as after a crash.
        let sealed = serde_json::from_str(&kept_as_text).unwrap();
        let mut bytes = Cursor::new(&kept);
        let error = world
            .sender()
            .send_sealed_attachment(&sealed, &mut bytes)
            .await
            .unwrap_err();
        assert!(matches!(error, Error::NotWhole { .. }), "{error:?}");
        assert_eq!(error.peer_down(), Some(Peer::Service));
        assert_eq!(world.held().arrived.len(), breaks_after);
    }
    world.held().breaks_after = None;
    let before = world.school.asked("PUT ").len();
    let sent = world
        .sender()
        .send_sealed_attachment(&sealed, &mut Cursor::new(&kept))
        .await
        .unwrap();
    assert_eq!(sent.state, MessageState::Waiting);
    assert_eq!(
        world.school.asked("PUT ").len() - before,
        2,
        "the two that were missing"
    );
    let announced = world
        .school
        .asked(&format!("POST /v1/matches/{MATCH}/attachments"));
    let key = announced[0].header("idempotency-key");
    assert!(
        announced
            .iter()
            .all(|again| again.header("idempotency-key") == key)
    );
    assert_eq!(world.keyholder().shares_asked(), 1, "it is sealed once");

    // Sent again when all of it is there, it changes nothing.
    world
        .sender()
        .send_sealed_attachment(&sealed, &mut Cursor::new(&kept))
        .await
        .unwrap();
    assert_eq!(world.school.asked("PUT ").len() - before, 2);
    let fetched = fetch(&world.recipient(), sealed.submission.message_id)
        .await
        .unwrap();
    assert!(matches!(fetched.content, Content::Attachment { sink, .. } if sink == file));
}

#[tokio::test]
async fn a_file_that_lost_its_end_is_noticed_before_it_is_sent() {
    let world = World::start().await;
    let (file, mut kept) = (file(), Vec::new());
    let (mut reader, header) = (file.as_slice(), header());
    let sealed = world
        .sender()
        .seal_attachment(
            MATCH,
            YOUTH_HELP,
            &header,
            file.len() as u64,
            &mut reader,
            &mut kept,
        )
        .await
        .unwrap();
    kept.pop();
    let sent = world
        .sender()
        .send_sealed_attachment(&sealed, &mut Cursor::new(&kept))
        .await;
    assert!(matches!(sent, Err(Error::Read(_))), "{sent:?}");
}

#[tokio::test]
async fn parts_that_a_lying_service_changes_are_not_opened() {
    type Change = fn(&mut std::collections::BTreeMap<u32, Vec<u8>>);
    let changes: [(&str, Change); 5] = [
        ("a byte changed", |parts| parts.get_mut(&1).unwrap()[7] ^= 1),
        ("parts in another order", |parts| {
            let first = parts[&0].clone();
            let second = parts.insert(1, first).unwrap();
            parts.insert(0, second);
        }),
        ("a part twice", |parts| {
            let first = parts[&0].clone();
            parts.insert(1, first);
        }),
        ("chunks in another order", |parts| {
            let part = parts.get_mut(&1).unwrap();
            let chunk = protocol::sealed_message::SEALED_CHUNK_BYTES;
            let (first, rest) = part.split_at_mut(chunk);
            first.swap_with_slice(&mut rest[..chunk]);
        }),
        ("cut off", |parts| {
            parts.get_mut(&3).unwrap().pop();
        }),
    ];
    for (what, change) in changes {
        let world = World::start().await;
        let sent = send(&world, &file()).await.unwrap();
        change(&mut world.held().arrived);
        let error = fetch(&world.recipient(), sent.message_id).await.unwrap_err();
        assert!(
            matches!(error, Error::Open(OpenError::Broken)),
            "{what}: {error:?}"
        );
    }
    // Said to be shorter: the part that is the last then was not sealed as the last.
    let world = World::start().await;
    let sent = send(&world, &file()).await.unwrap();
    world.held().attachment.as_mut().unwrap().sealed_bytes = protocol::exchange::MAX_PART_BYTES * 3;
    world.held().arrived.remove(&3);
    let error = fetch(&world.recipient(), sent.message_id).await.unwrap_err();
    assert!(
        matches!(error, Error::Open(OpenError::Broken)),
        "truncated: {error:?}"
    );
}

#[tokio::test]
async fn a_message_is_no_attachment_and_the_reverse() {
    let world = World::start().await;
    let sent = send(&world, b"file").await.unwrap();
    let envelope = world.held().attachment.clone().unwrap().envelope;
    world.held().attachment.as_mut().unwrap().envelope = envelope.replace("attachment", "message");
    let error = fetch(&world.recipient(), sent.message_id).await.unwrap_err();
    assert!(matches!(error, Error::Open(OpenError::Kind)), "{error:?}");
}

/// A disk that is full.
#[derive(Debug)]
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_sink_that_takes_nothing_is_told_of() {
    let world = World::start().await;
    let sent = send(&world, &file()).await.unwrap();
    let fetched = world.recipient().fetch(MATCH, sent.message_id, Full).await;
    assert!(matches!(fetched, Err(Error::Write(_))), "{fetched:?}");
}
