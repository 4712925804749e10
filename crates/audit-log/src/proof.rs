//! Proofs over the tree of RFC 6962 section 2.1: that a leaf is in it, and that a larger tree begins with a smaller
//! one. There is no proof about the tree without leaves: size 0 is refused everywhere, a first export has no earlier
//! tree to be consistent with and is its own branch.

mod nodes;

pub(crate) use nodes::consistency_length;
pub use nodes::{Nodes, SourceError, consistency_from, consistency_nodes, inclusion_from, inclusion_nodes};

use crate::tree::{Hash, empty_root, node_hash};

/// The audit path of leaf `index` in the tree over `leaves` (their hashes), from the bottom up.
///
/// # Errors
/// [`ProofError::Range`] when there is no such leaf.
pub fn inclusion(leaves: &[Hash], index: usize) -> Result<Vec<Hash>, ProofError> {
    if index >= leaves.len() {
        return Err(ProofError::Range);
    }
    let (mut part, mut index, mut path) = (leaves, index, Vec::new());
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        let sibling;
        (part, sibling, index) = if index < left.len() {
            (left, right, index)
        } else {
            (right, left, index - left.len())
        };
        path.push(root(sibling));
    }
    path.reverse();
    Ok(path)
}

/// The proof that the tree over `leaves` begins with the tree over its first `old_size` leaves.
///
/// # Errors
/// [`ProofError::Range`] when `old_size` is 0 or more than there are leaves.
pub fn consistency(leaves: &[Hash], old_size: usize) -> Result<Vec<Hash>, ProofError> {
    if old_size == 0 || old_size > leaves.len() {
        return Err(ProofError::Range);
    }
    let (mut part, mut old, mut path) = (leaves, old_size, Vec::new());
    // Whether everything walked so far was the old tree itself, whose root the verifier already has (SUBPROOF's flag).
    let mut known = true;
    while old < part.len() {
        let (left, right) = part.split_at(split(part.len()));
        if old <= left.len() {
            path.push(root(right));
            part = left;
        } else {
            path.push(root(left));
            (part, old, known) = (right, old - left.len(), false);
        }
    }
    if !known {
        path.push(root(part));
    }
    path.reverse();
    Ok(path)
}

/// Checks that the leaf with hash `leaf` stands at `index` in the tree of `size` leaves under `expected`
/// (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`ProofError::Range`] when there can be no such leaf, [`ProofError::Wrong`] when the proof does not lead to the root.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    expected: &Hash,
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut at, mut last) = (*leaf, index, size - 1);
    for sibling in path {
        if last == 0 {
            return Err(ProofError::Wrong);
        }
        if at & 1 == 1 || at == last {
            node = node_hash(sibling, &node);
            let up = if at & 1 == 1 { 0 } else { at.trailing_zeros() };
            // An even last node has no sibling on the levels up to where it becomes odd.
            (at, last) = (shift(at, up), shift(last, up));
        } else {
            node = node_hash(&node, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && node == *expected {
        Ok(())
    } else {
        Err(ProofError::Wrong)
    }
}

/// Checks that the tree of `new_size` leaves under `new_root` begins with the tree of `old_size` leaves under
/// `old_root` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// [`ProofError::Range`] when a size is 0 or the old one is larger, [`ProofError::Wrong`] when the proof does not hold.
pub fn verify_consistency(
    (old_size, old_root): (u64, &Hash),
    (new_size, new_root): (u64, &Hash),
    path: &[Hash],
) -> Result<(), ProofError> {
    if old_size == 0 || old_size > new_size {
        return Err(ProofError::Range);
    }
    if old_size == new_size {
        return if path.is_empty() && old_root == new_root {
            Ok(())
        } else {
            Err(ProofError::Wrong)
        };
    }
    // A complete old tree is itself a node of the new one and is not repeated in the path.
    let (first, rest) = match path.split_first() {
        _ if old_size.is_power_of_two() => (old_root, path),
        Some((first, rest)) => (first, rest),
        None => return Err(ProofError::Wrong),
    };
    let up = (old_size - 1).trailing_ones();
    let (mut at, mut last) = (shift(old_size - 1, up), shift(new_size - 1, up));
    let (mut old, mut new) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Wrong);
        }
        if at & 1 == 1 || at == last {
            (old, new) = (node_hash(sibling, &old), node_hash(sibling, &new));
            let up = if at & 1 == 1 { 0 } else { at.trailing_zeros() };
            (at, last) = (shift(at, up), shift(last, up));
        } else {
            new = node_hash(&new, sibling);
        }
        (at, last) = (at >> 1, last >> 1);
    }
    if last == 0 && old == *old_root && new == *new_root {
        Ok(())
    } else {
        Err(ProofError::Wrong)
    }
}

