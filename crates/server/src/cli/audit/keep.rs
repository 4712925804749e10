//! Keeping the log: its anchor, its keys, its name, a look at the whole, and its tiles for tools of others.

use std::fs;
use std::path::{Path, PathBuf};

use audit_log::checkpoint::LogSigner;
use audit_log::policy::Policy;
use audit_log::tile::Edge;
use audit_log::tree::leaf_hash;
use casework::anchor::Anchored;
use casework::{OperateLogError, Scrubbed, policy_text};
use clap::{Args, Subcommand};

use super::super::{ConfigFile, Exit, Failure, shown, with_casework};
use crate::application::{log_signer, previous_log_signer};
use crate::config::Config;
use crate::data_directory::seed;
use crate::files::{self, Readers};
use crate::out;

/// So many leaves are read at a time, and so many make a bundle of entries (C2SP tlog-tiles).
const BUNDLE: u64 = 256;

/// Prints the policy file for `verify-audit-log`: the log's name and public keys, and its witnesses. Give it to the
/// supervisor on another way than the exports.
#[derive(Debug, Args)]
pub(in crate::cli) struct PolicyArguments {
    #[command(flatten)]
    config: ConfigFile,
    /// How many of the witnesses must have cosigned.
    #[arg(long, default_value_t = 0)]
    quorum: usize,
}

impl PolicyArguments {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let text = policy(&config, self.quorum)?;
        out::line(text.trim_end());
        Ok(())
    }
}

/// The policy of the settings.
fn policy(config: &Config, quorum: usize) -> Result<String, Failure> {
    let signer = log_signer(&config.log.origin, &config.keys)?;
    let previous = previous_log_signer(config)?;
    let witnesses = &config.log.witnesses;
    if quorum > witnesses.len() {
        return Err(Failure::usage(format_args!(
            "the settings have {} witnesses",
            witnesses.len()
        )));
    }
    if quorum == 0 {
        return Ok(policy_text(&signer, previous.as_ref()));
    }
    let mut logs = vec![signer.verifier()];
    logs.extend(previous.iter().map(LogSigner::verifier));
    let keys: Vec<_> = witnesses.iter().map(|witness| &witness.key).collect();
    let text = Policy::text_with(&logs, &keys, quorum);
    Policy::parse(text.as_bytes()).map_err(Failure::failed)?;
    Ok(text)
}

/// The anchor: the newest signed checkpoint, kept outside the database.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Anchor {
    /// Prints it.
    Show {
        #[command(flatten)]
        config: ConfigFile,
    },
    /// Makes the newest checkpoint of the database the anchor, where there is none. Whoever signs on from an older database
    /// forks the log, so a checkpoint from outside must show that this one is not older.
    Adopt {
        #[command(flatten)]
        config: ConfigFile,
        /// The newest checkpoint somebody kept: `checkpoint` in a supervisor's bundle, a witness's copy, or what
        /// `trefpunt audit tiles` wrote last.
        #[arg(long, value_name = "FILE")]
        checkpoint: PathBuf,
    },
}

impl Anchor {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Show { config } => {
                let config = config.load()?;
                out::line(files::read(&config.log.anchor)?.trim_end());
                Ok(())
            }
            Self::Adopt { config, checkpoint } => {
                let kept = files::read(checkpoint)?;
                let anchored =
                    with_casework(config, async |casework| Ok(casework.adopt_anchor(&kept).await?)).await?;
                out::line(format_args!(
                    "anchored {} entries of {}",
                    anchored.tree.size(),
                    anchored.origin()
                ));
                Ok(())
            }
        }
    }
}

/// Makes a new key for the log and says so in it. Old and new key then sign together until every supervisor has the new
/// policy.
#[derive(Debug, Args)]
pub(in crate::cli) struct RotateKey {
    #[command(flatten)]
    config: ConfigFile,
    /// The file for the new key; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
}

