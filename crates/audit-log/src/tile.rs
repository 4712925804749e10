//! Tiles (C2SP tlog-tiles): the nodes of the tree in files of 256 hashes, as foreign tools fetch them. A tile of level
//! `l` holds nodes of height 8l; its own root is a node of level `l + 1`. Pure functions: which tiles there are, what
//! they are called, what is in them. Where they are kept is for the caller to know.

use crate::tree::{Frontier, Hash, leaf_root};

/// How many hashes a full tile has.
pub const FULL: u16 = 256;
/// The height of a tile: 2^8 = 256.
const HEIGHT: u32 = 8;
/// Levels a tree of fewer than 2^64 leaves can have.
const LEVELS: u8 = 8;
/// The bytes of one hash.
const HASH_BYTES: usize = 32;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// 0 for the hashes of leaves.
    pub level: u8,
    /// Its place among the tiles of its level, from 0.
    pub index: u64,
    /// How many hashes it has: 256, or fewer at the right edge of the tree.
    pub width: u16,
}

impl Tile {
    /// Its name: `tile/0/x001/x234/067`, and for a partial tile `tile/0/x001/x234/067.p/8`.
    #[must_use]
    pub fn path(&self) -> String {
        let mut groups = format!("{:03}", self.index % 1000);
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups = format!("x{:03}/{groups}", rest % 1000);
            rest /= 1000;
        }
        let partial = if self.is_full() {
            String::new()
        } else {
            format!(".p/{}", self.width)
        };
        format!("tile/{}/{groups}{partial}", self.level)
    }

    /// The tile of this name; `None` for any other text.
    #[must_use]
    pub fn from_path(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().ok()?),
            None => (rest, FULL),
        };
        let mut index = 0_u64;
        for group in groups.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
        }
        let tile = Self {
            level: level.parse().ok()?,
            index,
            width,
        };
        // Signs, leading zeros, missing groups: whatever is not written this way is another text.
        ((1..=FULL).contains(&width) && tile.path() == path).then_some(tile)
    }

    /// Whether it has all its hashes and so never changes.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.width == FULL
    }

    /// The tile of the tree of `size` leaves that holds the node at `height` and `index`; `None` when that tree does
    /// not have the node.
    #[must_use]
    pub fn holding(height: u32, index: u64, size: u64) -> Option<Self> {
        let level = height / HEIGHT;
        let beyond = index.checked_add(1)?.checked_mul(1_u64.checked_shl(height)?)?;
        if beyond > size {
            return None;
        }
        let first = index << (height % HEIGHT);
        let (tile, hashes) = (first >> HEIGHT, size >> (level * HEIGHT));
        Some(Self {
            level: u8::try_from(level).ok()?,
            index: tile,
            width: u16::try_from((hashes - (tile << HEIGHT)).min(FULL.into())).ok()?,
        })
    }

    /// The node at `height` and `index` out of the tile's bytes; `None` when it does not lie in this tile.
    #[must_use]
    pub fn node(&self, bytes: &[u8], height: u32, index: u64) -> Option<Hash> {
        let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
        if !rest.is_empty()
            || hashes.len() != usize::from(self.width)
            || height / HEIGHT != u32::from(self.level)
        {
            return None;
        }
        let first = index.checked_mul(1 << (height % HEIGHT))?;
        let first = first.checked_sub(self.index.checked_mul(FULL.into())?)?;
        let first = usize::try_from(first).ok()?;
        hashes.get(first..first + (1 << (height % HEIGHT))).map(leaf_root)
    }
}

/// The partial tiles of the tree of `size` leaves, lowest level first.
#[must_use]
pub fn edge_tiles(size: u64) -> Vec<Tile> {
    (0..LEVELS).filter_map(|level| partial(level, size)).collect()
}

