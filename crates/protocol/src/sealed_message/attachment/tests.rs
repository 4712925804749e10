use proptest::prelude::*;

use super::*;
use crate::sealed_message::tests::{ROUTE, Same, recipient, sender};
use crate::sealed_message::{self, GateKind};
use crate::text::Confidential;
use crate::{Id, OrganisationId};

fn share() -> Confidential<32> {
    Confidential::new([6; 32])
}

fn header() -> AttachmentHeader {
    AttachmentHeader::new("verslag.pdf", "application/pdf").unwrap()
}

fn header_bytes() -> usize {
    header().to_bytes().unwrap().len()
}

/// Bytes that repeat in no part at the same place.
fn file(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn sealing(route: &Route, file_bytes: u64) -> Result<Sealing, SealError> {
    let share = share();
    Sealing::new(
        route,
        Gate::Share(&share),
        &sender(),
        &recipient().public().unwrap(),
        &header(),
        file_bytes,
        &mut Same(0x33),
    )
}

/// What travels: encapsulated key, envelope and parts.
#[derive(Clone)]
struct Sent {
    enc: Base64Url<32>,
    envelope: String,
    parts: Vec<Vec<u8>>,
}

impl Sent {
    fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum()
    }
}

fn sent(file: &[u8]) -> Sent {
    let mut sealing = sealing(&ROUTE, file.len() as u64).unwrap();
    let (mut parts, mut rest) = (Vec::new(), file);
    while let Some(wants) = sealing.wants() {
        let (now, later) = rest.split_at(wants);
        assert_eq!(sealing.next_part(), Some(parts.len() as u32));
        let part = sealing.part(now).unwrap();
        assert_eq!(part.number as usize, parts.len());
        assert_eq!(part.bytes.len(), part.bytes.capacity());
        parts.push(part.bytes);
        rest = later;
    }
    assert!(rest.is_empty());
    let sent = Sent {
        enc: sealing.enc(),
        envelope: sealing.envelope().to_owned(),
        parts,
    };
    assert_eq!(sent.bytes(), sealing.sealed_bytes());
    sent
}

fn opening(sent: &Sent) -> Result<Opening<Vec<u8>>, OpenError> {
    let share = share();
    Opening::new(
        &ROUTE,
        Gate::Share(&share),
        &sender().public().unwrap(),
        &recipient(),
        &sent.enc,
        &sent.envelope,
        sent.bytes(),
        Vec::new(),
    )
}

fn opened(sent: &Sent) -> Result<Vec<u8>, OpenError> {
    let mut opening = opening(sent)?;
    let result = (|| {
        for (number, part) in sent.parts.iter().enumerate() {
            assert!(opening.next_part().is_none_or(|next| next as usize == number));
            opening.part(part)?;
        }
        let opened = opening.finish()?;
        assert_eq!(opened.header, header());
        Ok(opened.sink)
    })();
    result.map_err(|error: OpeningError| match error {
        OpeningError::Open(error) => error,
        OpeningError::Sink(_) => panic!("a vector takes everything"),
    })
}

#[test]
fn a_file_of_any_length_comes_back() {
    let first = PART_CONTENT_BYTES - header_bytes();
    for length in [
        0,
        1,
        CHUNK_BYTES - header_bytes() - 1,
        CHUNK_BYTES - header_bytes(),
        CHUNK_BYTES - header_bytes() + 1,
        first - 1,
        first,
        first + 1,
        first + PART_CONTENT_BYTES,
        first + PART_CONTENT_BYTES + 1,
    ] {
        let file = file(length);
        let sent = sent(&file);
        let parts = (header_bytes() + length).div_ceil(PART_CONTENT_BYTES);
        assert_eq!(sent.parts.len(), parts, "{length}");
        for part in &sent.parts[..parts - 1] {
            assert_eq!(part.len(), PART_BYTES);
        }
        assert!(opened(&sent).unwrap() == file, "{length}");
    }
}

