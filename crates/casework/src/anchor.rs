//! The anchor: the newest signed checkpoint, kept outside the database. Nothing is signed that does not continue it, so
//! that a database put back from a backup, or rewritten, cannot make the log tell two stories.
//!
//! It holds the tree itself (its frontier) and not only the root: what is signed next is computed from the anchored tree
//! and the new leaves, whatever the database says about the older ones.

use audit_log::checkpoint::Checkpoint;
use audit_log::policy::Policy;
use audit_log::tree::Frontier;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The first line of an anchor's text.
const HEADER: &str = "trefpunt/v1/anchor";

/// Where the anchor is kept. Given by the program.
pub trait Anchor: Send + Sync + 'static {
    /// Holds the anchor for this signer alone. None while another holds it. May block for a moment.
    ///
    /// # Errors
    /// [`AnchorError`].
    fn hold(&self) -> Result<Option<Box<dyn HeldAnchor>>, AnchorError>;

    /// What it says at this moment, without holding it: for whoever only looks. None when there is none.
    ///
    /// # Errors
    /// [`AnchorError::Io`].
    fn look(&self) -> Result<Option<String>, AnchorError>;
}

/// An anchor that is held. Let go when dropped.
pub trait HeldAnchor: Send {
    /// What stands there; none when nothing was signed yet.
    ///
    /// # Errors
    /// [`AnchorError`].
    fn read(&self) -> Result<Option<String>, AnchorError>;

    /// Puts `new` where `old` stands, durably, and refuses when something else stands there. Blocks for as long as
    /// the disk takes.
    ///
    /// # Errors
    /// [`AnchorError::Changed`]; [`AnchorError::Io`].
    fn swap(&mut self, old: Option<&str>, new: &str) -> Result<(), AnchorError>;
}

/// The anchor cannot be used at the moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// Somebody else wrote it although it was held.
    #[error("the anchor was changed by another program")]
    Changed,
    /// The disk.
    #[error("the anchor cannot be read or written: {0}")]
    Io(String),
}

/// What an anchor says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchored {
    /// The signed checkpoint.
    pub note: String,
    /// The tree it is about.
    pub tree: Frontier,
}

/// The text of an anchor is not one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the anchor is damaged")]
pub struct DamagedAnchor;

impl Anchored {
    /// As text: a header, the tree's frontier in base64, the checkpoint.
    pub fn to_text(&self) -> String {
        format!(
            "{HEADER}\n{}\n{}",
            STANDARD.encode(self.tree.to_bytes()),
            self.note
        )
    }

    /// Reads [`Anchored::to_text`].
    ///
    /// # Errors
    /// [`DamagedAnchor`], also when the checkpoint is about another tree.
    pub fn parse(text: &str) -> Result<Self, DamagedAnchor> {
        let mut parts = text.splitn(3, '\n');
        let (Some(HEADER), Some(tree), Some(note)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(DamagedAnchor);
        };
        let tree = STANDARD.decode(tree).map_err(|_| DamagedAnchor)?;
        let tree = Frontier::from_bytes(&tree).map_err(|_| DamagedAnchor)?;
        let anchored = Self {
            note: note.to_owned(),
            tree,
        };
        let size = anchored.tree.size().to_string();
        let root = STANDARD.encode(anchored.tree.root());
        let mut lines = anchored.note.split('\n').skip(1);
        if lines.next() == Some(&size) && lines.next() == Some(&root) {
            Ok(anchored)
        } else {
            Err(DamagedAnchor)
        }
    }

    /// The name of the log that signed.
    pub fn origin(&self) -> &str {
        self.note.split('\n').next().unwrap_or_default()
    }

    /// Whether one of these logs signed it.
    pub(crate) fn is_signed(&self, policy: &Policy) -> bool {
        Checkpoint::open(self.note.as_bytes(), policy).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use audit_log::checkpoint::LogSigner;

    use super::*;

    fn anchored() -> Anchored {
        let mut tree = Frontier::new();
        (1..6).for_each(|n| tree.push([n; 32]));
        let signer = LogSigner::from_seed("trefpunt.test/log", &[1; 32]).unwrap();
        Anchored {
            note: signer.sign(tree.size(), tree.root()),
            tree,
        }
    }

    #[test]
    fn an_anchor_is_read_as_it_was_written() {
        let anchored = anchored();
        assert_eq!(Anchored::parse(&anchored.to_text()), Ok(anchored.clone()));
        assert_eq!(anchored.origin(), "trefpunt.test/log");
    }

    #[test]
    fn a_damaged_anchor_is_refused() {
        let good = anchored().to_text();
        let lines: Vec<&str> = good.split('\n').collect();
        for line in 0..3 {
            let mut damaged: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            damaged[line] = "AAAA".to_owned();
            if line != 2 {
                assert_eq!(Anchored::parse(&damaged.join("\n")), Err(DamagedAnchor), "{line}");
            }
        }
        let mut other = anchored();
        other.tree.push([9; 32]);
        assert_eq!(Anchored::parse(&other.to_text()), Err(DamagedAnchor));
        assert_eq!(Anchored::parse(""), Err(DamagedAnchor));
    }
}