/// What growing from `old` to `new` leaves adds: every tile that became full, and the partial tiles that are new.
#[must_use]
pub fn growth(old: u64, new: u64) -> Vec<Tile> {
    let mut tiles = Vec::new();
    for level in 0..LEVELS {
        let full = |size: u64| count(level, size) >> HEIGHT;
        tiles.extend((full(old)..full(new)).map(|index| Tile {
            level,
            index,
            width: FULL,
        }));
        if count(level, old) != count(level, new) {
            tiles.extend(partial(level, new));
        }
    }
    tiles
}

/// How many hashes this level has in all.
fn count(level: u8, size: u64) -> u64 {
    size >> (u32::from(level) * HEIGHT)
}

fn partial(level: u8, size: u64) -> Option<Tile> {
    let hashes = count(level, size);
    let width = u16::try_from(hashes % u64::from(FULL))
        .ok()
        .filter(|width| *width > 0)?;
    Some(Tile {
        level,
        index: hashes >> HEIGHT,
        width,
    })
}

/// The right edge of a tree that grows: the hashes that do not fill a tile yet, at most 255 per level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// The tree without leaves.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a stored tree of `size` leaves; `stored` gives the bytes of each tile of [`edge_tiles`]. `None` when
    /// one is missing or of another length.
    pub fn load(size: u64, mut stored: impl FnMut(Tile) -> Option<Vec<u8>>) -> Option<Self> {
        let mut edge = Self {
            size,
            levels: Vec::new(),
        };
        for tile in edge_tiles(size) {
            let bytes = stored(tile)?;
            let (hashes, rest) = bytes.as_chunks::<HASH_BYTES>();
            if !rest.is_empty() || hashes.len() != usize::from(tile.width) {
                return None;
            }
            edge.levels.resize(usize::from(tile.level), Vec::new());
            edge.levels.push(hashes.to_vec());
        }
        Some(edge)
    }

    /// How many leaves the tree has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf, given its [`crate::tree::leaf_hash`]; gives the tiles that became full, with their bytes.
    pub fn push(&mut self, leaf: Hash) -> Vec<(Tile, Vec<u8>)> {
        self.size += 1;
        let (mut full, mut carried) = (Vec::new(), leaf);
        for level in 0..LEVELS {
            let at = usize::from(level);
            if self.levels.len() == at {
                self.levels.push(Vec::new());
            }
            self.levels[at].push(carried);
            if self.levels[at].len() < usize::from(FULL) {
                break;
            }
            let hashes = std::mem::take(&mut self.levels[at]);
            carried = leaf_root(&hashes);
            let tile = Tile {
                level,
                index: (count(level, self.size) >> HEIGHT) - 1,
                width: FULL,
            };
            full.push((tile, hashes.concat()));
        }
        full
    }

    /// The partial tiles of the tree as it is now, with their bytes.
    #[must_use]
    pub fn partials(&self) -> Vec<(Tile, Vec<u8>)> {
        edge_tiles(self.size)
            .into_iter()
            .filter_map(|tile| Some((tile, self.levels.get(usize::from(tile.level))?.concat())))
            .collect()
    }

    /// The same tree as a frontier.
    #[must_use]
    pub fn frontier(&self) -> Frontier {
        let mut roots = Vec::new();
        for hashes in self.levels.iter().rev() {
            let mut rest = &hashes[..];
            while let Some(height) = rest.len().checked_ilog2() {
                let (piece, after) = rest.split_at(1 << height);
                roots.push(leaf_root(piece));
                rest = after;
            }
        }
        Frontier::of(self.size, roots)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::proof::{consistency, consistency_from, inclusion, inclusion_from};
    use crate::tree::leaf_hash;

    #[test]
    fn names_are_those_of_the_specification() {
        let tile = |level, index, width| Tile { level, index, width };
        for (tile, path) in [
            (tile(0, 1_234_067, FULL), "tile/0/x001/x234/067"),
            (tile(0, 1_234_067, 8), "tile/0/x001/x234/067.p/8"),
            (tile(3, 0, 255), "tile/3/000.p/255"),
            (tile(1, 1000, FULL), "tile/1/x001/000"),
        ] {
            assert_eq!(tile.path(), path);
            assert_eq!(Tile::from_path(path), Some(tile));
        }
        for path in [
            "",
            "tile/0/1",
            "tile/0/x001",
            "tile/0/000/001",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/08",
            "tile/00/000",
            "tile/0/+01",
            "tile/0/x000/001",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
            "tile/0/../000",
            "tile/256/000",
        ] {
            assert_eq!(Tile::from_path(path), None, "{path}");
        }
    }

    /// All tiles of a tree of 70,000 leaves, kept as a store would, and the edge loaded again now and then.
    #[test]
    fn a_tree_grows_in_tiles_and_every_proof_comes_out_of_them() {
        const LEAVES: u32 = 70_000;
        let leaves: Vec<Hash> = (0..LEAVES).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut store: BTreeMap<Tile, Vec<u8>> = BTreeMap::new();
        let (mut edge, mut frontier, mut published) = (Edge::new(), Frontier::new(), 0);
        for (n, leaf) in leaves.iter().enumerate() {
            let mut made: Vec<Tile> = Vec::new();
            for (tile, bytes) in edge.push(*leaf) {
                made.push(tile);
                store.insert(tile, bytes);
            }
            frontier.push(*leaf);
            if n % 9_973 == 0 || n == 255 || n == 256 {
                for (tile, bytes) in edge.partials() {
                    store.insert(tile, bytes);
                }
                let size = edge.size();
                assert!(
                    growth(published, size)
                        .iter()
                        .all(|tile| store.contains_key(tile))
                );
                edge = Edge::load(size, |tile| store.get(&tile).cloned()).unwrap();
                assert_eq!(edge.frontier(), frontier);
                published = size;
            }
        }
        edge.partials().into_iter().for_each(|(tile, bytes)| {
            store.insert(tile, bytes);
        });
        let size = edge.size();
        let node = |height, index| {
            let tile = Tile::holding(height, index, size).ok_or("no such node")?;
            tile.node(store.get(&tile).ok_or("no such tile")?, height, index)
                .ok_or("not in the tile")
        };
        for at in [0, 1, 255, 256, 65_535, 65_536, 69_999] {
            let place = usize::try_from(at).unwrap();
            assert_eq!(
                inclusion_from(at, size, node).unwrap(),
                inclusion(&leaves, place).unwrap()
            );
            assert_eq!(
                consistency_from(at + 1, size, node).unwrap(),
                consistency(&leaves, place + 1).unwrap()
            );
        }
    }

    #[test]
    fn growth_names_each_tile_once() {
        let full = |level, index| Tile {
            level,
            index,
            width: FULL,
        };
        assert_eq!(growth(0, 0), []);
        assert_eq!(
            growth(0, 256),
            [
                full(0, 0),
                Tile {
                    level: 1,
                    index: 0,
                    width: 1
                }
            ]
        );
        assert_eq!(
            growth(255, 513),
            [
                full(0, 0),
                full(0, 1),
                Tile {
                    level: 0,
                    index: 2,
                    width: 1
                },
                Tile {
                    level: 1,
                    index: 0,
                    width: 2
                }
            ]
        );
        assert_eq!(growth(513, 513), []);
        assert_eq!(growth(65_535, 65_536).len(), 3);
    }

    #[test]
    fn nodes_that_are_not_there() {
        assert_eq!(Tile::holding(0, 5, 5), None);
        assert_eq!(Tile::holding(3, 0, 7), None);
        assert_eq!(Tile::holding(64, 0, u64::MAX), None);
        assert_eq!(Tile::holding(0, u64::MAX, u64::MAX), None);
        let tile = Tile::holding(0, 4, 5).unwrap();
        assert_eq!(tile.width, 5);
        assert_eq!(tile.node(&[0; 32 * 4], 0, 4), None, "too short");
        assert_eq!(tile.node(&[0; 32 * 5], 0, 5), None, "beyond it");
        assert_eq!(tile.node(&[0; 32 * 5], 8, 0), None, "another level");
        assert_eq!(Edge::load(5, |_| None), None);
        assert_eq!(Edge::load(5, |_| Some(vec![0; 31])), None);
    }
}
