//! The counterpart of `reference/sealed_message.py`: what one seals just now with keys of chance, the other opens
//! (`tests/references/run`). `seal` prints messages, attachments and consents as JSON; `open` reads such JSON and opens and
//! checks all of it.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program of the tests, which may fail by panicking"
)]

use std::convert::Infallible;
use std::fs::File;
use std::io::Read as _;

use protocol::consent::{
    About, Assurance, ConsentKey, ConsentKeys, ConsentSigner, ConsentVerifier, Method, Record, Terms,
};
use protocol::gate::{ConsentStatus, GateShareRequest, Standing, derive_share, judge};
use protocol::sealed_message::{
    AttachmentHeader, Gate, KeyFingerprint, Opening, Route, Sealed, Sealing, SealingKey, SealingSecret, open,
    seal,
};
use protocol::text::{Base64Url, Confidential, decode_vec, encode};
use protocol::{Id, KeyId, OrganisationId};
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};

const CHUNK: usize = protocol::sealed_message::CHUNK_BYTES;
const PART_CONTENT: usize = protocol::sealed_message::PART_CHUNKS * CHUNK;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("seal") => println!("{}", seal_now()),
        Some("open") => {
            let made = serde_json::from_reader(std::io::stdin()).unwrap();
            open_all(&made);
        }
        _ => panic!("seal or open"),
    }
}

/// Chance from the system.
struct Chance(File);

impl Chance {
    fn new() -> Self {
        Self(File::open("/dev/urandom").unwrap())
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    fn content(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.0.read_exact(&mut bytes).unwrap();
        bytes
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.read_exact(bytes).unwrap();
        Ok(())
    }
}

impl TryCryptoRng for Chance {}

/// A route, its keys and its share, as both programs write them.
struct Case {
    route: Route,
    sender: SealingSecret,
    recipient: SealingSecret,
    sender_key: SealingKey,
    recipient_key: SealingKey,
    share: Option<Confidential<32>>,
}

impl Case {
    fn of_chance(chance: &mut Chance, has_keyholder: bool) -> (Self, Value) {
        let route = Route {
            match_id: Id(chance.bytes()),
            message_id: Id(chance.bytes()),
            sender: OrganisationId(chance.bytes()),
            recipient: OrganisationId(chance.bytes()),
            consent_hash: Base64Url(chance.bytes()),
        };
        let (sender, recipient) = (SealingSecret::generate(chance), SealingSecret::generate(chance));
        let (sender_key, recipient_key) = (sender.public().unwrap(), recipient.public().unwrap());
        let gate_key = has_keyholder.then(|| Confidential::new(chance.bytes()));
        let share = gate_key.as_ref().map(|key| share(key, &route));
        let shown = json!({
            "match": route.match_id, "message": route.message_id, "sender": route.sender, "recipient": route.recipient,
            "consentHash": route.consent_hash, "senderSecret": sender.to_key_file().trim_end(),
            "recipientSecret": recipient.to_key_file().trim_end(), "senderKey": sender_key.to_string(),
            "recipientKey": recipient_key.to_string(), "gateKey": gate_key, "gateShare": share,
            "senderFingerprint": KeyFingerprint::of(route.sender, &sender_key),
        });
        let case = Self {
            route,
            sender,
            recipient,
            sender_key,
            recipient_key,
            share,
        };
        (case, shown)
    }

    fn read(shown: &Value) -> Self {
        let secret = |name: &str| SealingSecret::parse_key_file(shown[name].as_str().unwrap()).unwrap();
        let case = Self {
            route: Route {
                match_id: value(shown, "match"),
                message_id: value(shown, "message"),
                sender: value(shown, "sender"),
                recipient: value(shown, "recipient"),
                consent_hash: value(shown, "consentHash"),
            },
            sender: secret("senderSecret"),
            recipient: secret("recipientSecret"),
            sender_key: text(shown, "senderKey").parse().unwrap(),
            recipient_key: text(shown, "recipientKey").parse().unwrap(),
            share: value(shown, "gateShare"),
        };
        assert_eq!(case.sender.public().unwrap(), case.sender_key);
        let gate_key: Option<Confidential<32>> = value(shown, "gateKey");
        assert_eq!(case.share, gate_key.map(|key| share(&key, &case.route)));
        let fingerprint = KeyFingerprint::of(case.route.sender, &case.sender_key);
        assert_eq!(fingerprint, value(shown, "senderFingerprint"));
        case
    }

    fn gate(&self) -> Gate<'_> {
        self.share.as_ref().map_or(Gate::NoKeyholder, Gate::Share)
    }
}

fn share(gate_key: &Confidential<32>, route: &Route) -> Confidential<32> {
    derive_share(gate_key, &route.consent_hash, route.match_id, route.message_id)
}

fn value<T: serde::de::DeserializeOwned>(shown: &Value, name: &str) -> T {
    serde_json::from_value(shown[name].clone()).unwrap()
}

fn text<'a>(shown: &'a Value, name: &str) -> &'a str {
    shown[name].as_str().unwrap()
}

fn bytes(shown: &Value) -> Vec<u8> {
    decode_vec(shown.as_str().unwrap(), 32 << 20, "bytes").unwrap()
}

/// The members of both.
fn with(mut case: Value, more: Value) -> Value {
    let members = case.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    case
}

