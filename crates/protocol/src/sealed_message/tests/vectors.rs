//! Frozen: a second implementation must produce, open and refuse the very same bytes.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::gate::derive_share;
use crate::text::{decode_vec, encode};

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../vectors/sealed-message.json")).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn bytes(value: &Value) -> Vec<u8> {
    decode_vec(value.as_str().unwrap(), 1 << 20, "bytes").unwrap()
}

fn route(vector: &Value) -> Route {
    Route {
        match_id: text(&vector["match"]).parse().unwrap(),
        message_id: text(&vector["message"]).parse().unwrap(),
        sender: text(&vector["sender"]).parse().unwrap(),
        recipient: text(&vector["recipient"]).parse().unwrap(),
        consent_hash: text(&vector["consentHash"]).parse().unwrap(),
    }
}

fn share_of(vector: &Value) -> Option<Confidential<32>> {
    vector["gateShare"].as_str().map(|share| share.parse().unwrap())
}

fn secret(vector: &Value, name: &str) -> SealingSecret {
    SealingSecret::parse_key_file(&text(&vector[name])).unwrap()
}

fn key(vector: &Value, name: &str) -> SealingKey {
    text(&vector[name]).parse().unwrap()
}

fn chance(vector: &Value) -> Same {
    Same(bytes(&vector["ephemeralIkm"])[0])
}

/// SHA-256 of the seed and a counter, one after the other.
fn bytes_of_seed(seed: &[u8], length: usize) -> Vec<u8> {
    let mut made = Vec::with_capacity(length + 32);
    for counter in 0_u32.. {
        if made.len() >= length {
            break;
        }
        made.extend_from_slice(&Sha256::digest([seed, &counter.to_be_bytes()].concat()));
    }
    made.truncate(length);
    made
}

/// An attachment of the vectors: its file, and the parts it is sealed to.
fn seal_attachment(vector: &Value) -> (Vec<u8>, Sealing, Vec<Vec<u8>>) {
    let header = &vector["header"];
    let header = AttachmentHeader::new(&text(&header["name"]), &text(&header["mediaType"])).unwrap();
    let length = vector["fileBytes"].as_u64().unwrap();
    let file = bytes_of_seed(&bytes(&vector["fileSeed"]), length as usize);
    let share = share_of(vector).unwrap();
    let mut sealing = Sealing::new(
        &route(vector),
        Gate::Share(&share),
        &secret(vector, "senderSecret"),
        &key(vector, "recipientKey"),
        &header,
        length,
        &mut chance(vector),
    )
    .unwrap();
    let (mut parts, mut rest) = (Vec::new(), file.as_slice());
    while let Some(wants) = sealing.wants() {
        let (now, later) = rest.split_at(wants);
        parts.push(sealing.part(now).unwrap().bytes);
        rest = later;
    }
    (file, sealing, parts)
}

fn open_attachment(
    vector: &Value,
    sealed_bytes: u64,
    parts: &[impl AsRef<[u8]>],
) -> Result<Opened<Vec<u8>>, OpenError> {
    let opened = || -> Result<_, OpeningError> {
        let share = share_of(vector).unwrap();
        let mut opening = Opening::new(
            &route(vector),
            Gate::Share(&share),
            &key(vector, "senderKey"),
            &secret(vector, "recipientSecret"),
            &text(&vector["enc"]).parse().unwrap(),
            &text(&vector["envelope"]),
            sealed_bytes,
            Vec::new(),
        )?;
        for part in parts {
            opening.part(part.as_ref())?;
        }
        opening.finish()
    };
    opened().map_err(|error| match error {
        OpeningError::Open(error) => error,
        OpeningError::Sink(_) => panic!("a vector takes everything"),
    })
}

