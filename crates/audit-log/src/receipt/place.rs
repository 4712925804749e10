//! One signature for many receipts: the leaves of one transaction stand on one sheet, a small tree whose root is signed,
//! and each receipt has the audit path of its own leaf in it. Signing is by far the dearest part of a receipt.
//!
//! A receipt goes to one organisation, and its path must not tell it anything of the others on the sheet: every sheet has
//! as many places, a leaf stands at one drawn by lot, what is empty is filled with random bytes, and beside each leaf stands
//! a random neighbour, so that not even somebody who knows all leaves of the log finds theirs in a path.

use std::sync::{Arc, OnceLock};

use crate::checkpoint::LogSigner;
use crate::tree::{Hash, node_hash};

/// So many leaves stand on a sheet at most.
pub const PLACES: usize = 256;

/// The height of the tree of a sheet: above a leaf and its neighbour stand 256 such pairs.
const LEVELS: usize = 9;

/// The longest path of any receipt.
pub(super) const MAX_LEVELS: usize = 16;

/// An audit path (RFC 6962 section 2.1.1) in a tree with as many leaves as a power of two. Without levels it is that of a
/// leaf that was signed alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Path {
    index: u16,
    siblings: Vec<Hash>,
}

impl Path {
    /// The root of the tree in which this is the path of `leaf`.
    pub(super) fn root(&self, leaf: &Hash) -> Hash {
        let levels = self.siblings.iter().enumerate();
        levels.fold(*leaf, |node, (level, sibling)| {
            if self.index >> level & 1 == 1 {
                node_hash(sibling, &node)
            } else {
                node_hash(&node, sibling)
            }
        })
    }

    /// One byte for the number of levels, two for the place of the leaf, and the siblings from the leaf up.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let levels = u8::try_from(self.siblings.len()).unwrap_or(u8::MAX);
        let mut out = Vec::with_capacity(3 + 32 * self.siblings.len());
        out.push(levels);
        out.extend_from_slice(&self.index.to_be_bytes());
        self.siblings
            .iter()
            .for_each(|sibling| out.extend_from_slice(sibling));
        out
    }

    /// Reads what [`Path::to_bytes`] wrote, and gives what follows.
    pub(super) fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (&[levels, high, low], rest) = bytes.split_first_chunk::<3>()?;
        let (levels, index) = (usize::from(levels), u16::from_be_bytes([high, low]));
        if levels > MAX_LEVELS || u32::from(index) >> levels != 0 {
            return None;
        }
        let (siblings, rest) = rest.split_at_checked(32 * levels)?;
        let siblings = siblings.as_chunks::<32>().0.to_vec();
        Some((Self { index, siblings }, rest))
    }
}

/// Where a leaf stands on its sheet.
#[derive(Clone, Debug)]
pub struct Place {
    pub(super) path: Path,
    sheet: Arc<Sheet>,
}

/// What one signature is for. It is made when the first of its receipts is.
#[derive(Debug)]
struct Sheet {
    root: Hash,
    signed: OnceLock<(i64, [u8; 64])>,
}

impl Place {
    /// The bytes to keep, so that the same receipt can be given again.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.path.to_bytes()
    }

    /// Reads what [`Place::to_bytes`] wrote, for the leaf of this hash.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], leaf: &Hash) -> Option<Self> {
        let (path, rest) = Path::split(bytes)?;
        rest.is_empty().then(|| {
            let sheet = Arc::new(Sheet::under(path.root(leaf)));
            Self { path, sheet }
        })
    }

    /// The signature over the sheet, with the promise that its leaves stand in the log by then.
    pub(super) fn signature(&self, log: &LogSigner, promised_by: i64) -> [u8; 64] {
        let sign = || super::sign(log, &self.sheet.root, promised_by);
        let (by, signature) = self.sheet.signed.get_or_init(|| (promised_by, sign()));
        // The leaves of a transaction have one time; whoever asks for another promise gets a signature of its own.
        if *by == promised_by { *signature } else { sign() }
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.sheet.root == other.sheet.root
    }
}

impl Eq for Place {}

impl Sheet {
    fn under(root: Hash) -> Self {
        Self {
            root,
            signed: OnceLock::new(),
        }
    }
}

/// Lays leaves, given by their hashes, out on sheets: their places in the order given. `chance` fills with random bytes.
pub fn lay_out(leaves: &[Hash], chance: impl Fn(&mut [u8])) -> Vec<Place> {
    let mut lots = Lots::new(&chance);
    let sheets = leaves.chunks(PLACES);
    sheets
        .flat_map(|leaves| lay_out_sheet(leaves, &mut lots))
        .collect()
}