fn seal_now() -> Value {
    let chance = &mut Chance::new();
    let (mut messages, mut attachments) = (Vec::new(), Vec::new());
    for length in [0, 1, 24, 8192, CHUNK, CHUNK + 1] {
        for has_keyholder in [false, true] {
            let (case, shown) = Case::of_chance(chance, has_keyholder);
            let content = chance.content(length);
            let (from, to) = (&case.sender, &case.recipient_key);
            let sealed = seal(&case.route, case.gate(), from, to, &content, chance).unwrap();
            let more = json!({
                "enc": sealed.enc, "envelope": sealed.envelope, "ciphertext": encode(&sealed.ciphertext),
                "content": encode(&content),
            });
            messages.push(with(shown, more));
        }
    }
    let header = AttachmentHeader::new("verslag \"é\" 🙂.pdf", "application/pdf").unwrap();
    for length in [0, 1, CHUNK, PART_CONTENT - 60, PART_CONTENT, 2 * PART_CONTENT + 1] {
        let (case, shown) = Case::of_chance(chance, true);
        let file = chance.content(length);
        let (from, to) = (&case.sender, &case.recipient_key);
        let mut sealing =
            Sealing::new(&case.route, case.gate(), from, to, &header, length as u64, chance).unwrap();
        let (mut parts, mut rest) = (Vec::new(), file.as_slice());
        while let Some(wants) = sealing.wants() {
            let (now, later) = rest.split_at(wants);
            parts.push(encode(sealing.part(now).unwrap().bytes));
            rest = later;
        }
        let more = json!({
            "enc": sealing.enc(), "envelope": sealing.envelope(), "sealedBytes": sealing.sealed_bytes(), "parts": parts,
            "header": header, "file": encode(&file),
        });
        attachments.push(with(shown, more));
    }
    json!({"messages": messages, "attachments": attachments, "consents": [consent(chance)]})
}

fn consent(chance: &mut Chance) -> Value {
    let signer = ConsentSigner::from_seed(&chance.bytes());
    let (match_id, parties) = (
        Id(chance.bytes()),
        [(); 2].map(|()| OrganisationId(chance.bytes())),
    );
    let record = Record::new(Terms {
        network: "regio".parse().unwrap(),
        about: About::Exchange(match_id),
        parties: parties.into(),
        text_version: "2026-11".parse().unwrap(),
        language: "nl".parse().unwrap(),
        method: Method::Portal,
        assurance: Assurance::Letter,
        issuer: parties[0],
        requested_at: "2026-11-21T09:00:00Z".parse().unwrap(),
        given_at: "2026-11-22T10:30:00.25Z".parse().unwrap(),
        valid_until: "2027-11-22T10:30:00.25Z".parse().unwrap(),
    })
    .unwrap();
    let status = ConsentStatus {
        as_of: "2026-12-01T12:00:00.125Z".parse().unwrap(),
        consent: record.hash(),
        network: "regio".parse().unwrap(),
        state: Standing::Stands,
    };
    json!({
        "network": "regio", "match": match_id, "parties": parties, "publicKey": signer.key().public_key,
        "record": signer.sign(&record), "status": status.sign(&signer).unwrap(), "now": "2026-12-01T12:00:59Z",
    })
}

fn open_all(made: &Value) {
    let [messages, attachments, consents] =
        ["messages", "attachments", "consents"].map(|name| made[name].as_array().unwrap());
    for shown in messages {
        let case = Case::read(shown);
        let sealed = Sealed {
            enc: value(shown, "enc"),
            envelope: value(shown, "envelope"),
            ciphertext: bytes(&shown["ciphertext"]),
        };
        let content = open(
            &case.route,
            case.gate(),
            &case.sender_key,
            &case.recipient,
            &sealed,
        )
        .unwrap();
        assert!(*content == bytes(&shown["content"]));
    }
    for shown in attachments {
        let case = Case::read(shown);
        let mut opening = Opening::new(
            &case.route,
            case.gate(),
            &case.sender_key,
            &case.recipient,
            &value(shown, "enc"),
            text(shown, "envelope"),
            value(shown, "sealedBytes"),
            Vec::new(),
        )
        .unwrap();
        for part in shown["parts"].as_array().unwrap() {
            opening.part(&bytes(part)).unwrap();
        }
        let opened = opening.finish().unwrap();
        assert_eq!(serde_json::to_value(&opened.header).unwrap(), shown["header"]);
        assert!(opened.sink == bytes(&shown["file"]));
    }
    for shown in consents {
        let public_key: Base64Url<32> = value(shown, "publicKey");
        let keys: ConsentKeys = serde_json::from_value(json!({
            "network": shown["network"],
            "keys": [ConsentKey { key_id: KeyId::of(&public_key.0), public_key }],
            "statusUrl": "https://portal.example/v1/consent-status",
        }))
        .unwrap();
        let request = GateShareRequest {
            match_id: value(shown, "match"),
            message_id: Id([0; 16]),
            record: value(shown, "record"),
            status: value(shown, "status"),
        };
        let portals = [ConsentVerifier::new(&keys).unwrap()];
        for caller in shown["parties"].as_array().unwrap() {
            let caller = serde_json::from_value(caller.clone()).unwrap();
            let now = text(shown, "now").parse().unwrap();
            judge(&request, caller, &portals, now, false).unwrap();
        }
    }
    assert!(!messages.is_empty() && !attachments.is_empty() && !consents.is_empty());
    println!(
        "opened {} messages, {} attachments, {} consents",
        messages.len(),
        attachments.len(),
        consents.len()
    );
}
