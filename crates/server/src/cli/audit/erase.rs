//! `trefpunt audit erase`, `replay-erasures` and `scope`.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::{Path, PathBuf};

use audit_log::policy::Policy;
use audit_log::verify::{Verdict, verify};
use casework::{EndedAgain, EraseError, Erased, ErasureOf, RecordName, ScopeError};
use clap::Args;
use domain::event::OpeningScope;
use protocol::OrganisationId;
use protocol::id::Id;
use protocol::signal::ProfessionalReference;
use serde_json::json;
use zeroize::Zeroizing;

use super::super::{ConfigFile, Failure, shown, with_casework};
use crate::{files, out};

/// The most that is read from standard input, in bytes.
const MAX_INPUT_BYTES: u64 = 1024 * 1024;

/// Erases what stands behind the log about a professional or about records. What it is about is read from standard input
/// or a file, never from the command line, which shells remember.
#[derive(Debug, Args)]
pub(in super::super) struct Erase {
    #[command(flatten)]
    config: ConfigFile,
    /// About a professional of this organisation; the reference the organisation uses is read, one line.
    #[arg(
        long,
        value_name = "ORG",
        required_unless_present = "records",
        conflicts_with = "records"
    )]
    professional_of: Option<OrganisationId>,
    /// About records; one a line is read: `match ID`, or a tag of the log such as `s_` and 32 digits.
    #[arg(long)]
    records: bool,
    /// Reads this file in place of standard input.
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    /// One JSON object in place of a sentence.
    #[arg(long)]
    json: bool,
}

/// Erases again, after a restore from a backup, what a later export says was erased.
#[derive(Debug, Args)]
pub(in super::super) struct ReplayErasures {
    #[command(flatten)]
    config: ConfigFile,
    /// The exports taken since the backup, tar files: one from the start of the log, or each by period. They are
    /// verified before anything is erased.
    #[arg(required = true)]
    bundles: Vec<PathBuf>,
    /// The policy of the log the export is of, when that is not the log of the settings.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// That so many signed entries are in none of the exports, and nobody has one that tells of them. Without this the
    /// command says how many there are and does nothing.
    #[arg(long, value_name = "ENTRIES", default_value_t = 0)]
    lost: u64,
    /// One JSON object in place of a sentence.
    #[arg(long)]
    json: bool,
}

/// Decides which openings a supervisor may have in its exports.
#[derive(Debug, Args)]
pub(in super::super) struct Scope {
    #[command(flatten)]
    config: ConfigFile,
    /// The supervisor's organisation.
    supervisor: OrganisationId,
    /// Openings of these events only; may be given several times. All when not given.
    #[arg(long = "event", value_name = "NAME")]
    events: Vec<String>,
    /// Openings of these organisations only; may be given several times. All when not given.
    #[arg(long = "organisation", value_name = "ORG")]
    organisations: Vec<OrganisationId>,
}

impl Erase {
    pub(in super::super) async fn run(&self) -> Result<(), Failure> {
        let what = self.what()?;
        let erased = with_casework(&self.config, async |casework| {
            casework.erase(&what).await.map_err(failure)
        })
        .await?;
        tell(&erased, self.json);
        Ok(())
    }

    fn what(&self) -> Result<ErasureOf, Failure> {
        let text = input(self.from.as_deref())?;
        let Some(organisation) = self.professional_of else {
            return records(&text);
        };
        let reference: ProfessionalReference = text
            .trim_end_matches(['\r', '\n'])
            .parse()
            .map_err(|_| Failure::usage("what was read is not one reference of a professional"))?;
        Ok(ErasureOf::Professional {
            organisation,
            reference,
        })
    }
}

fn records(text: &str) -> Result<ErasureOf, Failure> {
    let mut records = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let record = match line.strip_prefix("match ") {
            Some(id) => id.trim().parse::<Id>().ok().map(RecordName::Match),
            None => line.parse().ok().map(RecordName::Tag),
        };
        let wrong = || Failure::usage(format_args!("line {number} names no record"));
        records.push(record.ok_or_else(wrong)?);
    }
    if records.is_empty() {
        return Err(Failure::usage("no record was named"));
    }
    Ok(ErasureOf::Records(records))
}