/// The parts are the whole stream, cut: another implementation may seal all at once.
#[test]
fn parts_are_one_stream() {
    let file = file(2 * PART_CONTENT_BYTES);
    let sent = sent(&file);
    let (enc, key) = agreement::to_recipient(
        &ROUTE,
        Gate::Share(&share()),
        &sender(),
        &recipient().public().unwrap(),
        &mut Same(0x33),
    )
    .unwrap();
    let content = [&header().to_bytes().unwrap()[..], &file].concat();
    let whole = sealed_message::stream::seal(&key, sent.envelope.as_bytes(), &content).unwrap();
    assert_eq!(sent.enc, enc);
    assert!(sent.parts.concat() == whole);
}

#[test]
fn what_was_reordered_cut_extended_or_repeated_is_refused() {
    let whole = sent(&file(2 * PART_CONTENT_BYTES + 3 * CHUNK_BYTES));
    let [first, second, third] = &whole.parts[..] else {
        panic!("three parts");
    };
    let swapped = {
        let mut part = first.clone();
        part.rotate_left(SEALED_CHUNK_BYTES);
        part
    };
    let cut = |part: &[u8], bytes: usize| part[..part.len() - bytes].to_vec();
    for (what, parts) in [
        (
            "parts reordered",
            vec![second.clone(), first.clone(), third.clone()],
        ),
        ("chunks reordered", vec![swapped, second.clone(), third.clone()]),
        ("last part gone", vec![first.clone(), second.clone()]),
        ("first part gone", vec![second.clone(), third.clone()]),
        (
            "first part twice",
            vec![first.clone(), first.clone(), third.clone()],
        ),
        (
            "second part twice",
            vec![first.clone(), second.clone(), second.clone(), third.clone()],
        ),
        (
            "last chunk gone",
            vec![
                first.clone(),
                second.clone(),
                third[..2 * SEALED_CHUNK_BYTES].to_vec(),
            ],
        ),
        (
            "last byte gone",
            vec![first.clone(), second.clone(), cut(third, 1)],
        ),
        (
            "one byte more",
            vec![first.clone(), second.clone(), [&third[..], &[0]].concat()],
        ),
        (
            "more after the end",
            vec![first.clone(), second.clone(), third.clone(), third.clone()],
        ),
        (
            "a short part",
            vec![cut(first, SEALED_CHUNK_BYTES), second.clone(), third.clone()],
        ),
        ("only the end", vec![third.clone()]),
    ] {
        let changed = Sent {
            parts,
            ..whole.clone()
        };
        assert_eq!(opened(&changed).err(), Some(OpenError::Broken), "{what}");
    }
}

/// The service says how long it is; that it says too little does not make a beginning whole.
#[test]
fn a_beginning_is_not_the_whole() {
    let mut short = sent(&file(2 * PART_CONTENT_BYTES));
    let mut opening_of_whole = opening(&short).unwrap();
    opening_of_whole.part(&short.parts[0]).unwrap();
    assert_eq!(opening_of_whole.next_part(), Some(1));
    let error = opening_of_whole.finish().unwrap_err();
    assert!(matches!(error, OpeningError::Open(OpenError::Unfinished)));

    short.parts.truncate(1);
    assert_eq!(opened(&short).err(), Some(OpenError::Broken));
    let nothing_opened = opening(&short).unwrap();
    assert!(nothing_opened.finish().is_err());
}

#[test]
fn what_failed_stays_failed() {
    let sent = sent(&file(PART_CONTENT_BYTES));
    let mut opening = opening(&sent).unwrap();
    let mut changed = sent.parts[0].clone();
    changed[0] ^= 1;
    assert!(opening.part(&changed).is_err());
    assert!(opening.part(&sent.parts[0]).is_err());
    let error = opening.finish().unwrap_err();
    assert!(matches!(error, OpeningError::Open(OpenError::Broken)));
}

