//! Nothing is changed without its event: the source of `crates/store` is read, and every statement that inserts into,
//! updates or deletes from a table of the service may only be used by methods that take an `Event`.
//!
//! The types hold half of it already (a method that takes an event cannot be called without one); this holds the other
//! half, that no method forgets to take one. What changes without an event stands below, each with its reason, and a
//! reason that is no longer needed is an offence too.

mod queues;
mod rules;
mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use source::{File, Function, Statement};

/// Tables that tell of nothing a supervisor could miss: queues, the doors' short memory, and the log itself.
const NO_BUSINESS: &[(&str, &str)] = &[
    ("audit.pending", "the log itself"),
    (
        "audit.opening",
        "the log itself; deleting is `erase_openings`, below",
    ),
    ("audit.leaf", "the log itself"),
    ("audit.head", "the log itself"),
    ("audit.tile", "the log itself"),
    ("audit.checkpoint", "the log itself"),
    ("audit.cosignature", "the log itself"),
    (
        "audit.erasure",
        "which openings were erased; written by `erase_openings` alone",
    ),
    (
        "audit.replay",
        "that erasures were replayed, each of which is an event",
    ),
    ("audit.scrub", "how far the scrubber is"),
    (
        "idempotency",
        "the answer to a request, kept for a day with the act it answers",
    ),
    ("spent_assertion", "that an assertion was used, kept for minutes"),
    (
        "guess_bucket",
        "how many tries at PINs went wrong in this hour, of many keys together",
    ),
    (
        "portal_session",
        "a browser's session; entering with a code is an event",
    ),
    ("match_task", "a queue"),
    (
        "batch",
        "a queue; that a batch arrived, was held, released, refused or ended are events",
    ),
    (
        "batch_line",
        "a queue; each line that becomes a signal is an event of its own",
    ),
    ("erasure_task", "a queue; each opening that is erased is an event"),
    ("statistics_place", "how far the log has been counted"),
    ("statistics_following", "what of the log has yet to be counted"),
    ("statistics_count", "what of the log was counted"),
    (
        "statistics_quarter",
        "made of the log alone; reading it is an event",
    ),
    ("statistics", "made of the log alone; reading it is an event"),
    ("circle_task", "a queue"),
    ("webhook_delivery", "a queue of what notices tell of"),
    ("mail", "a queue of mails that say nothing of anybody"),
    (
        "tombstone",
        "a queue of what the keyholder is told; each consent that ends is an event",
    ),
    ("webhook_attempt", "what came of calling a receiver"),
    ("processing_line", "a queue; its rows are made of events"),
    ("processing_place", "how far the file of that queue is"),
    (
        "lift_context",
        "a public value of a key agreement, of which every tag's event tells",
    ),
];

