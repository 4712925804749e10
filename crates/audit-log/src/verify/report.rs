//! What the verifier found, for people (English or Dutch) and for programs (JSON).

use std::fmt::Write as _;
use std::io::{self, Read, Seek};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Files;
use super::message::{self as say, Language, Message, Verdict};
use super::replay::Facts;
use super::reports::Reports;
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::note::Verifier;
use crate::section::Section;
use crate::text::base64;

/// The most findings that are spelled out; beyond that they are counted.
const MAX_FINDINGS: usize = 50;
/// The most unknown event names that are spelled out.
const MAX_UNKNOWN: usize = 10;

/// The events this version knows, as in `domain::event`.
pub const KNOWN_EVENTS: &[&str] = &[
    "covenant.changed",
    "organisation.registered",
    "organisation.delegated",
    "guardrail.exceeded",
    "access.denied",
    "batch.received",
    "batch.held",
    "batch.released",
    "batch.refused",
    "batch.ended",
    "client.registered",
    "client.disabled",
    "client.enabled",
    "client.key_added",
    "client.key_retired",
    "organisation.disabled",
    "organisation.enabled",
    "organisation.sealing_key_added",
    "organisation.sealing_key_retired",
    "webhook.endpoint_added",
    "webhook.secret_rotated",
    "webhook.endpoint_disabled",
    "webhook.endpoint_enabled",
    "webhook.endpoint_removed",
    "mail.address_set",
    "signal.submitted",
    "signal.woken",
    "signal.ended",
    "signal.expired",
    "signal.archived",
    "signal.destroyed",
    "signal.reassigned",
    "archive.noticed",
    "archive.opened",
    "signal.viewed",
    "signal.paused",
    "signal.resumed",
    "disclosure.recorded",
    "disclosure.postponement_proposed",
    "disclosure.postponed",
    "disclosure.postponement_rejected",
    "disclosure.reminded",
    "match.opened",
    "match.joined",
    "match.left",
    "match.closed",
    "match.lead_proposed",
    "match.lead_accepted",
    "match.lead_declined",
    "match.relocated",
    "match.viewed",
    "match.contact_confirmed",
    "soft_match.found",
    "soft_match.confirmed",
    "soft_match.denied",
    "soft_match.viewed",
    "family_match.found",
    "family_match.ended",
    "family_match.viewed",
    "notice.delivered",
    "notice.acknowledged",
    "notice.unread",
    "follow_up.reminded",
    "follow_up.escalated",
    "follow_up.marked",
    "follow_up.viewed",
    "statistics.viewed",
    "consent.requested",
    "consent.opened",
    "consent.signed",
    "consent.given",
    "consent.refused",
    "consent.withdrawn",
    "consent.replaced",
    "consent.expired",
    "consent.superseded_by_age",
    "content.begun",
    "content.sent",
    "content.read",
    "content.acknowledged",
    "content.destroyed",
    "letter.issued",
    "letter.read",
    "letter.replaced",
    "family_access.made",
    "family_access.revoked",
    "family_access.strengthened",
    "file.read",
    "objection.made",
    "objection.advised",
    "objection.decided",
    "objection.withdrawn",
    "access.requested",
    "erasure.requested",
    "rights_request.extended",
    "rights_request.withdrawn",
    "access.given",
    "access.refused",
    "access.viewed",
    "erasure.decided",
    "sandbox.clock_advanced",
    "portal.key_added",
    "portal.key_retired",
    "network.epoch_added",
    "network.epoch_ended",
    "network.epoch_destroyed",
    "keyholder.list_accepted",
    "keyholder.proof_failed",
    "subject.merged",
    "signal.resubmitted",
    "organisation.min_suite_set",
    "audit.exported",
    "audit.scope_changed",
    "opening.erased",
    "contact.erased",
    "keys.rotation_started",
    "keys.rotation_flipped",
    "keys.rotation_finished",
    "log.opened",
    "log.closed",
    "log.key_added",
    "log.fault_found",
    // The keyholder's own log.
    "quota.changed",
    "evaluation.answered",
    "evaluation.quota_exhausted",
    "key.introduced",
    "key.live",
    "key.destroyed",
    "rotation.started",
    "gate.share_released",
    "gate.share_refused",
    "gate.consent_key_added",
    "gate.consent_key_ended",
    "gate.tombstones_received",
    "gate.key_replaced",
];

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    message: &'static Message,
    /// The leaf it is about, from 0; or the first and last leaf among which the culprit is.
    range: Option<(u64, u64)>,
    detail: String,
}