#[test]
fn an_attachment_belongs_to_its_route_its_keys_and_its_share() {
    let sent = sent(b"file");
    let other_route = Route {
        match_id: Id([9; 16]),
        ..ROUTE
    };
    let (right, wrong) = (share(), Confidential::new([7; 32]));
    let other = SealingSecret::from_bytes([0x44; 32]);
    let (from, to) = (sender().public().unwrap(), recipient());
    let attempt = |route: &Route, gate: Gate<'_>, from: &SealingKey, to: &SealingSecret, envelope: &str| {
        let mut opening = Opening::new(
            route,
            gate,
            from,
            to,
            &sent.enc,
            envelope,
            sent.bytes(),
            Vec::new(),
        )?;
        match opening.part(&sent.parts[0]) {
            Ok(()) => Ok(()),
            Err(OpeningError::Open(error)) => Err(error),
            Err(OpeningError::Sink(_)) => panic!("a vector takes everything"),
        }
    };
    let envelope = |route: &Route, gate| {
        Envelope::new(route, ContentKind::Attachment, gate)
            .to_text()
            .unwrap()
    };
    let gate = Gate::Share(&right);
    assert_eq!(attempt(&ROUTE, gate, &from, &to, &sent.envelope), Ok(()));
    assert_eq!(
        attempt(&other_route, gate, &from, &to, &sent.envelope),
        Err(OpenError::Route)
    );
    let forged = envelope(&other_route, GateKind::Keyholder);
    assert_eq!(
        attempt(&other_route, gate, &from, &to, &forged),
        Err(OpenError::Broken)
    );
    assert_eq!(
        attempt(&ROUTE, Gate::Share(&wrong), &from, &to, &sent.envelope),
        Err(OpenError::Broken)
    );
    assert_eq!(
        attempt(&ROUTE, gate, &other.public().unwrap(), &to, &sent.envelope),
        Err(OpenError::Broken)
    );
    assert_eq!(
        attempt(&ROUTE, gate, &from, &other, &sent.envelope),
        Err(OpenError::Broken)
    );
    assert_eq!(
        attempt(&ROUTE, Gate::NoKeyholder, &from, &to, &sent.envelope),
        Err(OpenError::ShareMissing)
    );
    let stripped = envelope(&ROUTE, GateKind::None);
    assert_eq!(
        attempt(&ROUTE, gate, &from, &to, &stripped),
        Err(OpenError::EmptyShare)
    );
    assert_eq!(
        attempt(&ROUTE, Gate::NoKeyholder, &from, &to, &stripped),
        Err(OpenError::Broken)
    );
}

#[test]
fn a_message_is_no_attachment_and_the_reverse() {
    let sent = sent(b"file");
    let share = share();
    let as_message = sealed_message::Sealed {
        enc: sent.enc,
        envelope: sent.envelope.clone(),
        ciphertext: sent.parts[0].clone(),
    };
    let open = |sealed: &sealed_message::Sealed| {
        sealed_message::open(
            &ROUTE,
            Gate::Share(&share),
            &sender().public().unwrap(),
            &recipient(),
            sealed,
        )
        .err()
    };
    assert_eq!(open(&as_message), Some(OpenError::Kind));
    // Renamed, it is another envelope than it was sealed under.
    let envelope = Envelope::new(&ROUTE, ContentKind::Message, GateKind::Keyholder);
    let renamed = sealed_message::Sealed {
        envelope: envelope.to_text().unwrap(),
        ..as_message
    };
    assert_eq!(open(&renamed), Some(OpenError::Broken));
    let changed = Sent {
        envelope: renamed.envelope,
        ..sent
    };
    assert_eq!(opened(&changed).err(), Some(OpenError::Kind));
}

#[test]
fn the_limit_is_exact_and_counts_the_header() {
    let most = MAX_ATTACHMENT_BYTES - header_bytes() as u64;
    assert_eq!(
        sealing(&ROUTE, most).unwrap().sealed_bytes(),
        sealed_bytes(MAX_ATTACHMENT_BYTES)
    );
    for more in [most + 1, u64::MAX] {
        assert_eq!(sealing(&ROUTE, more).err(), Some(SealError::TooLarge));
    }
    assert_eq!(
        crate::exchange::MAX_SEALED_BYTES,
        sealed_bytes(MAX_ATTACHMENT_BYTES)
    );
}

#[test]
fn a_number_of_bytes_that_sealing_never_gives_is_refused() {
    let sent = sent(b"file");
    let chunk = SEALED_CHUNK_BYTES as u64;
    let size = |sealed: u64| {
        let share = share();
        Opening::new(
            &ROUTE,
            Gate::Share(&share),
            &sender().public().unwrap(),
            &recipient(),
            &sent.enc,
            &sent.envelope,
            sealed,
            io::sink(),
        )
        .map(drop)
    };
    let most = sealed_bytes(MAX_ATTACHMENT_BYTES);
    for sealed in [17, chunk, chunk + 17, 2 * chunk, most] {
        assert_eq!(size(sealed), Ok(()), "{sealed}");
    }
    for sealed in [0, 1, 16, chunk + 1, chunk + 16, most + 1, u64::MAX] {
        assert_eq!(size(sealed), Err(OpenError::Size), "{sealed}");
    }
}