fn input(file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file {
        return Ok(files::read(file)?);
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(MAX_INPUT_BYTES)
        .read_to_string(&mut text)
        .map_err(|_| Failure::usage("standard input is no text"))?;
    Ok(text)
}

fn failure(error: EraseError) -> Failure {
    match error {
        EraseError::Store(error) => error.into(),
        error => Failure::usage(error),
    }
}

fn tell(erased: &Erased, json: bool) {
    let Erased {
        openings,
        contacts,
        kept,
    } = erased;
    if json {
        out::json(&json!({"openings": openings, "contacts": contacts, "kept": kept}));
        return;
    }
    out::line(format_args!(
        "{openings} openings and {contacts} contacts erased; {kept} contacts stay because their signal still counts."
    ));
}

impl ReplayErasures {
    pub(in super::super) async fn run(&self) -> Result<(), Failure> {
        let erased = with_casework(&self.config, async |casework| {
            let policy = match &self.policy {
                Some(file) => files::read(file)?.to_string(),
                None => casework.log_policy(),
            };
            let policy =
                Policy::parse(policy.as_bytes()).map_err(|_| Failure::usage("the policy is none"))?;
            let mut bundles = Vec::new();
            let mut told = Vec::new();
            for bundle in &self.bundles {
                let (bundle, entries) = good(bundle, &policy)?;
                bundles.push(bundle);
                told.push(entries);
            }
            let lost = casework.entries_untold(&told).await?;
            if lost != self.lost {
                return Err(Failure::usage(format_args!(
                    "{lost} signed entries are neither in this database nor in these exports: what was erased, destroyed or \
                     taken back in them would stay. Give the exports that tell of them, or --lost {lost} when there are none"
                )));
            }
            let mut events = Vec::new();
            let mut again = EndedAgain::default();
            for mut bundle in bundles {
                let erased = audit_log::bundle::erased_events(&mut bundle).map_err(Failure::failed)?;
                events.extend(erased.into_iter().map(u128::from_be_bytes));
                let ended = audit_log::bundle::ended_for_good(&mut bundle).map_err(Failure::failed)?;
                let ended = casework.replay_endings(&ended).await?;
                again.signals += ended.signals;
                again.consents += ended.consents;
                again.contents += ended.contents;
            }
            Ok((again, casework.replay_erasures(&events).await?))
        })
        .await?;
        let (again, erased) = erased;
        tell_replayed(&again, &erased, self.json);
        Ok(())
    }
}

fn tell_replayed(again: &EndedAgain, erased: &Erased, json: bool) {
    let EndedAgain {
        signals,
        consents,
        contents,
    } = again;
    if json {
        let Erased {
            openings,
            contacts,
            kept,
        } = erased;
        out::json(&json!({
            "signals": signals, "consents": consents, "contents": contents, "openings": openings, "contacts": contacts,
            "kept": kept,
        }));
        return;
    }
    out::line(format_args!(
        "{signals} signals destroyed, {consents} consents ended and the content of {contents} messages destroyed again."
    ));
    tell(erased, json);
}

/// An export, once everything in it was found good, and the entries it tells of.
fn good(bundle: &Path, policy: &Policy) -> Result<(File, Range<u64>), Failure> {
    let unusable = |error: std::io::Error| Failure::usage(format_args!("{}: {error}", shown(bundle)));
    let mut file = File::open(bundle).map_err(unusable)?;
    let report = verify(&mut file, policy, None).map_err(unusable)?;
    if report.verdict() != Verdict::Good {
        return Err(Failure::usage(format_args!(
            "{}: not a good export of this log; `verify-audit-log` says why",
            shown(bundle)
        )));
    }
    let end = report.checkpoint().map_or(0, |checkpoint| checkpoint.size);
    Ok((file, report.first_leaf()..end))
}

impl Scope {
    pub(in super::super) async fn run(&self) -> Result<(), Failure> {
        let some = |names: BTreeSet<String>| (!names.is_empty()).then_some(names);
        let scope = OpeningScope {
            events: some(self.events.iter().cloned().collect()),
            organisations: some(self.organisations.iter().map(ToString::to_string).collect()),
        };
        with_casework(&self.config, async |casework| {
            let set = casework.set_audit_scope(self.supervisor, scope).await;
            set.map_err(|error| match error {
                ScopeError::Store(error) => error.into(),
                error => Failure::usage(error),
            })
        })
        .await?;
        out::line("The scope holds from the next export on.");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_a_line_each_and_a_wrong_line_is_named_by_its_number() {
        let text = format!("s_{:032x}\n\n match AAAAAAAAAAAAAAAAAAAAAA\r\n", 5);
        let ErasureOf::Records(records) = records(&text).unwrap() else {
            panic!("records")
        };
        assert_eq!(records.len(), 2);
        for wrong in ["", "x\n", "s_5", "match 1", "match AAAAAAAAAAAAAAAAAAAAAA extra"] {
            assert!(super::records(wrong).is_err(), "{wrong}");
        }
        let refused = super::records("s_00000000000000000000000000000005\ngeheim")
            .err()
            .unwrap();
        assert_eq!(refused.lines, ["line 2 names no record"]);
    }
}
