//! The audit log: is the newest checkpoint ours, does the database continue the anchor, is everything published, what
//! did the scrubber find?

use audit_log::checkpoint::Checkpoint;
use audit_log::entry::Entry;
use audit_log::policy::Policy;
use casework::anchor::Anchored;
use casework::{PROMISED_WITHIN, policy_text};
use jiff::{SignedDuration, Timestamp};
use store::{Context, Log, ScrubState, Store, StoreError, StoredCheckpoint, Tx, Work};

use super::Findings;
use crate::application::{log_signer, previous_log_signer};
use crate::config::Config;
use crate::database::explain;
use crate::files;

/// What is wrong after a restore from an older backup, and what to do.
const RESTORED: &str = "the database was put back from an older backup or rewritten. Put back a newer one; or tell the \
     supervisors, stop the service and run `trefpunt audit new-origin`: docs/OPERATIONS.md";

pub(super) async fn examine(config: &Config, store: &Store, findings: &mut Findings) {
    let look = Look {
        origin: config.log.origin.clone(),
    };
    let seen = match store.run(Context::Service, look).await {
        Ok(seen) => seen,
        Err(error) => return findings.wrong("audit log", explain(&error)),
    };
    let policy = match policy(config) {
        Ok(policy) => policy,
        Err(error) => return findings.wrong("audit log", error),
    };
    findings.add("audit log", newest(&seen, &policy));
    findings.add("anchor", anchor(config, &seen, &policy));
    findings.add("publication", publication(&seen));
    findings.add("scrubber", scrubber(&seen));
}

fn policy(config: &Config) -> Result<Policy, String> {
    let signer = log_signer(&config.log.origin, &config.keys).map_err(|error| error.to_string())?;
    let previous = previous_log_signer(config).map_err(|error| error.to_string())?;
    Policy::parse(policy_text(&signer, previous.as_ref()).as_bytes()).map_err(|error| error.to_string())
}

fn newest(seen: &Seen, policy: &Policy) -> Result<String, String> {
    let Some(newest) = &seen.newest else {
        return Ok("empty, nothing was signed yet".to_owned());
    };
    let checkpoint = Checkpoint::open(newest.note.as_bytes(), policy).map_err(|error| error.to_string())?;
    if checkpoint.size == newest.size {
        Ok(format!(
            "{} entries, signed with the key of the settings",
            checkpoint.size
        ))
    } else {
        Err("the checkpoint is of another size than the database says".to_owned())
    }
}

/// Compares the file with the database: the same size and root, or a smaller tree that the signer will go on from.
fn anchor(config: &Config, seen: &Seen, policy: &Policy) -> Result<String, String> {
    let path = &config.log.anchor;
    let text = match files::read(path) {
        Ok(text) => text,
        Err(error) if error.source.kind() == std::io::ErrorKind::NotFound => {
            return match &seen.newest {
                None => Ok("not there, and nothing was signed yet".to_owned()),
                Some(_) => Err(format!(
                    "{} is not there, though the log was signed: put it back; or, when this database is surely the \
                     newest there was, run `trefpunt audit anchor adopt`",
                    path.display()
                )),
            };
        }
        Err(error) => return Err(error.to_string()),
    };
    let anchored = Anchored::parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let size = anchored.tree.size();
    if anchored.origin() != config.log.origin {
        return Err(format!(
            "it is that of {}: put [log] origin right, or run `trefpunt audit new-origin`",
            anchored.origin()
        ));
    }
    if Checkpoint::open(anchored.note.as_bytes(), policy).is_err() {
        return Err("it is not signed with a key of the settings".to_owned());
    }
    if seen.size < size {
        return Err(format!(
            "{size} entries were signed and the database has {}: {RESTORED}",
            seen.size
        ));
    }
    // The checkpoint of the anchor's size, when the database has one, is the same to the letter.
    match &seen.newest {
        Some(newest) if newest.size == size && newest.note != anchored.note => Err(format!(
            "the checkpoint of {size} entries in the database is another one: {RESTORED}"
        )),
        _ if seen.size == size && seen.root != anchored.tree.root() => Err(format!(
            "the {size} entries in the database are not those signed: {RESTORED}"
        )),
        _ => Ok(format!(
            "{size} entries, outside the database in {}",
            path.display()
        )),
    }
}

fn publication(seen: &Seen) -> Result<String, String> {
    match seen.waiting {
        None => Ok("everything is published".to_owned()),
        Some(age) => {
            let detail = format!(
                "the oldest entry that no checkpoint covers is {} s old",
                age.as_secs()
            );
            if age > PROMISED_WITHIN {
                Err(format!("{detail}; 60 s are promised: is the service running?"))
            } else {
                Ok(detail)
            }
        }
    }
}

fn scrubber(seen: &Seen) -> Result<String, String> {
    match (&seen.scrub.fault, seen.scrub.passed) {
        (Some((fault, from_leaf, found)), _) => Err(format!(
            "{fault}, from entry {from_leaf} on, seen {found}: the log in the database is not what was signed. Keep this \
             database for the supervisor, put back a good one, then `trefpunt audit scrub --accept`"
        )),
        (None, Some(passed)) => Ok(format!("all entries were what was signed at {passed}")),
        (None, None) => Ok("has not reached the end yet".to_owned()),
    }
}

struct Look {
    origin: String,
}

struct Seen {
    newest: Option<StoredCheckpoint>,
    size: u64,
    root: [u8; 32],
    waiting: Option<SignedDuration>,
    scrub: ScrubState,
}

impl Work for Look {
    const NAME: &'static str = "doctor_audit_log";
    type Role = Log;
    type Output = Seen;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Seen, StoreError> {
        let newest = tx.latest_checkpoint(&self.origin).await?;
        let head = tx.head().await?;
        let published = newest.as_ref().map_or(0, |newest| newest.size);
        let oldest = match tx.oldest_pending().await? {
            _ if published < head.size() => tx.leaf_bytes(published, published + 1).await?.pop(),
            pending => pending,
        };
        let since: Option<Timestamp> = oldest
            .and_then(|leaf| Entry::parse(&leaf).ok())
            .map(|entry| entry.time);
        Ok(Seen {
            newest,
            size: head.size(),
            root: head.root(),
            waiting: since.map(|since| tx.now().duration_since(since)),
            scrub: tx.scrub_state().await?,
        })
    }
}
