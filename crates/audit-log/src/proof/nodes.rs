//! Proofs made from stored nodes instead of from all leaves. A *node* is the root of a complete subtree: `height` says
//! that it has 2^height leaves, `index` how many such subtrees stand before it. Tiles ([`crate::tile`]) hold nodes, a
//! walk over the leaves collects them ([`Nodes`]).

use std::collections::BTreeMap;
use std::ops::Range;

use super::ProofError;
use crate::tree::{Frontier, Hash, empty_root, node_hash};

/// The audit path of leaf `index` in the tree of `size` leaves, from the bottom up; `node` gives the nodes asked for.
///
/// # Errors
/// [`SourceError::Proof`] when there is no such leaf, [`SourceError::Source`] when a node cannot be had.
pub fn inclusion_from<E>(
    index: u64,
    size: u64,
    node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, SourceError<E>> {
    roots(&inclusion_ranges(index, size)?, node)
}

/// The proof that the tree of `size` leaves begins with the tree of `old` leaves; `node` gives the nodes asked for.
///
/// # Errors
/// [`SourceError::Proof`] when `old` is 0 or larger than `size`, [`SourceError::Source`] when a node cannot be had.
pub fn consistency_from<E>(
    old: u64,
    size: u64,
    node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, SourceError<E>> {
    roots(&consistency_ranges(old, size)?, node)
}

/// The nodes, as height and index, that [`inclusion_from`] asks for.
///
/// # Errors
/// [`ProofError::Range`] when there is no such leaf.
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<(u32, u64)>, ProofError> {
    Ok(inclusion_ranges(index, size)?
        .into_iter()
        .flat_map(pieces)
        .collect())
}

/// The nodes, as height and index, that [`consistency_from`] asks for.
///
/// # Errors
/// [`ProofError::Range`] when `old` is 0 or larger than `size`.
pub fn consistency_nodes(old: u64, size: u64) -> Result<Vec<(u32, u64)>, ProofError> {
    Ok(consistency_ranges(old, size)?
        .into_iter()
        .flat_map(pieces)
        .collect())
}

/// How many hashes the consistency proof from `old` to `size` leaves has.
///
/// # Errors
/// [`ProofError::Range`] when `old` is 0 or larger than `size`.
pub(crate) fn consistency_length(old: u64, size: u64) -> Result<usize, ProofError> {
    consistency_ranges(old, size).map(|ranges| ranges.len())
}

/// Why a proof cannot be made from nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceError<E> {
    /// There is no such proof.
    Proof(ProofError),
    /// A node could not be had.
    Source(E),
}

impl<E> From<ProofError> for SourceError<E> {
    fn from(error: ProofError) -> Self {
        Self::Proof(error)
    }
}

impl<E: std::fmt::Display> std::fmt::Display for SourceError<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proof(error) => error.fmt(f),
            Self::Source(error) => write!(f, "a node of the tree could not be had: {error}"),
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for SourceError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Proof(error) => Some(error),
            Self::Source(error) => Some(error),
        }
    }
}

/// Collects the nodes that proofs will ask for while the hashes of all leaves pass by once.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    wanted: BTreeMap<(u32, u64), Option<Hash>>,
    /// Complete subtrees not yet part of a larger one: height, index, root.
    edge: Vec<(u32, u64, Hash)>,
    size: u64,
}

impl Nodes {
    /// Collects these nodes from the first leaf on.
    #[must_use]
    pub fn wanting(nodes: impl IntoIterator<Item = (u32, u64)>) -> Self {
        Self {
            wanted: nodes.into_iter().map(|node| (node, None)).collect(),
            edge: Vec::new(),
            size: 0,
        }
    }

    /// Collects these nodes from the leaf on that comes after `frontier`. Proofs about later leaves ask for nothing
    /// that the frontier and those leaves do not give.
    #[must_use]
    pub fn after(frontier: &Frontier, nodes: impl IntoIterator<Item = (u32, u64)>) -> Self {
        let mut collected = Self::wanting(nodes);
        for ((height, index), root) in pieces(0..frontier.size()).zip(frontier.roots()) {
            collected.meet(height, index, *root);
            collected.edge.push((height, index, *root));
        }
        collected.size = frontier.size();
        collected
    }

    /// Takes the next leaf, given its [`crate::tree::leaf_hash`].
    pub fn push(&mut self, leaf: Hash) {
        let (mut height, mut index, mut root) = (0, self.size, leaf);
        self.meet(height, index, root);
        while let Some((_, _, left)) = self.edge.pop_if(|(beside, ..)| *beside == height) {
            (height, index, root) = (height + 1, index >> 1, node_hash(&left, &root));
            self.meet(height, index, root);
        }
        self.edge.push((height, index, root));
        self.size += 1;
    }

    /// A node that was wanted and went by.
    #[must_use]
    pub fn get(&self, height: u32, index: u64) -> Option<Hash> {
        self.wanted.get(&(height, index)).copied().flatten()
    }

    fn meet(&mut self, height: u32, index: u64, root: Hash) {
        if let Some(wanted) = self.wanted.get_mut(&(height, index)) {
            *wanted = Some(root);
        }
    }
}

/// The subtrees whose roots make up the audit path, as ranges of leaves (RFC 6962 section 2.1.1).
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut part, mut path) = (0..size, Vec::new());
    while part.end - part.start > 1 {
        let middle = part.start + split(part.end - part.start);
        if index < middle {
            path.push(middle..part.end);
            part.end = middle;
        } else {
            path.push(part.start..middle);
            part.start = middle;
        }
    }
    path.reverse();
    Ok(path)
}