impl Finding {
    /// The check that failed, in a word for programs.
    #[must_use]
    pub fn check(&self) -> &'static str {
        self.message.slug
    }

    /// The leaf it is about, from 0, when it can be told.
    #[must_use]
    pub fn index(&self) -> Option<u64> {
        self.range
            .filter(|(first, last)| first == last)
            .map(|(first, _)| first)
    }

    /// The finding in a sentence.
    #[must_use]
    pub fn sentence(&self, language: Language) -> String {
        let mut text = language.pick(self.message.en, self.message.nl).to_owned();
        match self.range {
            None => {}
            Some((first, last)) if first == last => {
                let _ = write!(text, "{}{first}", language.pick(": entry ", ": regel "));
            }
            Some((first, last)) => {
                let to = language.pick("to", "tot en met");
                let _ = write!(
                    text,
                    "{}{first} {to} {last}",
                    language.pick(": entries ", ": regels ")
                );
            }
        }
        if !self.detail.is_empty() {
            let _ = write!(text, " ({})", self.detail);
        }
        text
    }
}

/// The outcome of a run.
#[derive(Debug, Default)]
pub struct Report {
    verdict: Verdict,
    findings: Vec<Finding>,
    found: u64,
    signed: Option<(Checkpoint, String)>,
    witnesses: u64,
    first_leaf: u64,
    earlier: Option<u64>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    entries: u64,
    /// How often each of [`KNOWN_EVENTS`] occurs; empty until the first does.
    events: Vec<u64>,
    unknown: Vec<String>,
    unknown_events: u64,
    openings: u64,
    erasures: u64,
    pending_notices: u64,
    carried: u64,
    /// Receipts found, not due yet, and due before the period.
    receipts: (u64, u64, u64),
    reports: Vec<(&'static str, u64)>,
}

impl Report {
    /// What it comes to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// What is wrong: everything the last stage found, the first 50 of it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The first leaf something is wrong with, from 0.
    #[must_use]
    pub fn first_bad_index(&self) -> Option<u64> {
        self.findings.iter().filter_map(Finding::index).min()
    }

    /// The first of the entries that it tells of, from 0.
    #[must_use]
    pub fn first_leaf(&self) -> u64 {
        self.first_leaf
    }

    /// The checkpoint, once its signature was found good.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.signed.as_ref().map(|(checkpoint, _)| checkpoint)
    }

    pub(super) fn is_good(&self) -> bool {
        self.verdict == Verdict::Good
    }

    pub(super) fn find(&mut self, message: &'static Message, index: Option<u64>, detail: &str) {
        self.add(message, index.map(|index| (index, index)), detail);
    }

    pub(super) fn find_range(&mut self, message: &'static Message, first: u64, last: u64) {
        self.add(message, Some((first, last)), "");
    }

