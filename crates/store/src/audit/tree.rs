//! Hashes of the tree, made again from the leaves and the roots of complete tiles: what proofs are made of.

use std::collections::BTreeMap;

use audit_log::proof;
use audit_log::tree::{Frontier, Hash, leaf_hash};

use super::sequence::{TILE_ENTRIES, bigint};
use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Log, RowExt, Tx};

statements! {
    Log LEAF_BYTES = "
        SELECT index, leaf FROM audit.leaf
         WHERE index >= $1 /* from */ AND index < $2 /* to */ ORDER BY index";
    Log TILE_ROOTS = "
        SELECT index, root FROM audit.tile
         WHERE level = $1 /* level */ AND index >= $2 /* from */ AND index < $3 /* to */ ORDER BY index";
}

/// The height of a tile: 2^8 entries.
const TILE_HEIGHT: u32 = 8;

/// At most so many leaves are read at a time.
const LEAVES_AT_ONCE: u64 = 2000;

impl Tx<'_, Log> {
    /// The leaves `from..to`, byte for byte. Ask for a few thousand at most.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when one of them is missing.
    pub async fn leaf_bytes(&self, from: u64, to: u64) -> Result<Vec<Vec<u8>>, StoreError> {
        let rows = self.rows(&LEAF_BYTES, &[&bigint(from)?, &bigint(to)?]).await?;
        let mut leaves = Vec::with_capacity(rows.len());
        for (index, row) in (from..to).zip(&rows) {
            if row.value::<i64>("index")? != bigint(index)? {
                return Err(StoreError::DamagedLog);
            }
            leaves.push(row.value("leaf")?);
        }
        if leaves.len() as u64 == to.saturating_sub(from) {
            Ok(leaves)
        } else {
            Err(StoreError::DamagedLog)
        }
    }

    /// Appends the leaves up to `to` to a tree.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when one of them is missing.
    pub async fn extend(&self, tree: &mut Frontier, to: u64) -> Result<(), StoreError> {
        while tree.size() < to {
            let until = to.min(tree.size() + LEAVES_AT_ONCE);
            for leaf in self.leaf_bytes(tree.size(), until).await? {
                tree.push(leaf_hash(&leaf));
            }
        }
        Ok(())
    }

    /// The first `width` entries of a tile (C2SP tlog-tiles): hashes of leaves on level 0, roots of the tiles below on
    /// the others.
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when one of them is missing.
    pub async fn tile_entries(&self, level: i16, tile: u64, width: u64) -> Result<Vec<Hash>, StoreError> {
        self.entries(level, tile * TILE_ENTRIES, width).await
    }

    /// Entries of tiles of one level, in a row.
    async fn entries(&self, level: i16, from: u64, width: u64) -> Result<Vec<Hash>, StoreError> {
        if level == 0 {
            let leaves = self.leaf_bytes(from, from + width).await?;
            return Ok(leaves.iter().map(|leaf| leaf_hash(leaf)).collect());
        }
        let (first, last) = (bigint(from)?, bigint(from + width)?);
        let rows = self.rows(&TILE_ROOTS, &[&level, &first, &last]).await?;
        if rows.len() as u64 != width {
            return Err(StoreError::DamagedLog);
        }
        rows.iter().map(|row| row.bytes("root")).collect()
    }

    /// A node of the tree: the root of a complete subtree of 2^height leaves, by its place among those.
    async fn node(&self, height: u32, index: u64) -> Result<Hash, StoreError> {
        // Entries of the tiles on the level below, 128 at most.
        let width = 1_u64 << (height % TILE_HEIGHT);
        let level = i16::try_from(height / TILE_HEIGHT).map_err(|_| StoreError::DamagedLog)?;
        let mut tree = Frontier::new();
        for entry in self.entries(level, index * width, width).await? {
            tree.push(entry);
        }
        Ok(tree.root())
    }

    /// The proof that the tree of `new` leaves begins with the tree of its first `old` (RFC 6962 section 2.1.2).
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when `old` is 0 or larger than `new`, or part of the tree is missing.
    pub async fn consistency_proof(&self, old: u64, new: u64) -> Result<Vec<Hash>, StoreError> {
        let wanted = proof::consistency_nodes(old, new).map_err(|_| StoreError::DamagedLog)?;
        let nodes = self.nodes(wanted).await?;
        let node = |height, index| nodes.get(&(height, index)).copied().ok_or(());
        proof::consistency_from(old, new, node).map_err(|_| StoreError::DamagedLog)
    }

    /// The audit path of a leaf in the tree of `size` leaves (RFC 6962 section 2.1.1).
    ///
    /// # Errors
    /// [`StoreError::DamagedLog`] when there is no such leaf, or part of the tree is missing.
    pub async fn inclusion_proof(&self, index: u64, size: u64) -> Result<Vec<Hash>, StoreError> {
        let wanted = proof::inclusion_nodes(index, size).map_err(|_| StoreError::DamagedLog)?;
        let nodes = self.nodes(wanted).await?;
        let node = |height, index| nodes.get(&(height, index)).copied().ok_or(());
        proof::inclusion_from(index, size, node).map_err(|_| StoreError::DamagedLog)
    }

    async fn nodes(&self, wanted: Vec<(u32, u64)>) -> Result<BTreeMap<(u32, u64), Hash>, StoreError> {
        let mut nodes = BTreeMap::new();
        for (height, index) in wanted {
            nodes.insert((height, index), self.node(height, index).await?);
        }
        Ok(nodes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_util::TestDatabase;
    use crate::{Context, Work};

    /// More than a tile of tiles would take minutes to write; a tile and a bit shows every kind of edge.
    const LEAVES: u64 = 600;

    struct Proofs;

    impl Work for Proofs {
        const NAME: &'static str = "proofs";
        type Role = Log;
        type Output = ();
        type Error = StoreError;

        async fn run(&self, tx: &Tx<'_, Log>) -> Result<(), StoreError> {
            let ordered = tx.order().await?.unwrap();
            assert_eq!(ordered.after.size(), LEAVES);
            let leaves: Vec<Hash> = (0..LEAVES).map(|n| leaf_hash(&n.to_be_bytes())).collect();
            let upto = |n: u64| &leaves[..usize::try_from(n).unwrap()];
            let mut tree = Frontier::new();
            tx.extend(&mut tree, LEAVES).await?;
            assert_eq!(tree, ordered.after);
            for (old, new) in [
                (1, 600),
                (255, 256),
                (256, 600),
                (300, 513),
                (512, 512),
                (599, 600),
            ] {
                let expected = proof::consistency(upto(new), usize::try_from(old).unwrap()).unwrap();
                assert_eq!(tx.consistency_proof(old, new).await?, expected, "{old} in {new}");
                let expected = proof::inclusion(upto(new), usize::try_from(old - 1).unwrap()).unwrap();
                assert_eq!(
                    tx.inclusion_proof(old - 1, new).await?,
                    expected,
                    "{old} in {new}"
                );
            }
            for (old, new) in [(0, 600), (600, 599), (600, 601)] {
                assert!(tx.consistency_proof(old, new).await.is_err());
            }
            assert!(tx.inclusion_proof(600, 600).await.is_err());
            assert_eq!(tx.tile_entries(1, 0, 2).await?.len(), 2);
            assert!(tx.tile_entries(1, 0, 3).await.is_err());
            Ok(())
        }
    }

    #[tokio::test]
    async fn proofs_come_out_of_leaves_and_tiles() {
        let database = TestDatabase::new(std::sync::Arc::new(|bytes: &mut [u8]| bytes.fill(0))).await;
        let client = database.superuser().await;
        let insert = "INSERT INTO audit.pending (event_id, leaf)
                      SELECT gen_random_uuid(), int8send(n) FROM generate_series(0, 599) AS n ORDER BY n";
        client.batch_execute(insert).await.unwrap();
        database.store.run(Context::Service, Proofs).await.unwrap();
    }
}
