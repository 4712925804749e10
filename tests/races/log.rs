//! The live log under everything that can be done to it: two signers, a crash between two steps, a restore from an old
//! backup, a disk that fails, and an administrator of the database who edits, swaps, cuts and signs anew.

use std::io::Cursor;
use std::sync::Arc;

use audit_log::checkpoint::{Checkpoint, LogSigner};
use audit_log::policy::Policy;
use audit_log::tree::{Frontier, Hash, leaf_hash};
use audit_log::verify::{Report, Verdict, Verification};
use casework::anchor::Anchored;
use casework::cosign_log::{CosignAnswer, CosignError, CosignRequest, Cosigning, Witness};
use casework::{CannotSign, LogState, OperateLogError, Scrubbed};
use client::Submitted;
use protocol::consent::AgeBand;
use protocol::problem::ProblemType;
use serde_json::Value;
use tests::{Export, Professional, Region, Sector, assert_sound, child, eventually, refusal};

use crate::two_in_contact;

/// The region's own key, as somebody has it who can read the machine's files.
fn real_key() -> LogSigner {
    LogSigner::from_seed("trefpunt.example/test", &[9; 32]).unwrap()
}

async fn execute(region: &Region, sql: &str) {
    region
        .database
        .superuser()
        .await
        .batch_execute(sql)
        .await
        .unwrap();
}

fn bytea(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("decode('{digits}', 'hex')")
}

pub(crate) async fn leaves(region: &Region) -> Vec<Vec<u8>> {
    let client = region.database.superuser().await;
    let rows = client
        .query("SELECT leaf FROM audit.leaf ORDER BY index", &[])
        .await;
    rows.unwrap().iter().map(|row| row.get(0)).collect()
}

fn tree_of(leaves: &[Vec<u8>]) -> Frontier {
    let mut tree = Frontier::new();
    leaves.iter().for_each(|leaf| tree.push(leaf_hash(leaf)));
    tree
}

/// Makes these the leaves of the database, with everything that is computed from them; checkpoints beyond them go.
pub(crate) async fn put_leaves(region: &Region, leaves: &[Vec<u8>]) -> Frontier {
    let mut sql = String::from(
        "DELETE FROM audit.cosignature; DELETE FROM audit.tile; DELETE FROM audit.leaf; DELETE FROM audit.pending;\n",
    );
    for (index, leaf) in leaves.iter().enumerate() {
        let entry: Value = serde_json::from_slice(leaf).unwrap();
        let (id, leaf) = (entry["id"].as_str().unwrap(), bytea(leaf));
        sql.push_str(&format!(
            "INSERT INTO audit.leaf VALUES ({index}, '{id}', {leaf});\n"
        ));
    }
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
    for (index, tile) in hashes.chunks_exact(256).enumerate() {
        let mut tree = Frontier::new();
        tile.iter().for_each(|hash| tree.push(*hash));
        let root = bytea(&tree.root());
        sql.push_str(&format!("INSERT INTO audit.tile VALUES (1, {index}, {root});\n"));
    }
    let tree = tree_of(leaves);
    let (size, frontier) = (tree.size(), bytea(&tree.to_bytes()));
    sql.push_str(&format!(
        "UPDATE audit.head SET size = {size}, frontier = {frontier};\n"
    ));
    sql.push_str(&format!("DELETE FROM audit.checkpoint WHERE size > {size};\n"));
    execute(region, &sql).await;
    tree
}

fn policy(region: &Region) -> Policy {
    Policy::parse(region.casework.log_policy().as_bytes()).unwrap()
}

/// What the verifier says of a bundle beside a checkpoint that was kept, and receipts.
fn verified(region: &Region, export: &Export, kept: Option<&Export>, receipts: Vec<String>) -> Report {
    let policy = policy(region);
    let mut verification = Verification::new(&policy);
    if let Some(kept) = kept {
        let checkpoint = audit_log::verify::checkpoint_of(&mut Cursor::new(&kept.bundle));
        verification = verification.earlier(checkpoint.unwrap().unwrap());
    }
    let named = (1..)
        .zip(receipts)
        .map(|(n, receipt)| (format!("receipt {n}"), receipt));
    verification
        .receipts(named.collect())
        .run(&mut Cursor::new(&export.bundle))
        .unwrap()
}