/// The subtrees whose roots make up the consistency proof (RFC 6962 section 2.1.2).
fn consistency_ranges(old: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if old == 0 || old > size {
        return Err(ProofError::Range);
    }
    let (mut part, mut path) = (0..size, Vec::new());
    // Whether everything walked so far was the old tree itself, whose root the verifier already has (SUBPROOF's flag).
    let mut known = true;
    while old < part.end {
        let middle = part.start + split(part.end - part.start);
        if old <= middle {
            path.push(middle..part.end);
            part.end = middle;
        } else {
            path.push(part.start..middle);
            (part.start, known) = (middle, false);
        }
    }
    if !known {
        path.push(part);
    }
    path.reverse();
    Ok(path)
}

/// The complete subtrees that make up a subtree of the tree, largest first, as height and index.
fn pieces(range: Range<u64>) -> impl Iterator<Item = (u32, u64)> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        let left = range.end - at;
        // `at` is a multiple of each piece still to come: a subtree begins at a multiple of its size rounded up.
        let height = left.checked_ilog2()?;
        let piece = (height, at >> height);
        at += 1 << height;
        Some(piece)
    })
}

fn roots<E>(
    ranges: &[Range<u64>],
    mut node: impl FnMut(u32, u64) -> Result<Hash, E>,
) -> Result<Vec<Hash>, SourceError<E>> {
    let mut path = Vec::with_capacity(ranges.len());
    for range in ranges {
        let mut parts = Vec::new();
        for (height, index) in pieces(range.clone()) {
            parts.push(node(height, index).map_err(SourceError::Source)?);
        }
        let root = parts
            .into_iter()
            .rev()
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(empty_root);
        path.push(root);
    }
    Ok(path)
}

/// Where a tree of `len` leaves (at least 2) divides: the largest power of two below `len`.
fn split(len: u64) -> u64 {
    1 << (len - 1).ilog2()
}

#[cfg(test)]
mod tests {
    use super::super::{consistency, inclusion};
    use super::*;
    use crate::tree::leaf_hash;

    fn leaves(count: u32) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn missing(nodes: &Nodes) -> impl FnMut(u32, u64) -> Result<Hash, (u32, u64)> {
        move |height, index| nodes.get(height, index).ok_or((height, index))
    }

    #[test]
    fn the_same_proofs_as_from_all_leaves() {
        let all = leaves(70);
        for size in 1..=70_u64 {
            let tree = &all[..usize::try_from(size).unwrap()];
            for at in 0..size {
                let mut nodes = Nodes::wanting(inclusion_nodes(at, size).unwrap());
                nodes.wanted.extend(
                    consistency_nodes(at + 1, size)
                        .unwrap()
                        .into_iter()
                        .map(|node| (node, None)),
                );
                tree.iter().for_each(|leaf| nodes.push(*leaf));
                let place = usize::try_from(at).unwrap();
                assert_eq!(
                    inclusion_from(at, size, missing(&nodes)).unwrap(),
                    inclusion(tree, place).unwrap()
                );
                assert_eq!(
                    consistency_from(at + 1, size, missing(&nodes)).unwrap(),
                    consistency(tree, place + 1).unwrap()
                );
                assert_eq!(
                    consistency_length(at + 1, size).unwrap(),
                    consistency(tree, place + 1).unwrap().len()
                );
            }
        }
    }

    /// What an export by period relies on: the frontier at its start and its own leaves are enough.
    #[test]
    fn a_frontier_and_the_leaves_after_it_are_enough() {
        let all = leaves(70);
        for first in 1..70_usize {
            let mut frontier = Frontier::new();
            all[..first].iter().for_each(|leaf| frontier.push(*leaf));
            for size in first + 1..=70 {
                let (old, new) = (first as u64, size as u64);
                let mut wanted = consistency_nodes(old, new).unwrap();
                (old..new).for_each(|index| wanted.extend(inclusion_nodes(index, new).unwrap()));
                let mut nodes = Nodes::after(&frontier, wanted);
                all[first..size].iter().for_each(|leaf| nodes.push(*leaf));
                assert_eq!(
                    consistency_from(old, new, missing(&nodes)).unwrap(),
                    consistency(&all[..size], first).unwrap()
                );
                for index in first..size {
                    assert_eq!(
                        inclusion_from(index as u64, new, missing(&nodes)).unwrap(),
                        inclusion(&all[..size], index).unwrap()
                    );
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_proven_is_refused() {
        let never = |_, _| -> Result<Hash, ()> { Err(()) };
        assert_eq!(
            inclusion_from(0, 0, never),
            Err(SourceError::Proof(ProofError::Range))
        );
        assert_eq!(
            inclusion_from(5, 5, never),
            Err(SourceError::Proof(ProofError::Range))
        );
        assert_eq!(
            consistency_from(0, 5, never),
            Err(SourceError::Proof(ProofError::Range))
        );
        assert_eq!(
            consistency_from(6, 5, never),
            Err(SourceError::Proof(ProofError::Range))
        );
        assert_eq!(inclusion_from(1, 5, never), Err(SourceError::Source(())));
        let largest = inclusion_nodes(u64::MAX - 1, u64::MAX).unwrap();
        assert_eq!(largest.len(), 63);
    }
}