fn lay_out_sheet(leaves: &[Hash], lots: &mut Lots<'_>) -> Vec<Place> {
    let mut free: Vec<u16> = (0..).take(PLACES).collect();
    let mut nodes: Vec<Option<Hash>> = vec![None; PLACES];
    let mut paths: Vec<Path> = Vec::with_capacity(leaves.len());
    for leaf in leaves {
        let place = free.swap_remove(lots.below(free.len()));
        let neighbour = lots.hash();
        nodes[usize::from(place)] = Some(node_hash(leaf, &neighbour));
        let mut siblings = Vec::with_capacity(LEVELS);
        siblings.push(neighbour);
        paths.push(Path {
            index: 2 * place,
            siblings,
        });
    }
    while nodes.len() > 1 {
        for pair in nodes.as_chunks_mut::<2>().0 {
            // What stands beside nothing is needed by nobody.
            if let [Some(_), empty @ None] | [empty @ None, Some(_)] = pair {
                *empty = Some(lots.hash());
            }
        }
        for path in &mut paths {
            let at = usize::from(path.index) >> path.siblings.len();
            path.siblings.extend(nodes[at ^ 1]);
        }
        let pairs = nodes.as_chunks::<2>().0.iter();
        nodes = pairs
            .map(|[left, right]| Some(node_hash(left.as_ref()?, right.as_ref()?)))
            .collect();
    }
    let root = nodes.first().copied().flatten().unwrap_or_default();
    let sheet = Arc::new(Sheet::under(root));
    let place = |path| Place {
        path,
        sheet: Arc::clone(&sheet),
    };
    paths.into_iter().map(place).collect()
}

/// Random bytes, fetched many at a time.
struct Lots<'a> {
    chance: &'a dyn Fn(&mut [u8]),
    drawn: [Hash; 32],
    used: usize,
}

impl<'a> Lots<'a> {
    fn new(chance: &'a dyn Fn(&mut [u8])) -> Self {
        let drawn = [[0; 32]; 32];
        let used = drawn.len();
        Self { chance, drawn, used }
    }

    fn hash(&mut self) -> Hash {
        if self.used == self.drawn.len() {
            (self.chance)(self.drawn.as_flattened_mut());
            self.used = 0;
        }
        self.used += 1;
        self.drawn[self.used - 1]
    }

    /// A number below `bound`: of 64 bits, so that none is noticeably likelier.
    fn below(&mut self, bound: usize) -> usize {
        let drawn = self.hash().first_chunk().copied().map_or(0, u64::from_be_bytes);
        usize::try_from(drawn % (bound as u64).max(1)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::proof;
    use crate::tree::leaf_hash;

    /// Bytes that are never twice the same.
    fn chance() -> impl Fn(&mut [u8]) {
        let calls = Cell::new(0_u64);
        move |bytes: &mut [u8]| {
            for chunk in bytes.as_chunks_mut::<32>().0 {
                calls.set(calls.get() + 1);
                *chunk = leaf_hash(&calls.get().to_be_bytes());
            }
        }
    }

    fn leaves(count: usize) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_le_bytes())).collect()
    }

    #[test]
    fn every_leaf_of_a_sheet_leads_to_its_one_root() {
        for count in [1, 2, 3, 64, 255, 256] {
            let leaves = leaves(count);
            let places = lay_out(&leaves, chance());
            let root = places[0].sheet.root;
            for (leaf, place) in leaves.iter().zip(&places) {
                assert_eq!(place.path.root(leaf), root);
                let (index, path) = (place.path.index.into(), &place.path.siblings);
                proof::verify_inclusion(leaf, index, 512, path, &root).unwrap();
                let again = Place::from_bytes(&place.to_bytes(), leaf).unwrap();
                assert_eq!(again, *place);
            }
        }
    }

    #[test]
    fn more_than_a_sheet_holds_come_on_two() {
        let places = lay_out(&leaves(257), chance());
        let roots: std::collections::BTreeSet<Hash> = places.iter().map(|place| place.sheet.root).collect();
        assert_eq!(roots.len(), 2);
        assert_eq!(lay_out(&[], chance()), Vec::new());
    }

    #[test]
    fn a_path_is_as_long_and_as_strange_however_many_others_there_are() {
        for count in [1, 2, 64, 256] {
            let leaves = leaves(count);
            let places = lay_out(&leaves, chance());
            let mut taken: Vec<u16> = places.iter().map(|place| place.path.index).collect();
            taken.sort_unstable();
            taken.dedup();
            assert_eq!(taken.len(), count, "each has a place of its own");
            for place in &places {
                assert_eq!(place.to_bytes().len(), 3 + 32 * LEVELS);
                assert_eq!(place.path.index % 2, 0, "the neighbour of a leaf is random");
                // No leaf of another stands in it, nor what follows from leaves alone.
                assert!(!place.path.siblings.iter().any(|sibling| leaves.contains(sibling)));
            }
        }
        let first = lay_out(&leaves(2), chance());
        let drawn_later = chance();
        drawn_later(&mut [0; 32]);
        let second = lay_out(&leaves(2), drawn_later);
        assert_ne!(first, second, "places and what fills the rest are drawn by lot");
    }

    #[test]
    fn other_bytes_are_no_place() {
        let leaf = leaf_hash(b"leaf");
        let good = lay_out(&[leaf], chance())[0].to_bytes();
        assert!(Place::from_bytes(&good, &leaf).is_some());
        for length in 0..good.len() {
            assert!(Place::from_bytes(&good[..length], &leaf).is_none());
        }
        assert!(Place::from_bytes(&[good.as_slice(), &[0]].concat(), &leaf).is_none());
        // Beyond the tree, and a tree that is too high.
        assert!(Place::from_bytes(&[&[9, 2, 0], &good[3..]].concat(), &leaf).is_none());
        assert!(Place::from_bytes(&[&[0, 0, 1][..]].concat(), &leaf).is_none());
        assert!(Place::from_bytes(&[&[17, 0, 0][..], &[0; 17 * 32]].concat(), &leaf).is_none());
    }
}
