//! The offline verifier: recomputes everything from the contents of a bundle and holds it against one signature of a
//! key the supervisor trusts. It reads the bundle twice from front to back, keeps about 45 bytes per entry for the
//! replay of lifecycles, opens no network connection and reads no clock.
//!
//! The order of the checks decides which finding is reported when several would be: the shape of the archive, the
//! signatures, the receipts' own, the files around the log, the tree before the period and what is carried along, each
//! leaf, the root, the earlier checkpoint, the derived files, the openings, the reports, what the earlier export leaves
//! open, and last receipts and rules. A stage that finds something ends the run; all findings of it are reported.

mod entries;
mod message;
mod openings;
mod period;
mod previous;
mod receipts;
pub(crate) mod replay;
mod report;
pub(crate) mod reports;

use std::io::{self, Read, Seek};

pub use message::{Language, Verdict};
pub use report::{Finding, KNOWN_EVENTS, Report};
pub use reports::REPORTS;

use crate::bundle::{COLUMNS, FILES, MAX_MANIFEST_BYTES, Manifest, README};
use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::note::{MAX_NOTE_BYTES, Verifier};
use crate::policy::{MAX_POLICY_BYTES, Policy};
use crate::section::Section;
use crate::tar::{self, Member, Misshape};
use crate::verify::message as say;
use crate::verify::period::Period;
use crate::verify::receipts::Receipts;

/// Something that can be read from any place, such as a file.
pub trait Archive: Read + Seek {}
impl<T: Read + Seek + ?Sized> Archive for T {}

/// Verifies `bundle` against `policy` and, when given, the signed checkpoint of an earlier export.
///
/// # Errors
/// Only when reading fails; whatever is wrong with the contents is in the [`Report`].
pub fn verify(
    bundle: &mut (impl Read + Seek),
    policy: &Policy,
    previous: Option<&[u8]>,
) -> io::Result<Report> {
    let mut verification = Verification::new(policy);
    verification.earlier = previous.map(<[u8]>::to_vec);
    verification.run(bundle)
}

/// The signed checkpoint inside a bundle, unverified; `None` when it has no place where one could be.
///
/// # Errors
/// Only when reading fails.
pub fn checkpoint_of(bundle: &mut (impl Read + Seek)) -> io::Result<Option<Vec<u8>>> {
    match tar::read(bundle, &FILES)? {
        Ok(members) => Section::whole(bundle, Files::of(members).checkpoint, MAX_NOTE_BYTES),
        Err(_) => Ok(None),
    }
}

/// Everything a bundle is held against.
pub struct Verification<'a> {
    policy: &'a Policy,
    earlier: Option<Vec<u8>>,
    earlier_export: Option<&'a mut dyn Archive>,
    receipts: Vec<(String, String)>,
}

impl<'a> Verification<'a> {
    /// Against this policy alone.
    #[must_use]
    pub fn new(policy: &'a Policy) -> Self {
        Self {
            policy,
            earlier: None,
            earlier_export: None,
            receipts: Vec::new(),
        }
    }

    /// Also against the signed checkpoint of an earlier export.
    #[must_use]
    pub fn earlier(mut self, checkpoint: Vec<u8>) -> Self {
        self.earlier = Some(checkpoint);
        self
    }

    /// Also against the export before this one: its checkpoint, what it leaves open, and the entries that receipts may
    /// be about. It must have been verified itself.
    #[must_use]
    pub fn earlier_export(mut self, bundle: &'a mut dyn Archive) -> Self {
        self.earlier_export = Some(bundle);
        self
    }

    /// Also against these receipts: what each is called in the report, and its text.
    #[must_use]
    pub fn receipts(mut self, receipts: Vec<(String, String)>) -> Self {
        self.receipts = receipts;
        self
    }

    /// Verifies `bundle`.
    ///
    /// # Errors
    /// Only when reading fails; whatever is wrong with the contents is in the [`Report`].
    pub fn run(mut self, bundle: &mut (impl Read + Seek)) -> io::Result<Report> {
        let mut report = Report::default();
        if let (None, Some(export)) = (&self.earlier, &mut self.earlier_export) {
            // An archive without a readable checkpoint is an earlier checkpoint that cannot be read.
            self.earlier = Some(checkpoint_of(export)?.unwrap_or_default());
        }
        self.stages(bundle, &mut report)?;
        Ok(report)
    }