    fn add(&mut self, message: &'static Message, range: Option<(u64, u64)>, detail: &str) {
        // Findings of one stage may differ in kind. What cannot be read outweighs what was altered, that a promise not
        // kept, and that a broken rule; of one kind there is nothing to choose.
        let weight = |verdict| match verdict {
            Verdict::Good => 0,
            Verdict::RulesBroken => 1,
            Verdict::ReceiptMissing => 2,
            Verdict::Tampered | Verdict::Forked | Verdict::Untrusted => 3,
            Verdict::Malformed => 4,
        };
        if weight(message.verdict) > weight(self.verdict) {
            self.verdict = message.verdict;
        }
        self.found += 1;
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(Finding {
                message,
                range,
                detail: detail.to_owned(),
            });
        }
    }

    pub(super) fn signed(&mut self, checkpoint: &Checkpoint, log: &Verifier, witnesses: u64) {
        self.signed = Some((checkpoint.clone(), log.to_string()));
        self.witnesses = witnesses;
    }

    pub(super) fn first(&mut self, first: u64) {
        self.first_leaf = first;
    }

    pub(super) fn carried(&mut self) {
        self.carried += 1;
    }

    pub(super) fn receipts(&mut self, found: u64, pending: u64, earlier: u64) {
        self.receipts = (found, pending, earlier);
    }

    /// The rules that the replay found broken.
    pub(super) fn rules(&mut self, facts: Facts) {
        self.pending_notices = facts.pending();
        let (kept, more) = facts.broken();
        self.found += more;
        for (place, message) in kept {
            self.find(message, Some(place.into()), "");
        }
    }

    pub(super) fn continued(&mut self, size: u64) {
        self.earlier = Some(size);
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        self.entries += 1;
        self.first = Some(self.first.map_or(entry.time, |first| first.min(entry.time)));
        self.last = Some(self.last.map_or(entry.time, |last| last.max(entry.time)));
        match KNOWN_EVENTS.iter().position(|name| *name == entry.event) {
            Some(at) => {
                self.events.resize(KNOWN_EVENTS.len(), 0);
                self.events[at] += 1;
            }
            None => {
                self.unknown_events += 1;
                if self.unknown.len() < MAX_UNKNOWN && !self.unknown.contains(&entry.event) {
                    self.unknown.push(entry.event.clone());
                }
            }
        }
    }

    pub(super) fn opening(&mut self) {
        self.openings += 1;
    }

    pub(super) fn erasure(&mut self) {
        self.erasures += 1;
    }

    /// The report as one JSON object.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let events: serde_json::Map<String, Value> = self
            .counted()
            .map(|(name, count)| (name.to_owned(), Value::from(count)))
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|finding| {
                json!({
                    "check": finding.check(),
                    "firstIndex": finding.range.map(|(first, _)| first),
                    "lastIndex": finding.range.map(|(_, last)| last),
                    "text": finding.sentence(Language::English),
                })
            })
            .collect();
        let (found, pending, earlier) = self.receipts;
        let reports: serde_json::Map<String, Value> = self
            .reports
            .iter()
            .map(|(name, count)| ((*name).to_owned(), Value::from(*count)))
            .collect();
        json!({
            "verdict": self.verdict.slug(),
            "exitCode": self.verdict.exit_code(),
            "firstBadIndex": self.first_bad_index(),
            "findings": findings,
            "findingsTotal": self.found,
            "origin": self.checkpoint().map(|checkpoint| &checkpoint.origin),
            "size": self.checkpoint().map(|checkpoint| checkpoint.size),
            "root": self.checkpoint().map(|checkpoint| base64(&checkpoint.root)),
            "log": self.signed.as_ref().map(|(_, log)| log),
            "witnesses": self.witnesses,
            "first": self.first_leaf,
            "carried": self.carried,
            "earlierSize": self.earlier,
            "entries": self.entries,
            "events": events,
            "unknownEvents": self.unknown_events,
            "unknownEventNames": self.unknown,
            "firstTime": self.first.map(|time| time.to_string()),
            "lastTime": self.last.map(|time| time.to_string()),
            "openings": self.openings,
            "erasures": self.erasures,
            "pendingNotices": self.pending_notices,
            "receipts": { "found": found, "pending": pending, "earlier": earlier },
            "reports": reports,
        })
    }

    /// The report to read.
    #[must_use]
    pub fn to_text(&self, language: Language) -> String {
        let mut out = format!("{}\n", self.verdict.sentence(language));
        for finding in &self.findings {
            let _ = writeln!(out, "  - {}", finding.sentence(language));
        }
        let more = self.found - self.findings.len() as u64;
        if more > 0 {
            let _ = writeln!(out, "  - {more} {}", language.pick("more", "andere"));
        }
        if let Some((checkpoint, log)) = &self.signed {
            let mut row = |en, nl, value: &str| {
                let _ = writeln!(out, "{:<14}{value}", language.pick(en, nl));
            };
            out_head(&mut row, checkpoint, log);
            if self.witnesses > 0 {
                row("Witnesses", "Getuigen", &self.witnesses.to_string());
            }
            if self.first_leaf > 0 {
                let (first, carried) = (self.first_leaf, self.carried);
                let en = format!(
                    "{first} to {}, with {carried} earlier entries of what was open",
                    checkpoint.size - 1
                );
                let nl = format!(
                    "{first} tot en met {}, met {carried} eerdere regels van wat open stond",
                    checkpoint.size - 1
                );
                row(
                    "This export",
                    "Deze export",
                    if language == Language::English { &en } else { &nl },
                );
            }
            if let Some(earlier) = self.earlier {
                let en = format!("the first {earlier} entries are those of the earlier checkpoint");
                let nl = format!("de eerste {earlier} regels zijn die van het eerdere checkpoint");
                row(
                    "Continues",
                    "Vervolg",
                    if language == Language::English { &en } else { &nl },
                );
            }
        }
        if self.is_good() {
            self.details(&mut out, language);
        }
        out
    }

    fn details(&self, out: &mut String, language: Language) {
        let mut row = |en, nl, value: &str| {
            let _ = writeln!(out, "{:<14}{value}", language.pick(en, nl));
        };
        if let (Some(first), Some(last)) = (self.first, self.last) {
            row("Period", "Periode", &format!("{first} - {last}"));
        }
        row("Openings", "Openingen", &self.openings.to_string());
        row("Erased", "Gewist", &self.erasures.to_string());
        if self.pending_notices > 0 {
            row("Notices due", "Nog te melden", &self.pending_notices.to_string());
        }
        let (found, pending, earlier) = self.receipts;
        if found + pending + earlier > 0 {
            let en = format!("{found} kept, {pending} not due yet, {earlier} due before this export");
            let nl = format!(
                "{found} nagekomen, {pending} nog niet verlopen, {earlier} van v\u{f3}\u{f3}r deze export"
            );
            row(
                "Receipts",
                "Ontvangst",
                if language == Language::English { &en } else { &nl },
            );
        }
        row("Reports", "Rapporten", "");
        for (name, count) in &self.reports {
            let _ = writeln!(out, "  {count:>10}  {name}");
        }
        let mut row = |en, nl, value: &str| {
            let _ = writeln!(out, "{:<14}{value}", language.pick(en, nl));
        };
        row("Events", "Gebeurtenissen", "");
        for (name, count) in self.counted() {
            let _ = writeln!(out, "  {count:>10}  {name}");
        }
        if self.unknown_events > 0 {
            let note = language.pick(
                "unknown to this version, not judged:",
                "onbekend in deze versie, niet beoordeeld:",
            );
            let _ = writeln!(
                out,
                "  {:>10}  {note} {}",
                self.unknown_events,
                self.unknown.join(", ")
            );
        }
        out.push_str(language.pick(
            "Checked: shape of the archive, signature, every entry, root, continuation, openings, erasures, CSV, reports,\n\
             receipts, and the replay: no content without consent, every match from two organisations, every party told,\n\
             times in order.\n\
             A log cannot show what was never entered in it.\n",
            "Gecontroleerd: vorm van het archief, handtekening, elke regel, wortel, vervolg, openingen, wissingen, CSV,\n\
             rapporten, ontvangstbewijzen, en het naspelen: geen inhoud zonder toestemming, elke match van twee\n\
             instanties, elke partij bericht, tijden op volgorde. Een log kan niet laten zien wat er nooit in is gezet.\n",
        ));
    }

    /// Known events that occur, with their counts.
    fn counted(&self) -> impl Iterator<Item = (&'static str, u64)> {
        KNOWN_EVENTS
            .iter()
            .copied()
            .zip(self.events.iter().copied())
            .filter(|(_, count)| *count > 0)
    }
}