fn findings(report: &Report) -> Vec<&str> {
    report
        .findings()
        .iter()
        .map(audit_log::verify::Finding::check)
        .collect()
}

/// Every published checkpoint is a prefix of the leaves as they are.
async fn assert_consistent(region: &Region) {
    let leaves = leaves(region).await;
    let policy = policy(region);
    for note in region
        .texts("SELECT note FROM audit.checkpoint ORDER BY size")
        .await
    {
        let checkpoint = Checkpoint::open(note.as_bytes(), &policy).unwrap();
        let size = usize::try_from(checkpoint.size).unwrap();
        assert_eq!(tree_of(&leaves[..size]).root(), checkpoint.root, "{size}");
    }
    let anchored = region.anchor.read().unwrap();
    let size = usize::try_from(anchored.tree.size()).unwrap();
    assert_eq!(tree_of(&leaves[..size]), anchored.tree);
}

pub(crate) async fn published(region: &Region) {
    region.quiet().await;
    eventually("everything is published", async || {
        let lag =
            "SELECT (SELECT size FROM audit.head) - (SELECT coalesce(max(size), 0) FROM audit.checkpoint)";
        (region.count(lag).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn two_programs_sign_one_log() {
    let region = Region::start().await;
    let second = region.second_instance();
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let elsewhere = school.calling(&second.url);
    for number in 0..40 {
        let signal = school.new_signal(&child(number), "2027-09-01");
        let partner = if number % 2 == 0 {
            &school.partner
        } else {
            &elsewhere
        };
        partner.submit_signal(&signal, None).await.unwrap();
    }
    published(&region).await;
    assert_consistent(&region).await;
    assert!(matches!(
        region.casework.scrub_all().await.unwrap(),
        Scrubbed::Sound(_)
    ));
    assert_sound(&region).await;
}

#[tokio::test]
async fn what_was_anchored_before_a_crash_is_published_after_it() {
    let mut region = Region::start().await;
    let (school, _, match_id) = two_in_contact(&region).await;
    published(&region).await;
    region.stop_drivers().await;
    // As if the program had ended between the anchor and the database.
    let newest = "SELECT note FROM audit.checkpoint ORDER BY size DESC LIMIT 1";
    let before = region.texts(newest).await;
    let cut = "DELETE FROM audit.checkpoint WHERE size = (SELECT max(size) FROM audit.checkpoint)";
    execute(&region, cut).await;
    school.sees(match_id).await;
    let restarted = region.second_instance();
    published(&region).await;
    let all = region
        .texts("SELECT note FROM audit.checkpoint ORDER BY size")
        .await;
    assert!(all.contains(&before[0]));
    assert_eq!(restarted.casework.log_state(), LogState::Good);
    assert_consistent(&region).await;
}

#[tokio::test]
async fn an_old_backup_is_not_signed_and_goes_on_under_another_name() {
    let mut region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, _, match_id) = two_in_contact(&region).await;
    let kept = supervisor.verifies().await;
    published(&region).await;
    region.stop_drivers().await;

    let now = leaves(&region).await;
    put_leaves(&region, &now[..now.len() - 4]).await;
    let anchored = region.anchor.read().unwrap();
    region.casework.sequence_once().await.unwrap();
    let behind = LogState::Stopped(CannotSign::Behind {
        anchored: now.len() as u64,
        stored: now.len() as u64 - 4,
    });
    assert_eq!(region.casework.log_state(), behind);
    assert!(!region.casework.log_is_sound());
    // What would get a receipt is refused; looking goes on.
    let refused = school
        .tries_to_ask_consent(match_id, AgeBand::Under12, 1, None)
        .await;
    assert_eq!(refusal(refused), ProblemType::TryAgain);
    for _ in 0..6 {
        school.sees(match_id).await;
    }
    // Longer than what was signed, and still not the same.
    region.casework.sequence_once().await.unwrap();
    let forked = LogState::Stopped(CannotSign::Forked {
        anchored: now.len() as u64,
    });
    assert_eq!(region.casework.log_state(), forked);
    assert_eq!(region.anchor.read().unwrap(), anchored, "nothing was signed");

    // Nor does it go on under another name before erasures were replayed, although it is long enough again.
    let next = LogSigner::from_seed("trefpunt.example/test-2", &[9; 32]).unwrap();
    assert!(matches!(
        region.casework.begin_origin(&next).await,
        Err(OperateLogError::ErasuresNotReplayed)
    ));
    region.casework.replay_erasures(&[]).await.unwrap();
    let old = region.casework.begin_origin(&next).await.unwrap();
    assert_eq!(old, anchored);
    let opened: Value = serde_json::from_slice(leaves(&region).await.last().unwrap()).unwrap();
    assert_eq!(opened["e"], "log.opened");
    assert_eq!(region.anchor.read().unwrap().origin(), "trefpunt.example/test-2");
    // A program that still has the old name signs nothing.
    region.casework.sequence_once().await.unwrap();
    let other = LogState::Stopped(CannotSign::OtherLog {
        anchored: "trefpunt.example/test-2".to_owned(),
    });
    assert_eq!(region.casework.log_state(), other);
    // The old log's last checkpoint stays what the supervisor has of it.
    assert!(kept.report.findings().is_empty());
}

#[tokio::test]
async fn a_log_that_can_be_signed_says_that_it_ends() {
    let mut region = Region::start().await;
    region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    region.stop_drivers().await;
    let next = LogSigner::from_seed("trefpunt.example/test-2", &[9; 32]).unwrap();
    let old = region.casework.begin_origin(&next).await.unwrap();
    let events: Vec<Value> = leaves(&region)
        .await
        .iter()
        .map(|leaf| serde_json::from_slice(leaf).unwrap())
        .collect();
    let last = usize::try_from(old.tree.size()).unwrap() - 1;
    assert_eq!(events[last]["e"], "log.closed");
    assert_eq!(events[last + 1]["e"], "log.opened");
    assert!(matches!(
        region.casework.scrub_all().await.unwrap(),
        Scrubbed::Sound(_)
    ));
}

#[tokio::test]
async fn without_its_anchor_nothing_is_signed_until_an_operator_adopts_one() {
    let mut region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    let kept = region.casework.latest_checkpoint().await.unwrap().unwrap().note;
    region.stop_drivers().await;
    region.anchor.put(None);
    execute(&region, "UPDATE audit.head SET size = size").await;
    let restarted = region.second_instance();
    eventually("the new program has looked", async || {
        let missing = LogState::Stopped(CannotSign::AnchorMissing);
        (restarted.casework.log_state() == missing).then_some(())
    })
    .await;
    let refused = school
        .calling(&restarted.url)
        .submit_signal(&school.new_signal(&child(1), "2027-09-01"), None)
        .await;
    assert_eq!(refusal(refused), ProblemType::TryAgain);
    eventually(
        "the anchor is adopted between two steps of the signer",
        async || restarted.casework.adopt_anchor(&kept).await.ok(),
    )
    .await;
    eventually("it signs again", async || {
        (restarted.casework.log_state() == LogState::Good).then_some(())
    })
    .await;
    assert!(restarted.casework.adopt_anchor(&kept).await.is_err());
}

#[tokio::test]
async fn an_older_or_another_database_is_not_adopted_whatever_the_operator_says() {
    let mut region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    let older = region.casework.latest_checkpoint().await.unwrap().unwrap();
    school.signals(&child(1)).await;
    published(&region).await;
    region.stop_drivers().await;
    let newest = region.casework.latest_checkpoint().await.unwrap().unwrap();
    assert!(newest.size > older.size);
    region.anchor.put(None);
    let refused = async |kept: &str| region.casework.adopt_anchor(kept).await.unwrap_err().to_string();

    for unknown in ["", "not a checkpoint", &older.note.replace("test", "best")] {
        assert!(
            refused(unknown).await.contains("not signed by this log"),
            "{unknown}"
        );
    }
    // As after a restore: the last checkpoint and its leaves are gone, and the tree is as it was.
    let size = newest.size;
    execute(
        &region,
        &format!("DELETE FROM audit.checkpoint WHERE size = {size}"),
    )
    .await;
    execute(
        &region,
        &format!("DELETE FROM audit.leaf WHERE index >= {}", older.size),
    )
    .await;
    assert!(
        refused(&newest.note)
            .await
            .contains(&format!("does not hold the {size} entries"))
    );
    // An entry rewritten below the kept checkpoint is found as well.
    let rewritten = "UPDATE audit.leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'), '2027', '2026'), 'UTF8') WHERE index = 0";
    execute(&region, rewritten).await;
    assert!(refused(&older.note).await.contains("does not hold"));
    assert!(region.anchor.read().is_none());
}

#[tokio::test]
async fn a_disk_that_fails_delays_and_after_the_promised_time_stops_acts() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    region.anchor.breaks(true);
    school.signals(&child(1)).await;
    region.move_network_time_alone(61).await;
    eventually("the delay is noticed", async || {
        (region.casework.log_state() == LogState::Late).then_some(())
    })
    .await;
    let refused = school
        .partner
        .submit_signal(&school.new_signal(&child(2), "2027-09-01"), None)
        .await;
    assert_eq!(refusal(refused), ProblemType::TryAgain);
    region.anchor.breaks(false);
    eventually("it is published again", async || {
        (region.casework.log_state() == LogState::Good).then_some(())
    })
    .await;
    school.signals(&child(2)).await;
    published(&region).await;
    assert_consistent(&region).await;
}

/// Whatever keeps leaves from being published: here another program that holds the sequencer's lock and hangs, and a
/// tree that cannot be built on.
#[tokio::test]
async fn a_sequencer_that_makes_no_step_stops_acts_after_the_promised_time() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    let hangs = region.database.superuser().await;
    let lock = format!("({}, {})", 0x7472_6566, 0x7365_7100);
    let sql = format!("SELECT pg_advisory_lock{lock}");
    hangs.batch_execute(&sql).await.unwrap();
    school.signals(&child(1)).await;
    region.move_network_time_alone(61).await;
    acts_stop(&region, &school).await;
    let sql = format!("SELECT pg_advisory_unlock{lock}");
    hangs.batch_execute(&sql).await.unwrap();
    eventually("it is published again", async || {
        (region.casework.log_state() == LogState::Good).then_some(())
    })
    .await;

    execute(&region, "UPDATE audit.head SET frontier = 'x'").await;
    school.signals(&child(2)).await;
    region.move_network_time_alone(122).await;
    acts_stop(&region, &school).await;
}

async fn acts_stop(region: &Region, school: &Professional) {
    eventually("the delay is noticed", async || {
        (region.casework.log_state() == LogState::Late).then_some(())
    })
    .await;
    let refused = school
        .partner
        .submit_signal(&school.new_signal(&child(3), "2027-09-01"), None)
        .await;
    assert_eq!(refusal(refused), ProblemType::TryAgain);
}

#[tokio::test]
async fn every_acknowledged_change_has_a_receipt_and_a_leaf_left_out_is_missed() {
    let mut region = Region::start().await;
    let supervisor = region.supervisor().await;
    let (school, youth_help, match_id) = two_in_contact(&region).await;
    let all = school.partner.take_receipts();
    // The signal, that the family was told, the notice that was acknowledged, the contact.
    assert_eq!(all.len(), 4);
    assert!(school.partner.take_receipts().is_empty());
    region.stop_drivers().await;
    school.asks_consent(match_id, AgeBand::Under12, 1).await;
    let dropped = school.partner.take_receipts();
    assert_eq!(dropped.len(), 1);
    let cut =
        "DELETE FROM audit.pending WHERE convert_from(leaf, 'UTF8')::json ->> 'e' = 'consent.requested'";
    execute(&region, cut).await;
    region.start_drivers();
    // Until the promised time is over nothing is missing yet.
    region.move_network_time_alone(61).await;
    let export = supervisor.exports().await;
    let kept: Vec<String> = all
        .into_iter()
        .chain(youth_help.partner.take_receipts())
        .collect();
    assert_eq!(
        verified(&region, &export, None, kept.clone()).verdict(),
        Verdict::Good
    );
    let report = verified(&region, &export, None, kept.into_iter().chain(dropped).collect());
    assert_eq!(report.verdict().exit_code(), 6, "{:?}", report.findings());
    assert_eq!(report.findings().len(), 1);
}

#[tokio::test]
async fn a_repeated_request_has_the_same_receipt_and_one_that_changes_nothing_none() {
    let region = Region::start().await;
    let school = region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    let youth_help = region.professional("Jeugdhulp Anker", Sector::YouthHelp).await;
    let key = "0123456789abcdef".parse().unwrap();
    let signal = school.new_signal(&child(1), "2027-09-01");
    let mut receipts = Vec::new();
    for _ in 0..2 {
        let submitted = school.partner.submit_signal(&signal, Some(&key)).await.unwrap();
        assert!(matches!(submitted, Submitted::New(_)));
        receipts.push(school.partner.take_receipts());
    }
    assert_eq!(receipts[0].len(), 1);
    assert_eq!(receipts[0], receipts[1]);
    let again = school.partner.submit_signal(&signal, None).await.unwrap();
    assert!(matches!(again, Submitted::Known(_)));
    assert!(school.partner.take_receipts().is_empty());
    // Whether others know the child does not show.
    let known = youth_help.new_signal(&child(1), "2027-09-01");
    youth_help.partner.submit_signal(&known, None).await.unwrap();
    let unknown = youth_help.new_signal(&child(2), "2027-09-01");
    youth_help.partner.submit_signal(&unknown, None).await.unwrap();
    let lengths: Vec<usize> = youth_help
        .partner
        .take_receipts()
        .iter()
        .map(String::len)
        .collect();
    assert_eq!(lengths.len(), 2);
    assert_eq!(lengths[0], lengths[1]);
}

/// One row that is changed: the export does not verify, and the scrubber finds the place.
#[tokio::test]
async fn drill_a_row_is_edited() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    two_in_contact(&region).await;
    let kept = supervisor.verifies().await;
    let edit = "UPDATE audit.leaf SET leaf = convert_to(replace(convert_from(leaf, 'UTF8'),
                    '\"to\":\"active\"', '\"to\":\"paused\"'), 'UTF8')
                 WHERE index = (SELECT min(index) FROM audit.leaf
                                 WHERE convert_from(leaf, 'UTF8')::json ->> 'e' = 'signal.submitted')";
    execute(&region, edit).await;
    assert_not_exported(&supervisor).await;
    // Nor does it help to do the same to a bundle.
    let at = place(&kept, "\"to\":\"active\"");
    let edited = changed(&region, &kept, |bundle| {
        bundle[at..at + 13].copy_from_slice(b"\"to\":\"paused\"")
    });
    assert_eq!(edited.verdict(), Verdict::Tampered, "{:?}", findings(&edited));
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Fault { .. }), "{scrubbed:?}");
    // It is told in the log itself, once, and to whoever asks.
    let again = region.casework.scrub_all().await.unwrap();
    assert_eq!(again, scrubbed);
    published(&region).await;
    assert_eq!(tests::events(&region).await["log.fault_found"], 1);
    assert!(region.casework.scrub_state().await.unwrap().fault.is_some());
    assert!(!region.casework.log_is_sound());
    region.casework.accept_fault().await.unwrap();
    assert!(region.casework.log_is_sound());
}

