//! docs/PROBLEMS.md and docs/EVENTS.md are made from their tables; docs/SEALED-MESSAGES.md states the vectors.
//!
//! `TREFPUNT_WRITE_DOCS=1 cargo test -p protocol --test documents` writes the former two.
#![allow(clippy::unwrap_used, reason = "tests may fail by panicking")]

use std::fmt::Write as _;

use protocol::body::FieldErrorCode;
use protocol::event_catalogue;
use protocol::exchange::MessageState;
use protocol::gate::GateRefusal;
use protocol::problem::ProblemType;
use protocol::sealed_message::OpenError;
use protocol::webhook::EventType;

const PROBLEMS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PROBLEMS.md");
const EVENTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/EVENTS.md");
const SEALED_MESSAGES: &str = include_str!("../../../docs/SEALED-MESSAGES.md");
const DATA_MODEL: &str = include_str!("../../../docs/DATA_MODEL.md");
const VECTORS: &str = include_str!("../vectors/sealed-message.json");
const CONSENT_VECTORS: &str = include_str!("../vectors/consent-record.json");

const FIELD_CODES: [FieldErrorCode; 7] = [
    FieldErrorCode::Required,
    FieldErrorCode::UnknownMember,
    FieldErrorCode::WrongType,
    FieldErrorCode::InvalidFormat,
    FieldErrorCode::OutOfRange,
    FieldErrorCode::NotAllowed,
    FieldErrorCode::RawIdentifier,
];

fn text(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn problems() -> String {
    let mut page = String::from(
        "# Problems\n\n\
         <!-- Made from crates/protocol/src/problem.rs: TREFPUNT_WRITE_DOCS=1 cargo test -p protocol --test documents -->\n\n\
         Every refusal is a problem document (RFC 9457, `application/problem+json`) with `type`, `title`, `status`, `detail`\n\
         and `instance`, the id of the request. `type` is `<address of the service>/problems/<name>`, where the page below\n\
         is served too. Nothing in a document repeats what was sent. Below each is one as it is answered. 401 comes with `WWW-Authenticate`, 405 with `Allow`,\n\
         429 and 503 with `Retry-After`.\n\n\
         ## Faults in a request\n\n\
         `invalid-request` and `raw-identifier-forbidden` list every fault at once in `errors`, each with a JSON `pointer`\n\
         (or `query:NAME`, `header:NAME`), a `code` and a `detail`.\n\n\
         | code | meaning |\n|---|---|\n",
    );
    for code in FIELD_CODES {
        writeln!(page, "| `{}` | {} |", text(&code), code.detail()).unwrap();
    }
    page.push_str("\nThe rules of a covenant answer with `not-allowed` or `out-of-range` and say in `detail` what the rule is.\n");
    for problem in ProblemType::ALL {
        let row = problem.row();
        write!(
            page,
            "\n## {}\n\n`{}` · {}\n\n{}\n\n- **Cause.** {}\n- **Remedy.** {}\n\n```json\n{}\n```\n",
            row.title,
            row.slug,
            row.status,
            row.detail,
            row.cause,
            row.remedy,
            serde_json::to_string_pretty(&problem.example()).unwrap(),
        )
        .unwrap();
    }
    page
}

#[test]
fn the_page_of_problems_is_the_table() {
    let made = problems();
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(PROBLEMS, &made).unwrap();
    }
    let committed = std::fs::read_to_string(PROBLEMS).unwrap_or_default();
    assert!(
        committed == made,
        "docs/PROBLEMS.md is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p protocol --test documents"
    );
}

fn events() -> String {
    let mut page = String::from(
        "# Events\n\n\
         <!-- Made from crates/protocol/src/event_catalogue.rs: TREFPUNT_WRITE_DOCS=1 cargo test -p protocol --test documents -->\n\n\
         What an organisation is told without asking. The **inbox** (`GET /v1/notices`) is authoritative: a notice lies there until it\n\
         is acknowledged. The **stream** (`GET /v1/notices/stream`) and a **webhook** say the same sooner, as a thin CloudEvent (NL GOV\n\
         profile 1.1): `dataref` says where to look, with an access token; there is no `data`, no name and no content.\n\n\
         A webhook delivery is a `POST` of `application/cloudevents+json`, signed as Standard Webhooks has it: `webhook-id` (the event's\n\
         `id`, the same each time it is tried), `webhook-timestamp` (of this attempt) and `webhook-signature` (`v1,` and HMAC-SHA256 in\n\
         base64 over `id.timestamp.body`; two of them for a day after the secret was rotated). The receiver verifies over the bytes as\n\
         they came, refuses what is older than five minutes, takes each `webhook-id` once, and answers 2xx within 15 seconds.\n\
         `trefpunt conformance --webhook` tries a receiver. An event may come twice and out of order; what it is about may have changed since.\n\n\
         More types may be added: answer 2xx to a type that you do not know.\n\n\
         | type | about | when |\n|---|---|---|\n",
    );
    for event in event_catalogue::events() {
        let row = event_catalogue::row(event);
        let about = format!("{:?}", row.about).to_lowercase();
        writeln!(page, "| `{}` | {about} | {} |", event.name(), row.when).unwrap();
    }
    for event in event_catalogue::events() {
        let row = event_catalogue::row(event);
        let example = serde_json::to_string_pretty(&event_catalogue::example(event)).unwrap();
        write!(
            page,
            "\n## {}\n\n{} {}\n\n```json\n{example}\n```\n",
            event.name(),
            row.when,
            row.then
        )
        .unwrap();
        if let EventType::Notice(kind) = event {
            let notice = serde_json::to_string_pretty(&event_catalogue::example_notice(kind)).unwrap();
            write!(
                page,
                "\nIn the inbox, and at `dataref`:\n\n```json\n{notice}\n```\n"
            )
            .unwrap();
        }
    }
    page
}