/// Makes the reports anew and compares.
pub(super) fn reports(
    archive: &mut (impl Read + Seek),
    files: &Files,
    facts: &Facts,
    (csv, views_differ): &mut (Section, bool),
    report: &mut Report,
) -> io::Result<()> {
    let made = Reports::new(facts);
    report.reports = made.counts().to_vec();
    for (name, member, expected) in [
        ("reports.json", files.reports_json, made.to_json()),
        ("reports.txt", files.reports_txt, made.to_text()),
    ] {
        let mut section = Section::new(member);
        if !section.goes_on_with(archive, expected.as_bytes())? || !section.is_at_end() {
            report.find(&say::REPORTS_DIFFER, None, name);
        }
    }
    let mut same = !*views_differ;
    made.rows(|row| {
        same = same && csv.goes_on_with(archive, row)?;
        Ok::<(), io::Error>(())
    })?;
    if !same || !csv.is_at_end() {
        report.find(&say::REPORTS_DIFFER, None, "reports.csv");
    }
    Ok(())
}

fn out_head(row: &mut impl FnMut(&'static str, &'static str, &str), checkpoint: &Checkpoint, log: &str) {
    row("Log", "Log", &checkpoint.origin);
    row("Key", "Sleutel", log);
    row("Entries", "Regels", &checkpoint.size.to_string());
    row("Root", "Wortel", &base64(&checkpoint.root));
}