/// A checkpoint from before the log's key was changed, when the old key is gone: no fault. A signature of the present
/// key that is wrong: a fault.
#[tokio::test]
async fn the_scrubber_knows_that_keys_come_and_go() {
    let region = Region::start().await;
    two_in_contact(&region).await;
    published(&region).await;
    let leaves = leaves(&region).await;
    let size = region.count("SELECT min(size) FROM audit.checkpoint").await;
    let tree = tree_of(&leaves[..usize::try_from(size).unwrap()]);
    let put = async |note: String| {
        execute(
            &region,
            &format!("UPDATE audit.checkpoint SET note = '{note}' WHERE size = {size}"),
        )
        .await;
    };
    let old_key = LogSigner::from_seed("trefpunt.example/test", &[8; 32]).unwrap();
    put(old_key.sign(tree.size(), tree.root())).await;
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Sound(_)), "{scrubbed:?}");

    let other = real_key().sign(tree.size(), [7; 32]);
    let right = real_key().sign(tree.size(), tree.root());
    let (text, _) = right.split_once("\n\n").unwrap();
    let (_, signature) = other.split_once("\n\n").unwrap();
    put(format!("{text}\n\n{signature}")).await;
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Fault { .. }), "{scrubbed:?}");
}

#[tokio::test]
async fn drill_two_rows_are_swapped() {
    let region = Region::start().await;
    let supervisor = region.supervisor().await;
    two_in_contact(&region).await;
    let kept = supervisor.verifies().await;
    let swap = "UPDATE audit.leaf SET index = CASE index WHEN 3 THEN -4 ELSE -3 END WHERE index IN (3, 4)";
    execute(&region, swap).await;
    execute(&region, "UPDATE audit.leaf SET index = -index WHERE index < 0").await;
    assert_not_exported(&supervisor).await;
    let (first, second) = two_lines(&kept);
    let swapped = changed(&region, &kept, |bundle| {
        let line = bundle[first.clone()].to_vec();
        bundle.copy_within(second.clone(), first.start);
        bundle[second].copy_from_slice(&line);
    });
    assert_eq!(swapped.verdict(), Verdict::Tampered, "{:?}", findings(&swapped));
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Fault { .. }), "{scrubbed:?}");
}