impl RotateKey {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        if config.log.previous_key.is_some() {
            return Err(Failure::usage(
                "the settings still have a previous_key: end that rotation first",
            ));
        }
        let path = files::absolute(&self.key)?;
        if path.exists() {
            return Err(Failure::usage(format_args!("{} is there already", shown(&path))));
        }
        let old = log_signer(&config.log.origin, &config.keys)?;
        let new = LogSigner::from_seed(&config.log.origin, &*seed(&path)?).map_err(Failure::failed)?;
        with_casework(&self.config, async |casework| {
            Ok(casework.note_log_key(&new).await?)
        })
        .await?;
        out::line(format_args!("Made {}. What is left to do:", shown(&path)));
        out::line("  in the settings, the file of the present key becomes [log] previous_key_file, and");
        out::line(format_args!(
            "  [keys] log_file = {:?}; then restart the service: both keys sign",
            shown(&path).to_string()
        ));
        out::line("  give every supervisor this policy, on another way than the exports:");
        out::line(policy_text(&new, Some(&old)).trim_end());
        out::line("  when all have it, remove previous_key_file, restart, and destroy the old key");
        Ok(())
    }
}

/// Ends this log and goes on under another name, after a restore that the log cannot continue, or when its years are
/// over. Stop the service first.
#[derive(Debug, Args)]
pub(in crate::cli) struct NewOrigin {
    #[command(flatten)]
    config: ConfigFile,
    /// The new name, such as trefpunt.example/log-2.
    origin: String,
}

impl NewOrigin {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        if config.log.origin == self.origin {
            return Err(Failure::usage("the log has this name already"));
        }
        let next = log_signer(&self.origin, &config.keys)?;
        // The old anchor stays readable beside the new one; it is what supervisors of the old log compare with.
        let copy = closed_path(&config.log.anchor);
        keep_closed(&config.log.anchor, &config.log.origin)?;
        let old = with_casework(&self.config, async |casework| {
            Ok(casework.begin_origin(&next).await?)
        })
        .await?;
        out::line(format_args!(
            "{} ended with {} entries; its last checkpoint stands in the log that goes on, and in {}",
            old.origin(),
            old.tree.size(),
            shown(&copy)
        ));
        out::line("What is left to do:");
        out::line(format_args!(
            "  in the settings: [log] origin = {:?}; then start the service",
            self.origin
        ));
        out::line("  give every supervisor and witness this policy, on another way than the exports:");
        out::line(Policy::text_for(next.verifier()).trim_end());
        Ok(())
    }
}

/// Copies the anchor of the log of this name beside it. That of another log stays where it is: after a run that was
/// interrupted the anchor is the new log's already, and the copy is all there is of the old one.
fn keep_closed(anchor: &Path, origin: &str) -> Result<(), Failure> {
    if !anchor.exists() {
        return Ok(());
    }
    let text = files::read(anchor)?;
    let is_own = Anchored::parse(&text).is_ok_and(|anchored| anchored.origin() == origin);
    if is_own {
        files::write(&closed_path(anchor), text.as_bytes(), Readers::Everyone)?;
    }
    Ok(())
}

/// Beside the anchor, with `.closed` behind its name.
fn closed_path(anchor: &Path) -> PathBuf {
    let mut name = anchor.file_name().unwrap_or_default().to_owned();
    name.push(".closed");
    anchor.with_file_name(name)
}

/// Computes the tree again from every leaf and compares it with tiles, checkpoints, head and anchor.
#[derive(Debug, Args)]
pub(in crate::cli) struct Scrub {
    #[command(flatten)]
    config: ConfigFile,
    /// Ends the alarm about a fault that was found and dealt with.
    #[arg(long)]
    accept: bool,
}

impl Scrub {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let scrubbed = with_casework(&self.config, async |casework| {
            if self.accept {
                casework.accept_fault().await?;
            }
            Ok(casework.scrub_all().await?)
        });
        match scrubbed.await? {
            Scrubbed::Sound(size) => {
                out::line(format_args!("{size} entries are what was signed"));
                Ok(())
            }
            Scrubbed::Fault { fault, from_leaf } => Err(Failure::new(
                Exit::NotReady,
                format_args!("{fault}, from entry {from_leaf} on"),
            )),
            Scrubbed::Held | Scrubbed::UpTo(_) => Err(Failure::new(
                Exit::Failed,
                "another program is scrubbing: try again",
            )),
        }
    }
}

