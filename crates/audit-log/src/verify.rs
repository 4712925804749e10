//! The offline verifier: recomputes everything from the contents of a bundle and holds it against one signature of a
//! key the supervisor trusts. It reads the bundle twice from front to back, keeps about 40 bytes per entry for the
//! replay of lifecycles, opens no network connection and reads no clock.
//!
//! The order of the checks decides which finding is reported when several would be: the shape of the archive, the
//! signature, the files around the log, each leaf, the root, the earlier checkpoint, the derived files, the openings,
//! and last the rules of the lifecycles. A stage that finds something ends the run; all findings of it are reported.

mod entries;
mod message;
mod openings;
mod replay;
mod report;

use std::io::{self, Read, Seek};

pub use message::{Language, Verdict};
pub use report::{Finding, KNOWN_EVENTS, Report};

use crate::bundle::{FILES, MAX_MANIFEST_BYTES, Manifest, README};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{MAX_NOTE_BYTES, Verifier};
use crate::policy::{MAX_POLICY_BYTES, Policy};
use crate::section::Section;
use crate::tar::{self, Member, Misshape};
use crate::verify::message as say;

/// Verifies `bundle` against `policy` and, when given, the signed checkpoint of an earlier export.
///
/// # Errors
/// Only when reading fails; whatever is wrong with the contents is in the [`Report`].
pub fn verify(
    bundle: &mut (impl Read + Seek),
    policy: &Policy,
    previous: Option<&[u8]>,
) -> io::Result<Report> {
    let mut report = Report::default();
    stages(bundle, policy, previous, &mut report)?;
    Ok(report)
}

/// The signed checkpoint inside a bundle, unverified; `None` when it has no place where one could be.
///
/// # Errors
/// Only when reading fails.
pub fn checkpoint_of(bundle: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    match tar::read(bundle, &FILES)? {
        Ok([_, _, checkpoint, ..]) => Section::whole(bundle, checkpoint, MAX_NOTE_BYTES),
        Err(_) => Ok(None),
    }
}

fn stages(
    bundle: &mut (impl Read + Seek),
    policy: &Policy,
    previous: Option<&[u8]>,
    report: &mut Report,
) -> io::Result<()> {
    let members = match tar::read(bundle, &FILES)? {
        Ok(members) => members,
        Err(misshape) => {
            shape(misshape, report);
            return Ok(());
        }
    };
    let [
        manifest,
        bundled_policy,
        checkpoint,
        entries,
        openings,
        erasures,
        events,
        readme,
    ] = members;

    let Some((checkpoint, log)) = signature(bundle, checkpoint, policy, report)? else {
        return Ok(());
    };
    report.signed(&checkpoint, &log);
    let earlier = match previous {
        None => None,
        Some(note) => match earlier(note, &checkpoint, policy, report) {
            None => return Ok(()),
            earlier => earlier,
        },
    };
    let manifest = around(
        bundle,
        [manifest, bundled_policy, readme],
        &checkpoint,
        &log,
        report,
    )?;
    let Some(manifest) = manifest.filter(|_| report.is_good()) else {
        return Ok(());
    };

    let walked = entries::walk(
        bundle,
        [entries, erasures, events],
        &manifest,
        earlier.as_ref(),
        report,
    )?;
    let Some(walked) = walked else { return Ok(()) };
    if !walked.root_matches {
        let index = match walked.first_difference {
            Some(index) => Some(index),
            None => openings::first_mismatch(bundle, entries, openings)?,
        };
        walked.report_tampering(index, &checkpoint, earlier.as_ref(), report);
        return Ok(());
    }
    walked.report_fork(&checkpoint, earlier.as_ref(), report);
    if report.is_good() {
        walked.report_derived(report);
    }
    if !report.is_good() {
        return Ok(());
    }
    let mut erased = walked.erased;
    openings::check(
        bundle,
        [entries, openings],
        &manifest,
        walked.export,
        &mut erased,
        report,
    )?;
    if report.is_good() {
        erased.report(report);
        walked.replay.report(walked.export, report);
    }
    Ok(())
}

fn shape(misshape: Misshape, report: &mut Report) {
    match misshape {
        Misshape::Short => report.find(&say::TAR_SHORT, None, ""),
        Misshape::Header(file) => report.find(&say::TAR_HEADER, None, file),
        Misshape::Padding(file) => report.find(&say::TAR_PADDING, None, file),
        Misshape::End => report.find(&say::TAR_END, None, ""),
    }
}

/// The checkpoint and the key it is signed with.
fn signature(
    bundle: &mut (impl Read + Seek),
    checkpoint: Member,
    policy: &Policy,
    report: &mut Report,
) -> io::Result<Option<(Checkpoint, Verifier)>> {
    let Some(note) = Section::whole(bundle, checkpoint, MAX_NOTE_BYTES)? else {
        report.find(&say::CHECKPOINT_FORM, None, "");
        return Ok(None);
    };
    Ok(match Checkpoint::open_with_key(&note, policy) {
        Ok((checkpoint, log, _)) => Some((checkpoint, log.clone())),
        Err(error) => {
            let (message, why) = match error {
                CheckpointError::Malformed(why) => (&say::CHECKPOINT_FORM, why),
                CheckpointError::Untrusted(why) => (&say::CHECKPOINT_UNTRUSTED, why),
            };
            report.find(message, None, why);
            None
        }
    })
}

fn earlier(note: &[u8], now: &Checkpoint, policy: &Policy, report: &mut Report) -> Option<Checkpoint> {
    match Checkpoint::open(note, policy) {
        Ok(earlier) if earlier.origin == now.origin => Some(earlier),
        Ok(_) => {
            report.find(&say::EARLIER_OTHER_LOG, None, "");
            None
        }
        Err(CheckpointError::Malformed(why)) => {
            report.find(&say::EARLIER_FORM, None, why);
            None
        }
        Err(CheckpointError::Untrusted(why)) => {
            report.find(&say::EARLIER_UNTRUSTED, None, why);
            None
        }
    }
}

/// The files that follow from the checkpoint and the scope: each is made anew and compared.
fn around(
    bundle: &mut (impl Read + Seek),
    [manifest, policy, readme]: [Member; 3],
    checkpoint: &Checkpoint,
    log: &Verifier,
    report: &mut Report,
) -> io::Result<Option<Manifest>> {
    if Section::whole(bundle, policy, MAX_POLICY_BYTES)?.as_deref() != Some(Policy::text_for(log).as_bytes())
    {
        report.find(&say::POLICY_DIFFERS, None, "");
    }
    if Section::whole(bundle, readme, README.len())?.as_deref() != Some(README.as_bytes()) {
        report.find(&say::README_DIFFERS, None, "");
    }
    let file = Section::whole(bundle, manifest, MAX_MANIFEST_BYTES)?;
    let read = file
        .as_deref()
        .and_then(|file| Manifest::read(file, checkpoint.clone()));
    let Some(manifest) = read else {
        report.find(&say::MANIFEST_FORM, None, "");
        return Ok(None);
    };
    if file.as_deref() != Some(&manifest.to_bytes()[..]) {
        report.find(&say::MANIFEST_DIFFERS, None, "");
    }
    Ok(Some(manifest))
}