/// Statements that change a table of the service in a method without an event, and why that is right.
const WITHOUT_EVENT: &[(&str, &str)] = &[
    (
        "PUT_NETWORK",
        "kind and epochs from the operator's settings, repeated at each start",
    ),
    (
        "SET_OFFICES",
        "beside `covenant.changed`, whose settings name the municipalities, or `organisation.registered` of one",
    ),
    (
        "WATCH_DISCLOSURES",
        "when somebody looks whether the family was told; beside `signal.submitted`, and a reminder is an event",
    ),
    (
        "NOTE_VIEWINGS",
        "beside `match.viewed`, recorded in the same method for each look that it counts",
    ),
    (
        "SET_NOTICES_MAILED",
        "that a notice was looked at for mail; being laid is its event",
    ),
    ("HOLD_HOURS", "a counter; what it counts are `signal.submitted`"),
    ("COUNT_GIVEN", "a counter; what it counts are `signal.submitted`"),
    (
        "END_WITH_CONSENT",
        "beside `signal.woken`, in the transaction of the consent on which the signal rests",
    ),
    (
        "CORRECT_LEFT",
        "beside `signal.destroyed`, of the signal that should never have been in the match",
    ),
    (
        "SET_NOTICED",
        "beside `notice.delivered`, of the notice that it notes",
    ),
    (
        "INSERT_PARTIES",
        "beside `match.opened` or `match.joined`, which name the parties' signals",
    ),
    (
        "START_FOLLOW_UPS",
        "beside `match.opened` or `match.joined`, which carry the deadline it follows from",
    ),
    (
        "INSERT_PAIRS",
        "which children were met together: a queue of merging, and `subject.merged` says what came of it",
    ),
    (
        "CHANGE_KEYS",
        "counts a change of keys; the act that counts it records which",
    ),
    (
        "ACCEPT_KEYS",
        "counts a change of keys; `keyholder.list_accepted` follows in the same act",
    ),
    (
        "DESTROY_TAGS",
        "in batches; `network.epoch_destroyed` says how many when all are gone",
    ),
    (
        "COUNT_DESTROYED",
        "in batches; `network.epoch_destroyed` says how many when all are gone",
    ),
    (
        "FILL_TAGS",
        "in batches between `keys.rotation_started` and `keys.rotation_flipped`, which count them",
    ),
    ("MOVE_CURSOR", "how far those batches are"),
    ("PUT_CURSOR", "how far those batches are"),
    ("COUNT_FILLED", "how many there were"),
    ("END_GRACE", "a time that `keys.rotation_flipped` stated has come"),
    (
        "DELETE_OLD_TAGS",
        "in batches before `keys.rotation_finished`, which counts them",
    ),
    (
        "RESOLVE_REFERENCES",
        "beside `signal.submitted`, of the signal that comes with the reference",
    ),
    (
        "RESOLVE_CIRCLES",
        "beside `signal.submitted` or `signal.resubmitted`, of the signal that comes with the token",
    ),
    ("INSERT_NEXT_TAGS", "the same, under the next keys"),
    (
        "INSERT_SIGNAL_CIRCLES",
        "beside `signal.submitted` or `signal.resubmitted`, of the signal that comes with the token",
    ),
    (
        "FORGET_CIRCLES",
        "tags go with their last signal, of which `signal.destroyed` tells",
    ),
    (
        "DESTROY_SHARED_TAGS",
        "in batches; `network.epoch_destroyed` says how many when all are gone",
    ),
    (
        "FILL_SHARED_TAGS",
        "in batches between `keys.rotation_started` and `keys.rotation_flipped`, which count them",
    ),
    (
        "DELETE_OLD_SHARED_TAGS",
        "in batches before `keys.rotation_finished`, which counts them",
    ),
    (
        "REFRESH_SOFT_ENDS",
        "copies of when signals end, of which their own events tell",
    ),
    (
        "REFRESH_FAMILY_ENDS",
        "copies of when signals end, of which their own events tell",
    ),
    (
        "REPOINT_DENIED",
        "two children turned out to be one, beside `subject.merged`",
    ),
    ("TELL_REPOINTED", "the same"),
    ("END_SOFT_PARTIES", "the same"),
    ("DELETE_REPOINTED", "the same"),
    (
        "MARK_DISPATCHED",
        "that a notice was handed to its reader's endpoints; `notice.delivered` says that it lies in the inbox",
    ),
    (
        "LEASE_ENDPOINTS",
        "which attempt is under way, so that no other begins",
    ),
    ("SETTLE_ENDPOINT", "counts failures; giving up is an event"),
    (
        "BECOME_KNOWN_AS",
        "beside `family_access.strengthened`, of the log-in by which somebody is known",
    ),
    (
        "INSERT_SAMPLE",
        "made-up children of the benchmark; no service has them",
    ),
];