#[test]
fn messages_are_sealed_as_the_vectors_say() {
    let vectors = vectors();
    let messages = vectors["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 4);
    for vector in messages {
        let (route, share) = (route(vector), share_of(vector));
        let gate = share.as_ref().map_or(Gate::NoKeyholder, Gate::Share);
        let (sender, recipient) = (secret(vector, "senderSecret"), secret(vector, "recipientSecret"));
        assert_eq!(sender.public().unwrap(), key(vector, "senderKey"));
        assert_eq!(recipient.public().unwrap(), key(vector, "recipientKey"));
        let content = match vector["content"].as_str() {
            Some(content) => content.as_bytes().to_vec(),
            None => vec![b'x'; vector["contentLength"].as_u64().unwrap() as usize],
        };
        let to = key(vector, "recipientKey");
        let sealed = seal(&route, gate, &sender, &to, &content, &mut chance(vector)).unwrap();

        assert_eq!(sealed.enc.to_string(), text(&vector["enc"]));
        assert_eq!(sealed.envelope, text(&vector["envelope"]));
        match vector["ciphertext"].as_str() {
            Some(ciphertext) => assert_eq!(encode(&sealed.ciphertext), ciphertext),
            None => {
                let hash = Sha256::digest(&sealed.ciphertext);
                assert_eq!(encode(hash), text(&vector["ciphertextSha256"]));
            }
        }
        assert!(*open(&route, gate, &key(vector, "senderKey"), &recipient, &sealed).unwrap() == content);
    }
}

#[test]
fn attachments_are_sealed_as_the_vectors_say() {
    let vectors = vectors();
    let attachments = vectors["attachments"].as_array().unwrap();
    assert_eq!(attachments.len(), 3);
    for vector in attachments {
        let (file, sealing, parts) = seal_attachment(vector);
        assert_eq!(sealing.enc().to_string(), text(&vector["enc"]));
        assert_eq!(sealing.envelope(), text(&vector["envelope"]));
        assert_eq!(Some(sealing.sealed_bytes()), vector["sealedBytes"].as_u64());
        let hashes: Vec<_> = parts.iter().map(|part| encode(Sha256::digest(part))).collect();
        assert_eq!(serde_json::to_value(hashes).unwrap(), vector["partsSha256"]);
        let opened = open_attachment(vector, sealing.sealed_bytes(), &parts).unwrap();
        assert!(opened.sink == file);
        assert_eq!(opened.header.name(), vector["header"]["name"]);
        assert_eq!(opened.header.media_type(), vector["header"]["mediaType"]);
    }
}

#[test]
fn shares_and_fingerprints_are_those_of_the_vectors() {
    let vectors = vectors();
    let shares = vectors["gateShares"].as_array().unwrap();
    for vector in shares {
        let share = derive_share(
            &text(&vector["gateKey"]).parse().unwrap(),
            &text(&vector["consentHash"]).parse().unwrap(),
            text(&vector["match"]).parse().unwrap(),
            text(&vector["message"]).parse().unwrap(),
        );
        assert_eq!(encode(share.expose()), text(&vector["share"]));
    }
    assert_eq!(shares[0]["share"], vectors["messages"][1]["gateShare"]);
    assert_ne!(shares[0]["share"], shares[1]["share"]);
    let fingerprints = vectors["fingerprints"].as_array().unwrap();
    assert_eq!(fingerprints.len(), 3);
    for vector in fingerprints {
        let organisation = text(&vector["organisation"]).parse().unwrap();
        let found = KeyFingerprint::of(organisation, &key(vector, "key"));
        assert_eq!(found.to_string(), text(&vector["fingerprint"]));
    }
}

#[test]
fn possession_is_proven_as_the_vectors_say() {
    let vectors = vectors();
    let vector = &vectors["possessionProofs"][0];
    let organisation = text(&vector["organisation"]).parse().unwrap();
    let (own, verifier) = (secret(vector, "secret"), secret(vector, "proofSecret"));
    let proof = own
        .prove_possession(organisation, &key(vector, "proofKey"), &mut chance(vector))
        .unwrap();
    assert_eq!(proof.to_string(), text(&vector["proof"]));
    assert!(verifier.sees_possession(&proof, organisation, &own.public().unwrap()));
}

#[test]
fn messages_are_refused_as_the_vectors_say() {
    let vectors = vectors();
    let refusals = vectors["refusals"].as_array().unwrap();
    assert!(refusals.len() > 25);
    for vector in refusals {
        let share = share_of(vector);
        let sealed = Sealed {
            enc: text(&vector["enc"]).parse().unwrap(),
            envelope: text(&vector["envelope"]),
            ciphertext: bytes(&vector["ciphertext"]),
        };
        let result = open(
            &route(vector),
            share.as_ref().map_or(Gate::NoKeyholder, Gate::Share),
            &key(vector, "senderKey"),
            &secret(vector, "recipientSecret"),
            &sealed,
        );
        assert_eq!(
            result.unwrap_err().code(),
            vector["refused"],
            "{}",
            vector["name"]
        );
    }
}

#[test]
fn attachments_are_refused_as_the_vectors_say() {
    let vectors = vectors();
    let vector = &vectors["attachments"][2];
    let (_, _, parts) = seal_attachment(vector);
    let refusals = vectors["attachmentRefusals"].as_array().unwrap();
    assert!(refusals.len() > 10);
    for refusal in refusals {
        let numbers = refusal["parts"].as_array().unwrap();
        let mut given: Vec<_> = numbers
            .iter()
            .map(|number| parts[number.as_u64().unwrap() as usize].clone())
            .collect();
        let last = given.last_mut().unwrap();
        last.truncate(last.len() - refusal["cutBytes"].as_u64().unwrap() as usize);
        if refusal["chunksSwapped"].as_bool().unwrap() {
            given[0][..2 * SEALED_CHUNK_BYTES].rotate_left(SEALED_CHUNK_BYTES);
        }
        let result = open_attachment(vector, refusal["sealedBytes"].as_u64().unwrap(), &given);
        assert_eq!(
            result.unwrap_err().code(),
            refusal["refused"],
            "{}",
            refusal["name"]
        );
    }
}