    fn stages(self, bundle: &mut (impl Read + Seek), report: &mut Report) -> io::Result<()> {
        let files = match tar::read(bundle, &FILES)? {
            Ok(members) => Files::of(members),
            Err(misshape) => {
                shape(misshape, report);
                return Ok(());
            }
        };
        let Some((checkpoint, log)) = signature(bundle, files.checkpoint, self.policy, report)? else {
            return Ok(());
        };
        let Some(before) = period::before(bundle, files.previous, &checkpoint, self.policy, report)? else {
            return Ok(());
        };
        let first = before.as_ref().map_or(0, |before| before.size);
        report.first(first);
        let earlier = match self.earlier {
            None => None,
            Some(note) => match earlier(&note, &checkpoint, first, self.policy, report) {
                None => return Ok(()),
                earlier => earlier,
            },
        };
        let mut receipts = Receipts::read(self.receipts, self.policy, &checkpoint.origin, report);
        let manifest = around(bundle, &files, &checkpoint, first, &log, report)?;
        let Some(manifest) = manifest.filter(|_| report.is_good()) else {
            return Ok(());
        };
        let Some(mut period) = Period::read(bundle, &files, before, &checkpoint, report)? else {
            return Ok(());
        };
        if !period.carry(bundle, files.carry, &mut receipts, report)? {
            return Ok(());
        }

        let walked = entries::walk(
            bundle,
            &files,
            &manifest,
            earlier.as_ref(),
            &mut period,
            &mut receipts,
            report,
        )?;
        let Some(mut walked) = walked else { return Ok(()) };
        if !walked.root_matches {
            let index = match walked.first_difference {
                Some(index) => Some(index),
                None => openings::first_mismatch(bundle, first, files.entries, files.openings)?,
            };
            period.report_tampering(report);
            walked.report_tampering(index, &checkpoint, earlier.as_ref(), report);
            return Ok(());
        }
        walked.report_fork(&checkpoint, first, earlier.as_ref(), report);
        period.report_fork(report);
        if report.is_good() {
            walked.report_derived(report);
            period.report_derived(report);
        }
        if !report.is_good() {
            return Ok(());
        }
        openings::check(
            bundle,
            &files,
            &manifest,
            walked.export,
            &mut walked.erased,
            report,
        )?;
        if !report.is_good() {
            return Ok(());
        }
        let facts = period.replay.finish(walked.export);
        report::reports(bundle, &files, &facts, &mut walked.views, report)?;
        if let (Some(export), true) = (self.earlier_export, report.is_good()) {
            let mut export = export;
            previous::check(
                &mut export,
                &period.carried,
                &period.before,
                &walked.erased,
                &mut receipts,
                report,
            )?;
        }
        if report.is_good() {
            walked.erased.report(report);
            receipts.report(facts.from, facts.to, report);
            report.rules(facts);
        }
        Ok(())
    }
}

/// Where the files of a bundle lie.
pub(crate) struct Files {
    pub(crate) manifest: Member,
    pub(crate) policy: Member,
    pub(crate) checkpoint: Member,
    pub(crate) previous: Member,
    pub(crate) consistency: Member,
    pub(crate) frontier: Member,
    pub(crate) entries: Member,
    pub(crate) carry: Member,
    pub(crate) openings: Member,
    pub(crate) erasures: Member,
    pub(crate) events: Member,
    pub(crate) columns: Member,
    pub(crate) reports_json: Member,
    pub(crate) reports_csv: Member,
    pub(crate) reports_txt: Member,
    pub(crate) readme: Member,
}

impl Files {
    /// In the order of [`FILES`].
    fn of(members: [Member; FILES.len()]) -> Self {
        let [
            manifest,
            policy,
            checkpoint,
            previous,
            consistency,
            frontier,
            entries,
            carry,
            openings,
            erasures,
            events,
            columns,
            reports_json,
            reports_csv,
            reports_txt,
            readme,
        ] = members;
        Self {
            manifest,
            policy,
            checkpoint,
            previous,
            consistency,
            frontier,
            entries,
            carry,
            openings,
            erasures,
            events,
            columns,
            reports_json,
            reports_csv,
            reports_txt,
            readme,
        }
    }
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
        Ok((checkpoint, log, witnesses)) => {
            report.signed(&checkpoint, log, witnesses);
            Some((checkpoint, log.clone()))
        }
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

fn earlier(
    note: &[u8],
    now: &Checkpoint,
    first: u64,
    policy: &Policy,
    report: &mut Report,
) -> Option<Checkpoint> {
    match Checkpoint::open_without_quorum(note, policy) {
        Ok(earlier) if earlier.origin != now.origin => report.find(&say::EARLIER_OTHER_LOG, None, ""),
        Ok(earlier) if earlier.size < first => {
            report.find_range(&say::GAP, earlier.size, first - 1);
        }
        Ok(earlier) => return Some(earlier),
        Err(CheckpointError::Malformed(why)) => report.find(&say::EARLIER_FORM, None, why),
        Err(CheckpointError::Untrusted(why)) => report.find(&say::EARLIER_UNTRUSTED, None, why),
    }
    None
}

/// The files that follow from the checkpoints and the scope, or never change: each is made anew and compared.
fn around(
    bundle: &mut (impl Read + Seek),
    files: &Files,
    checkpoint: &Checkpoint,
    first: u64,
    log: &Verifier,
    report: &mut Report,
) -> io::Result<Option<Manifest>> {
    let mut same = |member, most, expected: &str| -> io::Result<bool> {
        Ok(Section::whole(bundle, member, most)?.as_deref() == Some(expected.as_bytes()))
    };
    if !same(files.policy, MAX_POLICY_BYTES, &Policy::text_for(log))? {
        report.find(&say::POLICY_DIFFERS, None, "");
    }
    if !same(files.readme, README.len(), README)? {
        report.find(&say::README_DIFFERS, None, "");
    }
    if !same(files.columns, COLUMNS.len(), COLUMNS)? {
        report.find(&say::COLUMNS_DIFFER, None, "");
    }
    let file = Section::whole(bundle, files.manifest, MAX_MANIFEST_BYTES)?;
    let read = file
        .as_deref()
        .and_then(|file| Manifest::read(file, checkpoint.clone(), first));
    let Some(manifest) = read else {
        report.find(&say::MANIFEST_FORM, None, "");
        return Ok(None);
    };
    if file.as_deref() != Some(&manifest.to_bytes()[..]) {
        report.find(&say::MANIFEST_DIFFERS, None, "");
    }
    Ok(Some(manifest))
}
