//! The tags of an epoch, walked by child, since that is how they lie in the table.

use crate::error::StoreError;
use crate::key_epochs::TagKeys;
use crate::pool::Store;
use crate::rotation::{Columns, Cursor, count, keys};
use crate::statement::statements;
use crate::work::{Owner, RowExt, Tx};

/// So many tags are filled or deleted by one transaction: enough that its commit costs little beside it, few enough that
/// an interruption loses little.
pub const TAGS_AT_ONCE: usize = 4000;

statements! {
    // Until this transaction ends no epoch of the partners' key does: what reads its last tags must find these too.
    Owner HOLD_KEYS = "
        SELECT keys_version FROM network WHERE id = $1 /* network */ FOR SHARE";
    // Literal limits: a planner that must guess one may sort the whole table.
    Owner TAGS_TO_FILL = "
        SELECT t.subject_id, t.tag, t.kind, t.net_epoch, t.sealed
          FROM subject_tag t JOIN subject s ON s.id = t.subject_id
         WHERE t.subject_id >= $1 /* child */ AND (t.subject_id, t.tag) > ($1, $2 /* tag */)
           AND s.id >= $1 AND s.network_id = $3 /* network */
           AND t.suite = $4 /* suite */ AND t.oprf_epoch IS NOT DISTINCT FROM $5::smallint /* oprf epoch */
           AND t.tag_epoch = $6 /* tag epoch */ AND t.subject_id <= $7 /* last child */
         ORDER BY t.subject_id, t.tag LIMIT 4000";
    // Sorted, as submissions insert them, so that neither waits for the other in a circle. No two children are joined
    // while tags are filled, so that a tag's child is the one that was read.
    Owner FILL_TAGS = "
        INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, tag_epoch, oprf_epoch, sealed)
        SELECT n.tag, t.subject_id, $1 /* suite */, t.kind, t.net_epoch, $2 /* tag epoch */,
               $3::smallint /* oprf epoch */, n.sealed
          FROM unnest($4::bytea[] /* live tags */, $5::bytea[] /* next tags */, $6::bytea[] /* sealed tokens */)
               AS n (live, tag, sealed)
          JOIN subject_tag t ON t.tag = n.live
         ORDER BY n.tag
            ON CONFLICT (tag) DO NOTHING";
    Owner LAST_CHILD = "
        SELECT coalesce(max(id), 0) AS child FROM subject";
    Owner LACKING_CHILDREN = "
        SELECT t.subject_id
          FROM subject_tag t JOIN subject s ON s.id = t.subject_id
         WHERE t.subject_id > $1 /* after child */ AND s.id > $1 AND s.network_id = $2 /* network */
         GROUP BY t.subject_id
        HAVING count(*) FILTER (WHERE t.suite = $3 /* from suite */ AND t.tag_epoch = $5 /* from tag */
                                  AND t.oprf_epoch IS NOT DISTINCT FROM $4::smallint /* from oprf */)
             > count(*) FILTER (WHERE t.suite = $6 /* to suite */ AND t.tag_epoch = $8 /* to tag */
                                  AND t.oprf_epoch IS NOT DISTINCT FROM $7::smallint /* to oprf */)
         LIMIT 4000";
    Owner TAGS_OF_CHILDREN = "
        SELECT t.subject_id, t.tag, t.kind, t.net_epoch, t.sealed
          FROM subject_tag t
         WHERE t.subject_id = ANY ($1::bigint[] /* children */)
           AND t.suite = $2 /* suite */ AND t.oprf_epoch IS NOT DISTINCT FROM $3::smallint /* oprf epoch */
           AND t.tag_epoch = $4 /* tag epoch */
         ORDER BY t.subject_id, t.tag";
    Owner DELETE_OLD_TAGS = "
        WITH old AS (
            SELECT t.tag, t.subject_id
              FROM subject_tag t JOIN subject s ON s.id = t.subject_id
             WHERE t.subject_id >= $1 /* child */ AND s.id >= $1 AND s.network_id = $2 /* network */
               AND t.suite = $3 /* suite */ AND t.oprf_epoch IS NOT DISTINCT FROM $4::smallint /* oprf epoch */
               AND t.tag_epoch = $5 /* tag epoch */
             ORDER BY t.subject_id LIMIT 4000),
        gone AS (
            DELETE FROM subject_tag d USING old WHERE d.tag = old.tag RETURNING d.tag)
        SELECT count(*) AS tags, max(old.subject_id) AS child FROM old LEFT JOIN gone USING (tag)";
    Owner INSERT_SAMPLE = "
        WITH sample AS (
            SELECT nextval('subject_id') AS child, n.tag, n.sealed
              FROM unnest($5::bytea[] /* tags */, $6::bytea[] /* sealed tokens */) AS n (tag, sealed)),
        born AS (
            INSERT INTO subject (id, network_id) SELECT child, $1 /* network */ FROM sample)
        INSERT INTO subject_tag (tag, subject_id, suite, kind, net_epoch, tag_epoch, oprf_epoch, sealed)
        SELECT s.tag, s.child, $2 /* suite */, 1, 1, $3 /* tag epoch */, $4::smallint /* oprf epoch */, s.sealed
          FROM sample s";
    Owner COUNT_CHILDREN = "
        SELECT count(*) AS children FROM subject WHERE network_id = $1 /* network */";
    Owner COUNT_TAGS_AFTER = "
        SELECT count(*) AS tags
          FROM subject_tag t JOIN subject s ON s.id = t.subject_id
         WHERE t.subject_id >= $1 /* child */ AND (t.subject_id, t.tag) > ($1, $2 /* tag */)
           AND s.network_id = $3 /* network */
           AND t.suite = $4 /* suite */ AND t.oprf_epoch IS NOT DISTINCT FROM $5::smallint /* oprf epoch */
           AND t.tag_epoch = $6 /* tag epoch */";
    Owner COUNT_TAGS = "
        SELECT a.suite, a.oprf_epoch, a.tag_epoch, sum(a.tags)::bigint AS tags
          FROM (SELECT t.suite, t.oprf_epoch, t.tag_epoch, count(*) AS tags
                  FROM subject_tag t JOIN subject s ON s.id = t.subject_id
                 WHERE s.network_id = $1 /* network */
                 GROUP BY 1, 2, 3
                 UNION ALL
                SELECT t.suite, t.oprf_epoch, t.tag_epoch, count(*)
                  FROM shared_tag t WHERE t.network_id = $1
                 GROUP BY 1, 2, 3) AS a
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";
}