/// The service does not put its name to what it did not sign.
async fn assert_not_exported(supervisor: &tests::Supervisor) {
    let export = supervisor
        .client
        .request_export(&tests::FROM_START, None)
        .await
        .unwrap();
    let mut bundle = Vec::new();
    let refused = supervisor.client.download_bundle(export.id, &mut bundle).await;
    assert_eq!(refusal(refused), ProblemType::InternalError);
}

fn place(export: &Export, text: &str) -> usize {
    let mut windows = export.bundle.windows(text.len());
    windows.position(|window| window == text.as_bytes()).unwrap()
}

/// Where two leaves of equal length stand in a bundle.
fn two_lines(export: &Export) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
    let start = place(export, "{\"v\":1,");
    let mut lines: Vec<std::ops::Range<usize>> = Vec::new();
    let mut at = start;
    for line in export.bundle[start..].split(|byte| *byte == b'\n') {
        if !line.starts_with(b"{\"v\":1,") {
            break;
        }
        if let Some(equal) = lines.iter().find(|seen| seen.len() == line.len()) {
            return (equal.clone(), at..at + line.len());
        }
        lines.push(at..at + line.len());
        at += line.len() + 1;
    }
    panic!("no two leaves of one length");
}

/// What the verifier says of a bundle that was changed on the way.
fn changed(region: &Region, export: &Export, change: impl FnOnce(&mut Vec<u8>)) -> Report {
    let mut bundle = export.bundle.clone();
    change(&mut bundle);
    Verification::new(&policy(region))
        .run(&mut Cursor::new(bundle))
        .unwrap()
}