#[test]
fn the_catalogue_of_events_is_the_table() {
    let made = events();
    if std::env::var_os("TREFPUNT_WRITE_DOCS").is_some() {
        std::fs::write(EVENTS, &made).unwrap();
    }
    let committed = std::fs::read_to_string(EVENTS).unwrap_or_default();
    assert!(
        committed == made,
        "docs/EVENTS.md is stale: TREFPUNT_WRITE_DOCS=1 cargo test -p protocol --test documents"
    );
}

/// Every text that a second implementation can compare itself with.
fn states(what: &str, value: &serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            assert!(
                SEALED_MESSAGES.contains(text),
                "docs/SEALED-MESSAGES.md does not state {what}: {text}"
            );
        }
        serde_json::Value::Number(number) => states(what, &number.to_string().into()),
        serde_json::Value::Array(values) => values.iter().for_each(|value| states(what, value)),
        serde_json::Value::Object(members) => members.iter().for_each(|(name, value)| states(name, value)),
        serde_json::Value::Bool(_) | serde_json::Value::Null => {}
    }
}

#[test]
fn the_description_of_sealed_messages_states_the_vectors() {
    let vectors: serde_json::Value = serde_json::from_str(VECTORS).unwrap();
    states("a message", &vectors["messages"][0]);
    let second = &vectors["messages"][1];
    for name in ["name", "gateShare", "ciphertext"] {
        states(name, &second[name]);
    }
    states("a share", &vectors["gateShares"][0]);
    let attachment = &vectors["attachments"][2];
    for name in ["name", "fileSeed", "fileBytes", "sealedBytes", "partsSha256"] {
        states(name, &attachment[name]);
    }
    let header = serde_json::to_string(&attachment["header"]).unwrap();
    states("a header", &header.into());
    states("a fingerprint", &vectors["fingerprints"][0]);
    states("a proof", &vectors["possessionProofs"][0]);
    let consent: serde_json::Value = serde_json::from_str(CONSENT_VECTORS).unwrap();
    states("a seed", &consent["seed"]);
    states("a portal's key", &consent["publicKey"]);
    for name in ["document", "signature"] {
        states(name, &consent["status"][name]);
    }
}

#[test]
fn the_description_of_sealed_messages_states_bounds_and_refusals() {
    let bounds = [
        protocol::exchange::MAX_CONTENT_BYTES as u64,
        protocol::exchange::MAX_ENVELOPE_BYTES as u64,
        protocol::exchange::MAX_ATTACHMENT_BYTES,
        protocol::exchange::MAX_PART_BYTES,
        protocol::exchange::MAX_SEALED_BYTES,
        protocol::exchange::MAX_PARTS.into(),
        protocol::sealed_message::CHUNK_BYTES as u64,
        protocol::sealed_message::PART_CHUNKS as u64,
        protocol::gate::MAX_STATUS_AGE.as_secs().unsigned_abs(),
        protocol::gate::MAX_AHEAD.as_secs().unsigned_abs(),
    ];
    for bound in bounds {
        assert!(SEALED_MESSAGES.contains(&format!(" {bound}")), "{bound}");
    }
    let mut from = 0;
    for reason in GateRefusal::ALL {
        let row = format!("| `{}` | `{}` |", reason.as_str(), reason.pointer());
        let at = SEALED_MESSAGES[from..].find(&row).map(|at| from + at);
        from = at.unwrap_or_else(|| panic!("no row in this order: {row}"));
    }
    for error in [
        OpenError::Envelope,
        OpenError::Route,
        OpenError::Kind,
        OpenError::EmptyShare,
        OpenError::ShareMissing,
        OpenError::Key,
        OpenError::Size,
        OpenError::Header,
        OpenError::Unfinished,
        OpenError::Broken,
    ] {
        let row = format!("| `{}` |", error.code());
        assert!(SEALED_MESSAGES.contains(&row), "{row}");
    }
}

#[test]
fn the_diagram_of_a_message_has_its_states() {
    let (_, diagram) = DATA_MODEL.split_once("<!-- lifecycle: message -->").unwrap();
    let diagram = diagram.split_once("<!-- end -->").unwrap().0;
    for state in [
        MessageState::Waiting,
        MessageState::Fetched,
        MessageState::Destroyed,
    ] {
        assert!(
            diagram.contains(&format!("--> {}", text(&state))),
            "{}",
            text(&state)
        );
    }
}