/// A live tag with its sealed token.
pub struct TagToFill {
    /// Whose.
    pub child: i64,
    /// The tag.
    pub tag: [u8; 32],
    /// Kind of identifier.
    pub kind: u8,
    /// Epoch of `K_net`.
    pub net_epoch: u16,
    /// The sealed token.
    pub sealed: Vec<u8>,
}

/// The tag of the next epoch beside a live one.
pub struct FilledTag {
    /// The live tag.
    pub live: [u8; 32],
    /// The next one.
    pub tag: [u8; 32],
    /// The token it was made of, sealed.
    pub sealed: Vec<u8>,
}

/// How many tags there are under some keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagCount {
    /// The keys.
    pub keys: TagKeys,
    /// How many.
    pub tags: u64,
}

impl Tx<'_, Owner> {
    /// The next live tags after a place and up to a child, at most [`TAGS_AT_ONCE`].
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tags_to_fill(
        &self,
        keys: TagKeys,
        after: Option<Cursor>,
        last_child: i64,
    ) -> Result<Vec<TagToFill>, StoreError> {
        let after = after.unwrap_or(Cursor::START);
        let keys = Columns::from(keys);
        let rows = self
            .rows(
                &TAGS_TO_FILL,
                &[
                    &after.child,
                    &after.tag.as_slice(),
                    &self.store().network().0,
                    &keys.suite,
                    &keys.oprf,
                    &keys.tag,
                    &last_child,
                ],
            )
            .await?;
        rows.iter().map(tag_to_fill).collect()
    }

    /// Every live tag of these children.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tags_of_children(
        &self,
        keys: TagKeys,
        children: &[i64],
    ) -> Result<Vec<TagToFill>, StoreError> {
        let keys = Columns::from(keys);
        let rows = self
            .rows(
                &TAGS_OF_CHILDREN,
                &[&children, &keys.suite, &keys.oprf, &keys.tag],
            )
            .await?;
        rows.iter().map(tag_to_fill).collect()
    }

    /// Writes the next tags beside the live ones; those that a submission wrote meanwhile stay. Gives how many were new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fill_tags(&self, keys: TagKeys, filled: &[FilledTag]) -> Result<u64, StoreError> {
        let live: Vec<&[u8]> = filled.iter().map(|row| row.live.as_slice()).collect();
        let tags: Vec<&[u8]> = filled.iter().map(|row| row.tag.as_slice()).collect();
        let sealed: Vec<&[u8]> = filled.iter().map(|row| row.sealed.as_slice()).collect();
        let keys = Columns::from(keys);
        self.hold_keys_of_tags().await?;
        self.change(
            &FILL_TAGS,
            &[&keys.suite, &keys.tag, &keys.oprf, &live, &tags, &sealed],
        )
        .await
    }

    /// Until this transaction ends no epoch of the partners' key does.
    pub(super) async fn hold_keys_of_tags(&self) -> Result<(), StoreError> {
        self.one(&HOLD_KEYS, &[&self.store().network().0]).await.map(drop)
    }

    /// The number of the child that was born last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_child(&self) -> Result<i64, StoreError> {
        self.one(&LAST_CHILD, &[]).await?.value("child")
    }

    /// Children born after one that have fewer tags under the next keys than under the live ones; some of them when they
    /// are many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lacking_children(
        &self,
        from: TagKeys,
        to: TagKeys,
        after: i64,
    ) -> Result<Vec<i64>, StoreError> {
        let (from, to) = (Columns::from(from), Columns::from(to));
        let rows = self
            .rows(
                &LACKING_CHILDREN,
                &[
                    &after,
                    &self.store().network().0,
                    &from.suite,
                    &from.oprf,
                    &from.tag,
                    &to.suite,
                    &to.oprf,
                    &to.tag,
                ],
            )
            .await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Deletes tags of these keys from a child on, at most [`TAGS_AT_ONCE`]. Gives how many, and where to go on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_tags(
        &self,
        keys: TagKeys,
        from: Option<Cursor>,
    ) -> Result<(u64, Option<Cursor>), StoreError> {
        let from = from.unwrap_or(Cursor::START);
        let keys = Columns::from(keys);
        let row = self
            .one(
                &DELETE_OLD_TAGS,
                &[
                    &from.child,
                    &self.store().network().0,
                    &keys.suite,
                    &keys.oprf,
                    &keys.tag,
                ],
            )
            .await?;
        let child: Option<i64> = row.value("child")?;
        let next = child.map(|child| Cursor {
            child,
            ..Cursor::START
        });
        Ok((count(&row, "tags")?, next))
    }

    /// Children of nobody, to measure with: each with one tag and its sealed token.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_sample(
        &self,
        keys: TagKeys,
        sample: &[([u8; 32], Vec<u8>)],
    ) -> Result<(), StoreError> {
        let keys = Columns::from(keys);
        let tags: Vec<&[u8]> = sample.iter().map(|(tag, _)| tag.as_slice()).collect();
        let sealed: Vec<&[u8]> = sample.iter().map(|(_, sealed)| sealed.as_slice()).collect();
        let network = self.store().network().0;
        self.change_exactly(
            &INSERT_SAMPLE,
            sample.len(),
            &[&network, &keys.suite, &keys.tag, &keys.oprf, &tags, &sealed],
        )
        .await
    }

    /// How many children there are.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_children(&self) -> Result<u64, StoreError> {
        let row = self.one(&COUNT_CHILDREN, &[&self.store().network().0]).await?;
        count(&row, "children")
    }

    /// How many tags of these keys there are after a place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_tags_after(&self, keys: TagKeys, after: Option<Cursor>) -> Result<u64, StoreError> {
        let after = after.unwrap_or(Cursor::START);
        let keys = Columns::from(keys);
        let row = self
            .one(
                &COUNT_TAGS_AFTER,
                &[
                    &after.child,
                    &after.tag.as_slice(),
                    &self.store().network().0,
                    &keys.suite,
                    &keys.oprf,
                    &keys.tag,
                ],
            )
            .await?;
        count(&row, "tags")
    }

    /// How many tags there are under each keys.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_tags(&self) -> Result<Vec<TagCount>, StoreError> {
        let rows = self.rows(&COUNT_TAGS, &[&self.store().network().0]).await?;
        rows.iter()
            .map(|row| {
                Ok(TagCount {
                    keys: keys(row, "suite", "oprf_epoch", "tag_epoch")?,
                    tags: count(row, "tags")?,
                })
            })
            .collect()
    }
}

impl Store {
    /// Has the database look anew at how many tags there are: a plan made for few would sort them all for each batch.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn weigh_tags(&self) -> Result<(), StoreError> {
        let connection = self.connection::<Owner>().await?;
        connection
            .batch_execute("ANALYZE subject, subject_tag")
            .await
            .map_err(|source| StoreError::Statement {
                statement: "weigh_tags",
                source,
            })
    }
}

fn tag_to_fill(row: &tokio_postgres::Row) -> Result<TagToFill, StoreError> {
    Ok(TagToFill {
        child: row.value("subject_id")?,
        tag: row.bytes("tag")?,
        kind: u8::try_from(row.value::<i16>("kind")?).map_err(|_| StoreError::Column { column: "kind" })?,
        net_epoch: row.value::<i16>("net_epoch")?.cast_unsigned(),
        sealed: row.value("sealed")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_in_the_statements_is_the_one_that_is_told() {
        let limit = format!("LIMIT {TAGS_AT_ONCE}");
        for statement in [&TAGS_TO_FILL, &DELETE_OLD_TAGS] {
            assert!(statement.sql.contains(&limit), "{}", statement.name);
        }
    }
}