/// The newest rows and checkpoints are cut: the signer stops, and a kept checkpoint shows it even when the anchor was
/// cut too and the real key signs again.
#[tokio::test]
async fn drill_the_end_is_cut() {
    let mut region = Region::start().await;
    let supervisor = region.supervisor().await;
    two_in_contact(&region).await;
    let kept = supervisor.verifies().await;
    published(&region).await;
    region.stop_drivers().await;
    let before = leaves(&region).await;
    let tree = put_leaves(&region, &before[..before.len() - 3]).await;
    region.casework.sequence_once().await.unwrap();
    assert!(matches!(
        region.casework.log_state(),
        LogState::Stopped(CannotSign::Behind { .. })
    ));
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Fault { .. }), "{scrubbed:?}");

    sign_anew(&region, tree).await;
    region.start_drivers();
    let export = eventually_exported(&region, &supervisor).await;
    let report = verified(&region, &export, Some(&kept), Vec::new());
    assert_eq!(report.verdict(), Verdict::Forked, "{:?}", findings(&report));
}

/// Everything is written anew and signed with the real key, anchor and all. One export alone cannot show it; the
/// checkpoint of an earlier one does, and so does a witness.
#[tokio::test]
async fn drill_everything_is_rewritten_and_signed_with_the_real_key() {
    let mut region = Region::start().await;
    let supervisor = region.supervisor().await;
    two_in_contact(&region).await;
    let kept = supervisor.verifies().await;
    published(&region).await;
    region.stop_drivers().await;
    let honest = region.anchor.read().unwrap();
    let mut rewritten = leaves(&region).await;
    let at = rewritten
        .iter()
        .position(|leaf| String::from_utf8_lossy(leaf).contains("\"e\":\"signal.submitted\""))
        .unwrap();
    // Another instant of the same second breaks no rule.
    let text = String::from_utf8(rewritten[at].clone()).unwrap();
    let fraction = text.find("Z\",\"e\"").unwrap();
    let digit = if text.as_bytes()[fraction - 1] == b'1' {
        "2"
    } else {
        "1"
    };
    rewritten[at] = [&text[..fraction - 1], digit, &text[fraction..]]
        .concat()
        .into_bytes();
    let tree = put_leaves(&region, &rewritten).await;

    region.casework.sequence_once().await.unwrap();
    let scrubbed = region.casework.scrub_all().await.unwrap();
    assert!(matches!(scrubbed, Scrubbed::Fault { .. }), "{scrubbed:?}");
    // New leaves continue the anchored tree and not the rewritten one, so the signer stops at the next of them.
    supervisor
        .client
        .request_export(&tests::FROM_START, None)
        .await
        .unwrap();
    region.casework.sequence_once().await.unwrap();
    assert!(matches!(
        region.casework.log_state(),
        LogState::Stopped(CannotSign::Forked { .. })
    ));
    assert_eq!(region.anchor.read().unwrap(), honest, "nothing was signed");

    execute(&region, "DELETE FROM audit.checkpoint").await;
    execute(&region, "DELETE FROM audit.pending").await;
    put_leaves(&region, &rewritten).await;
    sign_anew(&region, tree).await;
    region.start_drivers();
    let export = eventually_exported(&region, &supervisor).await;
    assert_eq!(
        verified(&region, &export, None, Vec::new()).verdict(),
        Verdict::Good
    );
    let report = verified(&region, &export, Some(&kept), Vec::new());
    assert_eq!(report.verdict(), Verdict::Forked, "{:?}", findings(&report));
}