/// Where a tree of `len` leaves (at least 2) divides: the largest power of two below `len`.
fn split(len: usize) -> usize {
    1 << (usize::BITS - 1 - (len - 1).leading_zeros())
}

fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// A shift that gives 0 where the width of the number is passed.
fn shift(value: u64, by: u32) -> u64 {
    value.checked_shr(by).unwrap_or(0)
}

/// Why a proof cannot be made or does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofError {
    /// A size is 0, or an index or an old size lies beyond the tree.
    Range,
    /// The proof does not lead from what is claimed to the root.
    Wrong,
}

impl std::fmt::Display for ProofError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Range => "there is no proof for this size or index",
            Self::Wrong => "the proof does not lead to the root",
        })
    }
}

impl std::error::Error for ProofError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::leaf_hash;
    use crate::tree::tests::root_by_definition;

    const LARGEST: u32 = 64;

    fn leaves() -> Vec<Hash> {
        (0..LARGEST).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    /// Every way a path can be damaged by one step: a bit, a hash less, a hash more.
    fn damaged(path: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = vec![[path, &[[0; 32]]].concat()];
        for at in 0..path.len() {
            let mut flipped = path.to_vec();
            flipped[at][at] ^= 1;
            let mut shorter = path.to_vec();
            shorter.remove(at);
            all.extend([flipped, shorter]);
        }
        all
    }

    #[test]
    fn every_inclusion_up_to_64_leaves() {
        let leaves = leaves();
        for size in 1..=leaves.len() {
            let (part, root) = (&leaves[..size], root_by_definition(&leaves[..size]));
            for index in 0..size {
                let path = inclusion(part, index).unwrap();
                let check = |leaf, index, size, path: &[Hash], root| {
                    verify_inclusion(leaf, index as u64, size as u64, path, root)
                };
                assert_eq!(check(&leaves[index], index, size, &path, &root), Ok(()));
                for path in damaged(&path) {
                    assert_eq!(
                        check(&leaves[index], index, size, &path, &root),
                        Err(ProofError::Wrong)
                    );
                }
                for other in (0..size).filter(|other| *other != index) {
                    assert!(check(&leaves[index], other, size, &path, &root).is_err());
                    assert!(check(&leaves[other], index, size, &path, &root).is_err());
                }
                assert!(check(&leaves[index], index, size, &path, &[0; 32]).is_err());
            }
        }
    }

    #[test]
    fn every_consistency_up_to_64_leaves() {
        let leaves = leaves();
        let roots: Vec<Hash> = (0..=leaves.len())
            .map(|size| root_by_definition(&leaves[..size]))
            .collect();
        for new in 1..=leaves.len() {
            for old in 1..=new {
                let path = consistency(&leaves[..new], old).unwrap();
                let check = |old: usize, old_root, new: usize, new_root, path: &[Hash]| {
                    verify_consistency((old as u64, old_root), (new as u64, new_root), path)
                };
                assert_eq!(
                    check(old, &roots[old], new, &roots[new], &path),
                    Ok(()),
                    "{old} in {new}"
                );
                for path in damaged(&path) {
                    assert_eq!(
                        check(old, &roots[old], new, &roots[new], &path),
                        Err(ProofError::Wrong)
                    );
                }
                assert!(check(old, &[0; 32], new, &roots[new], &path).is_err());
                assert!(check(old, &roots[old], new, &[0; 32], &path).is_err());
                for other in (1..=new).filter(|other| *other != old) {
                    assert!(check(other, &roots[old], new, &roots[new], &path).is_err());
                }
            }
        }
    }

    #[test]
    fn there_is_no_proof_about_nothing() {
        let leaves = leaves();
        assert_eq!(inclusion(&[], 0), Err(ProofError::Range));
        assert_eq!(inclusion(&leaves, 64), Err(ProofError::Range));
        assert_eq!(consistency(&leaves, 0), Err(ProofError::Range));
        assert_eq!(consistency(&leaves, 65), Err(ProofError::Range));
        assert_eq!(
            verify_inclusion(&[0; 32], 0, 0, &[], &empty_root()),
            Err(ProofError::Range)
        );
        assert_eq!(
            verify_consistency((0, &empty_root()), (1, &leaves[0]), &[]),
            Err(ProofError::Range)
        );
        assert_eq!(
            verify_consistency((2, &[0; 32]), (1, &[0; 32]), &[]),
            Err(ProofError::Range)
        );
        let long = vec![[0; 32]; 200];
        assert_eq!(
            verify_inclusion(&[0; 32], u64::MAX - 1, u64::MAX, &long, &[0; 32]),
            Err(ProofError::Wrong)
        );
        let sizes = ((u64::MAX - 1, &[0; 32]), (u64::MAX, &[0; 32]));
        assert_eq!(
            verify_consistency(sizes.0, sizes.1, &long),
            Err(ProofError::Wrong)
        );
    }
}