#[test]
fn a_file_that_changed_its_length_is_noticed() {
    let mut sealing = sealing(&ROUTE, 10).unwrap();
    for length in [9, 11] {
        assert_eq!(sealing.part(&file(length)).err(), Some(SealError::Length));
    }
    assert!(sealing.part(&file(10)).is_ok());
    assert_eq!((sealing.wants(), sealing.next_part()), (None, None));
    assert_eq!(sealing.part(&[]).err(), Some(SealError::Length));
}

/// A sender that seals something else than a header in front gets no file out of it.
#[test]
fn a_wrong_header_is_refused() {
    for front in [&b"\0\x02{}"[..], b"\xff\xff", b"\0", b"\x08\0"] {
        let (enc, key) = agreement::to_recipient(
            &ROUTE,
            Gate::Share(&share()),
            &sender(),
            &recipient().public().unwrap(),
            &mut Same(0x33),
        )
        .unwrap();
        let envelope = Envelope::new(&ROUTE, ContentKind::Attachment, GateKind::Keyholder);
        let envelope = envelope.to_text().unwrap();
        let content = [front, &vec![b'x'; 3000]].concat();
        let content = if front.len() == 1 { front.to_vec() } else { content };
        let sealed = sealed_message::stream::seal(&key, envelope.as_bytes(), &content).unwrap();
        let sent = Sent {
            enc,
            envelope,
            parts: vec![sealed],
        };
        assert_eq!(opened(&sent).err(), Some(OpenError::Header), "{front:?}");
    }
}

struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_is_full_ends_it() {
    let sent = sent(b"file");
    let share = share();
    let mut opening = Opening::new(
        &ROUTE,
        Gate::Share(&share),
        &sender().public().unwrap(),
        &recipient(),
        &sent.enc,
        &sent.envelope,
        sent.bytes(),
        Full,
    )
    .unwrap();
    assert!(matches!(
        opening.part(&sent.parts[0]).unwrap_err(),
        OpeningError::Sink(_)
    ));
    assert!(opening.finish().is_err());
}

#[test]
fn nothing_of_a_file_is_printed() {
    let sent = sent(b"geheim");
    let mut opening = opening(&sent).unwrap();
    opening.part(&sent.parts[0]).unwrap();
    let sealing = sealing(&ROUTE, 3).unwrap();
    let printed = format!("{opening:?} {sealing:?} {:?}", header());
    for word in ["geheim", "103, 101", "verslag", "pdf"] {
        assert!(!printed.contains(word), "{printed}");
    }
    let part = SealedPart {
        number: 1,
        bytes: vec![1, 2],
    };
    assert_eq!(format!("{part:?}"), "part 1 [2 bytes]");
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(11), ..ProptestConfig::with_cases(24) })]

    #[test]
    fn any_changed_bit_of_any_part_is_noticed(length in 0_usize..3 * CHUNK_BYTES, bit in any::<prop::sample::Index>()) {
        let file = file(length);
        let mut sent = sent(&file);
        prop_assert!(opened(&sent).unwrap() == file);
        let part = &mut sent.parts[0];
        let bit = bit.index(8 * part.len());
        part[bit / 8] ^= 1 << (bit % 8);
        prop_assert_eq!(opened(&sent).err(), Some(OpenError::Broken));
    }
}

/// The organisation in the route is no other's, whoever holds its key.
#[test]
fn another_recipient_of_the_same_key_is_another_route() {
    let sent = sent(b"file");
    let share = share();
    let result = Opening::new(
        &Route {
            recipient: OrganisationId([9; 16]),
            ..ROUTE
        },
        Gate::Share(&share),
        &sender().public().unwrap(),
        &recipient(),
        &sent.enc,
        &sent.envelope,
        sent.bytes(),
        io::sink(),
    );
    assert_eq!(result.err(), Some(OpenError::Route));
}