/// Whoever has the key and reaches the anchor makes both say what the database says.
async fn sign_anew(region: &Region, tree: Frontier) {
    let note = real_key().sign(tree.size(), tree.root());
    let sql = format!(
        "INSERT INTO audit.checkpoint (origin, size, note, signed_at)
         VALUES ('trefpunt.example/test', {}, '{note}', now()) ON CONFLICT DO NOTHING",
        tree.size()
    );
    execute(region, &sql).await;
    region.anchor.put(Some(&Anchored { note, tree }));
}

/// The first answers are refusals until the signer has looked again.
async fn eventually_exported(region: &Region, supervisor: &tests::Supervisor) -> Export {
    eventually("the signer goes on", async || {
        (region.casework.log_state() == LogState::Good).then_some(())
    })
    .await;
    supervisor.exports().await
}

/// A witness that was shown more than there is now.
struct Ahead(u64);

impl Witness for Ahead {
    fn vkey(&self) -> &str {
        "witness.example/w1+00000000+AAAA"
    }

    fn cosign(&self, _: CosignRequest) -> CosignAnswer<'_> {
        Box::pin(async { Err(CosignError::Knows(self.0)) })
    }
}

/// The one thing a witness is for is told, and not taken for having nothing to ask.
#[tokio::test]
async fn a_witness_that_knows_a_larger_log_is_heard() {
    let region = Region::start().await;
    region
        .professional("Basisschool Zonnewijzer", Sector::Education)
        .await;
    published(&region).await;
    let witness: Arc<dyn Witness> = Arc::new(Ahead(1_000_000));
    let asked = region.casework.cosign_once(&witness).await.unwrap();
    assert_eq!(asked, Cosigning::Ahead(1_000_000));
}

/// What may write where: acts only add to what waits.
#[tokio::test]
async fn acts_can_only_add_to_the_log() {
    let region = Region::start().await;
    let may = async |role: &str, table: &str, right: &str| {
        let sql = format!(
            "SELECT (has_table_privilege('{role}', 'audit.{table}', '{right}')
                     OR ('{right}' <> 'DELETE' AND has_any_column_privilege('{role}', 'audit.{table}', '{right}')))::int::bigint"
        );
        region.count(&sql).await == 1
    };
    for role in ["tp_party", "tp_submit", "tp_matcher"] {
        for table in [
            "pending",
            "opening",
            "leaf",
            "head",
            "checkpoint",
            "tile",
            "cosignature",
            "scrub",
        ] {
            let adds = ["pending", "opening"].contains(&table);
            for (right, granted) in [
                ("INSERT", adds),
                ("SELECT", false),
                ("UPDATE", false),
                ("DELETE", false),
            ] {
                let found = may(role, table, right).await;
                // A row's conflict with another is looked up with SELECT by none of these.
                assert_eq!(found, granted, "{role} {right} {table}");
            }
        }
    }
}