#[test]
fn every_change_takes_its_event() {
    let files = source::read(&root().join("crates/store/src"));
    let mut offences = Vec::new();
    let mut used = BTreeSet::new();
    let mut changes = 0;
    for file in &files {
        for statement in &file.statements {
            let business: Vec<&str> = statement
                .changes
                .iter()
                .map(String::as_str)
                .filter(|table| !NO_BUSINESS.iter().any(|(name, _)| name == table))
                .collect();
            if business.is_empty() {
                continue;
            }
            changes += 1;
            let without = without_event(file, statement);
            if without.is_empty() {
                continue;
            }
            if WITHOUT_EVENT.iter().any(|(name, _)| *name == statement.name) {
                used.insert(statement.name.clone());
            } else {
                offences.push(format!(
                    "{}: {} changes {} in {}, which takes no Event",
                    file.name,
                    statement.name,
                    business.join(", "),
                    without.join(", ")
                ));
            }
        }
    }
    assert!(
        changes > 20,
        "only {changes} changes were found: the source is read wrongly"
    );
    assert_eq!(offences, Vec::<String>::new());
    let reasons: BTreeSet<String> = WITHOUT_EVENT.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(used, reasons, "a reason stands there for nothing");
}

/// The functions that use a statement and neither take an event nor are used only by functions that do.
fn without_event(file: &File, statement: &Statement) -> Vec<String> {
    let mut offenders = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Function> = file
        .functions
        .iter()
        .filter(|function| function.uses(&statement.name))
        .collect();
    if open.is_empty() {
        offenders.push("no function that could be found".to_owned());
    }
    while let Some(function) = open.pop() {
        if function.takes_event() || !seen.insert(function.name.clone()) {
            continue;
        }
        let callers: Vec<&Function> = file
            .functions
            .iter()
            .filter(|caller| caller.name != function.name && caller.calls(&function.name))
            .collect();
        if function.public || callers.is_empty() {
            offenders.push(function.name.clone());
        } else {
            open.extend(callers);
        }
    }
    offenders
}

/// A method that takes an event and does not hand it on would record nothing.
#[test]
fn every_event_that_is_taken_is_recorded() {
    let files = source::read(&root().join("crates/store/src"));
    let mut takers = 0;
    for file in &files {
        for function in file.functions.iter().filter(|function| function.takes_event()) {
            takers += 1;
            let handed_on = [
                "record_one(",
                "record(",
                "record_for(",
                "note_viewing(",
                "note_processing(",
                // What measures records events without acts.
                "Recorded(",
            ]
            .iter()
            .any(|call| function.body.contains(call))
                || file.functions.iter().any(|other| {
                    other.takes_event() && other.name != function.name && function.calls(&other.name)
                });
            assert!(
                handed_on || function.name == "leaf",
                "{}: {} takes an event and records none",
                file.name,
                function.name
            );
        }
    }
    assert!(
        takers > 15,
        "only {takers} methods take an event: the source is read wrongly"
    );
}

/// The catalogue in code is the list that the journeys run through, each event with the journey or test that makes it
/// happen.
#[test]
fn each_event_of_the_catalogue_happens_in_a_test() {
    let mut texts = BTreeMap::new();
    for directory in [
        "tests",
        "crates/server/tests",
        "crates/casework",
        "crates/keyholder/tests",
    ] {
        source::texts(&root().join(directory), &mut texts);
    }
    // What the catalogue leaves to others does not happen in it.
    for text in texts.values_mut() {
        if let Some(at) = text.find("const ELSEWHERE") {
            let end = text[at..].find("];").expect("a list that ends");
            text.replace_range(at..at + end, "");
        }
    }
    let missing: Vec<&str> = domain::event::Event::NAMES
        .iter()
        .copied()
        // No test of the service names this one yet: it needs a keyholder whose list is fetched.
        .filter(|name| *name != "keyholder.list_accepted")
        .filter(|name| {
            let quoted = format!("\"{name}\"");
            !texts.values().any(|text| text.contains(&quoted))
        })
        .collect();
    assert_eq!(
        missing,
        Vec::<&str>::new(),
        "events that no test of the service names"
    );
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}
