//! The Merkle tree of RFC 6962 section 2.1 over SHA-256, kept as a *frontier*: the roots of the complete subtrees that
//! make up the tree, largest first. A frontier is all the sequencer has to keep to go on, and it is small.

use sha2::{Digest as _, Sha256};

/// A SHA-256 output: the hash of a leaf, of an inner node, or the root of a tree.
pub type Hash = [u8; 32];

/// The largest tree a frontier accepts from storage: sizes are PostgreSQL's `bigint` there.
const MAX_SIZE: u64 = i64::MAX as u64;

/// The hash of a leaf: SHA-256 over a zero byte and the leaf's bytes.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new()
        .chain_update([0])
        .chain_update(leaf)
        .finalize()
        .into()
}

/// The hash of an inner node: SHA-256 over a one byte and the hashes of its two children.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut input = [1; 65];
    input[1..33].copy_from_slice(left);
    input[33..].copy_from_slice(right);
    Sha256::digest(input).into()
}

/// The root of the tree without leaves: SHA-256 of nothing.
#[must_use]
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The root of a complete subtree, given the hashes at its bottom: as many as a power of two.
pub(crate) fn leaf_root(hashes: &[Hash]) -> Hash {
    match hashes {
        [] => empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            node_hash(&leaf_root(left), &leaf_root(right))
        }
    }
}

/// A tree that only grows, in at most 64 hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// One root per set bit of `size`, the largest subtree first.
    roots: Vec<Hash>,
}

impl Frontier {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees that make up the tree, the largest first.
    #[must_use]
    pub fn roots(&self) -> &[Hash] {
        &self.roots
    }

    /// The tree of `size` leaves that these complete subtrees make up, the largest first.
    ///
    /// # Errors
    /// [`FrontierError`] when their number does not fit the size, or the size is beyond a signed 64-bit integer.
    pub fn from_roots(size: u64, roots: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > MAX_SIZE || u32::try_from(roots.len()) != Ok(size.count_ones()) {
            return Err(FrontierError);
        }
        Ok(Self { size, roots })
    }

    /// As [`Frontier::from_roots`], for roots that were counted.
    pub(crate) fn of(size: u64, roots: Vec<Hash>) -> Self {
        debug_assert_eq!(u32::try_from(roots.len()), Ok(size.count_ones()));
        Self { size, roots }
    }

    /// Appends a leaf, given its [`leaf_hash`].
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one bit of the size is a complete subtree as large as what is being carried.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                node = node_hash(&left, &node);
            }
        }
        self.roots.push(node);
        self.size += 1;
    }

    /// The root of the tree as it is now.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        match roots.next() {
            None => empty_root(),
            Some(last) => roots.fold(*last, |right, left| node_hash(left, &right)),
        }
    }

    /// The bytes to store: the size as eight big-endian bytes, then the roots, largest subtree first.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(8 + 32 * self.roots.len());
        out.extend_from_slice(&self.size.to_be_bytes());
        self.roots.iter().for_each(|root| out.extend_from_slice(root));
        out
    }

    /// Reads what [`Frontier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`FrontierError`] when the length does not fit the size, or the size is beyond a signed 64-bit integer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk::<8>().ok_or(FrontierError)?;
        let size = u64::from_be_bytes(*size);
        let (roots, tail) = rest.as_chunks::<32>();
        if tail.is_empty() {
            Self::from_roots(size, roots.to_vec())
        } else {
            Err(FrontierError)
        }
    }
}

/// The stored frontier is not one that [`Frontier::to_bytes`] wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrontierError;

impl std::fmt::Display for FrontierError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the stored frontier of the audit tree has the wrong length for its size")
    }
}

impl std::error::Error for FrontierError {}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::text::hex;

    /// The reference leaves used by the RFC 6962 implementations of Certificate Transparency.
    pub(crate) fn reference_leaves() -> Vec<Vec<u8>> {
        vec![
            vec![],
            vec![0x00],
            vec![0x10],
            vec![0x20, 0x21],
            vec![0x30, 0x31],
            (0x40..=0x43).collect(),
            (0x50..=0x57).collect(),
            (0x60..=0x6f).collect(),
        ]
    }

    /// RFC 6962 section 2.1 word for word: the definition the frontier is compared with.
    pub(crate) fn root_by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            many => {
                let split = many.len().next_power_of_two() / 2;
                node_hash(
                    &root_by_definition(&many[..split]),
                    &root_by_definition(&many[split..]),
                )
            }
        }
    }

    #[test]
    fn known_roots() {
        let mut frontier = Frontier::new();
        assert_eq!(&hex(&frontier.root())[..8], "e3b0c442");
        let roots = [
            "6e340b9c", "fac54203", "aeb6bcfe", "d37ee418", "4e3bbb1f", "76e67dad", "ddb89be4", "5dc9da79",
        ];
        for (leaf, root) in reference_leaves().iter().zip(roots) {
            frontier.push(leaf_hash(leaf));
            assert_eq!(&hex(&frontier.root())[..8], root);
        }
        assert_eq!(frontier.size(), 8);
    }

    #[test]
    fn the_frontier_agrees_with_the_definition_and_survives_storage() {
        let leaves: Vec<Hash> = (0..300_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut frontier = Frontier::new();
        for (n, leaf) in leaves.iter().enumerate() {
            assert_eq!(frontier.root(), root_by_definition(&leaves[..n]), "size {n}");
            frontier = Frontier::from_bytes(&frontier.to_bytes()).unwrap();
            frontier.push(*leaf);
        }
    }

    #[test]
    fn a_damaged_frontier_is_refused() {
        let mut frontier = Frontier::new();
        (0..5).for_each(|n| frontier.push([n; 32]));
        let good = frontier.to_bytes();
        for length in 0..good.len() {
            assert_eq!(Frontier::from_bytes(&good[..length]), Err(FrontierError));
        }
        let mut other_size = good.clone();
        other_size[7] = 7;
        assert_eq!(Frontier::from_bytes(&other_size), Err(FrontierError));
        let huge = [&u64::MAX.to_be_bytes()[..], &[0; 64 * 32]].concat();
        assert_eq!(Frontier::from_bytes(&huge), Err(FrontierError));
    }
}
