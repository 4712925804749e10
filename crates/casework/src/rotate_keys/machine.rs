//! From a live tag's sealed token to the next tag and the token sealed again. Computes and does nothing else.

use std::sync::{Arc, PoisonError, RwLock};

use identifiers::tag::{self, Suite, TagKey};
use identifiers::voprf::Delta;
use identifiers::{Kind, MasterKey, Token};
use store::{FilledTag, TagKeys, TagToFill};

use super::lift::Evaluating;
use crate::lift::{self, Binding, Opener, Sealer};

/// How a token becomes that of the next keys.
pub(super) enum Way {
    /// It is the same: `K_tag` changes.
    Same,
    /// It is multiplied: the keyholder's key changes.
    Delta(Delta),
    /// The keyholder evaluates it: from keyed hashes to oblivious tokens.
    Evaluation(Evaluating),
}

/// What turns tags of one epoch into those of the next.
pub(super) struct Machine {
    from: TagKeys,
    to: TagKeys,
    suite: Suite,
    key: TagKey,
    way: Way,
    opener: RwLock<Opener>,
    sealer: RwLock<Arc<Sealer>>,
}

/// A live tag with its opened token, on its way.
pub(super) struct Opened<'r> {
    pub(super) row: &'r TagToFill,
    pub(super) token: Token,
}

impl Machine {
    pub(super) fn new(
        (from, to): (TagKeys, TagKeys),
        suite: Suite,
        master: &MasterKey,
        way: Way,
        opener: Opener,
        sealer: Sealer,
    ) -> Self {
        Self {
            from,
            to,
            suite,
            key: TagKey::derive(master, to.tag_epoch),
            way,
            opener: RwLock::new(opener),
            sealer: RwLock::new(Arc::new(sealer)),
        }
    }

    /// Contexts among these whose key is not known yet.
    pub(super) fn unknown_contexts(&self, rows: &[TagToFill]) -> Vec<u64> {
        let opener = self.opener.read().unwrap_or_else(PoisonError::into_inner);
        let mut contexts: Vec<u64> = rows
            .iter()
            .filter_map(|row| lift::context_of(&row.sealed).ok())
            .filter(|context| !opener.knows(*context))
            .collect();
        contexts.sort_unstable();
        contexts.dedup();
        contexts
    }

    /// Makes tokens of these contexts openable. A context whose key is damaged leaves its tokens shut, and is found by
    /// them.
    pub(super) fn add_contexts(&self, contexts: &[(u64, [u8; 32])]) {
        let mut opener = self.opener.write().unwrap_or_else(PoisonError::into_inner);
        for (context, enc) in contexts {
            opener.add(*context, enc).ok();
        }
    }

    /// Seals under another context from now on.
    pub(super) fn seal_with(&self, sealer: Sealer) {
        *self.sealer.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(sealer);
    }

    /// With what tokens are evaluated, where they are.
    pub(super) fn evaluating(&self) -> Option<&Evaluating> {
        match &self.way {
            Way::Evaluation(evaluating) => Some(evaluating),
            Way::Same | Way::Delta(_) => None,
        }
    }

    /// The tokens that open, and their places.
    pub(super) fn open_tokens(&self, rows: &[TagToFill]) -> (Vec<usize>, Vec<Token>) {
        let opener = self.opener.read().unwrap_or_else(PoisonError::into_inner);
        let open = |row: &TagToFill| opener.open(&row.sealed, binding(self.from, row)).ok();
        rows.iter()
            .enumerate()
            .filter_map(|(place, row)| Some((place, open(row)?)))
            .unzip()
    }

    /// The next tags of these rows: where `K_tag` or the keyholder's key changes. Damaged rows are left out.
    pub(super) fn turn(&self, rows: &[TagToFill]) -> Vec<FilledTag> {
        let (places, tokens) = self.open_tokens(rows);
        let moved = match &self.way {
            Way::Same | Way::Evaluation(_) => tokens.into_iter().map(Ok).collect(),
            Way::Delta(delta) => delta.apply_batch(&tokens),
        };
        let opened = places.into_iter().zip(moved).filter_map(|(place, token)| {
            Some(Opened {
                row: &rows[place],
                token: token.ok()?,
            })
        });
        self.fill(opened.collect())
    }

    /// The next tags of tokens that are of the next keys already.
    pub(super) fn fill(&self, opened: Vec<Opened<'_>>) -> Vec<FilledTag> {
        let sealer = Arc::clone(&self.sealer.read().unwrap_or_else(PoisonError::into_inner));
        let filled = opened.into_iter().filter_map(|Opened { row, token }| {
            let kind = Kind::try_from(row.kind).ok()?;
            Some(FilledTag {
                live: row.tag,
                tag: *tag::tag(&self.key, self.suite, kind, &token).as_bytes(),
                sealed: sealer.seal(&token, binding(self.to, row)).to_vec(),
            })
        });
        filled.collect()
    }
}

fn binding(keys: TagKeys, row: &TagToFill) -> Binding {
    Binding {
        suite: keys.suite,
        kind: row.kind,
        net_epoch: row.net_epoch,
        oprf_epoch: keys.oprf_epoch.unwrap_or(0),
        tag_epoch: keys.tag_epoch,
    }
}