/// Writes the log as static files (C2SP tlog-tiles): the checkpoint, tiles of hashes, bundles of entries.
#[derive(Debug, Args)]
pub(in crate::cli) struct Tiles {
    #[command(flatten)]
    config: ConfigFile,
    /// The directory to write.
    dir: PathBuf,
}

impl Tiles {
    pub(super) async fn run(&self) -> Result<(), Failure> {
        let size = with_casework(&self.config, async |casework| {
            let Some(checkpoint) = casework.latest_checkpoint().await? else {
                return Err(Failure::usage("nothing was published yet"));
            };
            let mut edge = Edge::new();
            while edge.size() < checkpoint.size {
                let from = edge.size();
                let to = checkpoint.size.min(from + BUNDLE);
                let mut bundle = Vec::new();
                for leaf in casework.log_leaves(from, to).await? {
                    let length = u16::try_from(leaf.len()).map_err(Failure::failed)?;
                    bundle.extend_from_slice(&length.to_be_bytes());
                    bundle.extend_from_slice(&leaf);
                    for (tile, hashes) in edge.push(leaf_hash(&leaf)) {
                        self.write(&tile.path(), &hashes)?;
                    }
                }
                // Bundles of entries are named as the tiles of level 0.
                let tile = audit_log::tile::Tile {
                    level: 0,
                    index: from / BUNDLE,
                    width: u16::try_from(to - from).map_err(Failure::failed)?,
                };
                let path = tile.path().replacen("tile/0/", "tile/entries/", 1);
                self.write(&path, &bundle)?;
            }
            for (tile, hashes) in edge.partials() {
                self.write(&tile.path(), &hashes)?;
            }
            // Last: whoever finds it finds everything it covers.
            self.write("checkpoint", checkpoint.note.as_bytes())?;
            Ok(checkpoint.size)
        });
        out::line(format_args!("{} entries in {}", size.await?, shown(&self.dir)));
        Ok(())
    }

    fn write(&self, path: &str, contents: &[u8]) -> Result<(), Failure> {
        let path = self.dir.join(path);
        let parent = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(parent).map_err(Failure::failed)?;
        Ok(files::write(&path, contents, Readers::Everyone)?)
    }
}

impl From<OperateLogError> for Failure {
    fn from(error: OperateLogError) -> Self {
        match error {
            OperateLogError::Store(error) => error.into(),
            OperateLogError::Anchor(_) => Self::failed(error),
            OperateLogError::CannotSign(_) | OperateLogError::NotTheNewest { .. } => {
                Self::new(Exit::NotReady, error)
            }
            OperateLogError::AnchorHeld
            | OperateLogError::ErasuresNotReplayed
            | OperateLogError::AnchorThere
            | OperateLogError::NotOurCheckpoint
            | OperateLogError::NothingPublished => Self::usage(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use audit_log::tree::Frontier;

    use super::*;

    #[test]
    fn beginning_again_does_not_lose_the_old_anchor() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("audit-anchor");
        let anchor = |origin: &str| {
            let mut tree = Frontier::new();
            tree.push([1; 32]);
            let signer = LogSigner::from_seed(origin, &[1; 32]).unwrap();
            let note = signer.sign(tree.size(), tree.root());
            Anchored { note, tree }.to_text()
        };
        keep_closed(&path, "log.test/1").unwrap();
        assert!(!closed_path(&path).exists());
        for origin in ["log.test/1", "log.test/2"] {
            files::write(&path, anchor(origin).as_bytes(), Readers::Everyone).unwrap();
            keep_closed(&path, "log.test/1").unwrap();
            assert_eq!(*files::read(&closed_path(&path)).unwrap(), anchor("log.test/1"));
        }
    }
}
