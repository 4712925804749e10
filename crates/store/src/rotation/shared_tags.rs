//! Shared tags in a rotation. There are few of them beside those of children, and one in each circle under each keys, so
//! they are walked by circle and filled when the children's are.

use super::Columns;
use super::tags::{FilledTag, TagToFill};
use crate::error::StoreError;
use crate::key_epochs::TagKeys;
use crate::statement::statements;
use crate::work::{Owner, RowExt, Tx};

statements! {
    // A literal limit, as for the children's tags.
    Owner SHARED_TAGS_TO_FILL = "
        SELECT t.circle_id, t.tag, t.kind, t.net_epoch, t.sealed
          FROM shared_tag t
         WHERE t.circle_id > $1 /* after circle */ AND t.network_id = $2 /* network */
           AND t.suite = $3 /* from suite */ AND t.tag_epoch = $5 /* from tag */
           AND t.oprf_epoch IS NOT DISTINCT FROM $4::smallint /* from oprf */
           AND NOT EXISTS (SELECT FROM shared_tag n
                            WHERE n.circle_id = t.circle_id AND n.suite = $6 /* to suite */
                              AND n.tag_epoch = $8 /* to tag */
                              AND n.oprf_epoch IS NOT DISTINCT FROM $7::smallint /* to oprf */)
         ORDER BY t.circle_id LIMIT 4000";
    Owner FILL_SHARED_TAGS = "
        INSERT INTO shared_tag (kind, tag, circle_id, network_id, suite, net_epoch, oprf_epoch, tag_epoch, sealed)
        SELECT t.kind, n.tag, t.circle_id, t.network_id, $1 /* suite */, t.net_epoch, $3::smallint /* oprf epoch */,
               $2 /* tag epoch */, n.sealed
          FROM unnest($4::bytea[] /* live tags */, $5::bytea[] /* next tags */, $6::bytea[] /* sealed tokens */)
               AS n (live, tag, sealed)
          JOIN shared_tag t ON t.tag = n.live
         ORDER BY t.kind, n.tag
            ON CONFLICT (kind, tag) DO NOTHING";
    Owner LAST_CIRCLE = "
        SELECT coalesce(max(circle_id), 0) AS circle FROM shared_tag";
    Owner DELETE_OLD_SHARED_TAGS = "
        DELETE FROM shared_tag d
         USING (SELECT t.kind, t.tag FROM shared_tag t
                 WHERE t.network_id = $1 /* network */ AND t.suite = $2 /* suite */
                   AND t.oprf_epoch IS NOT DISTINCT FROM $3::smallint /* oprf epoch */ AND t.tag_epoch = $4 /* tag epoch */
                 LIMIT 4000) AS old
         WHERE d.kind = old.kind AND d.tag = old.tag";
}

impl Tx<'_, Owner> {
    /// Shared tags of circles after one that lack the tag of the next keys; `child` of each is its circle.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn shared_tags_to_fill(
        &self,
        from: TagKeys,
        to: TagKeys,
        after: i64,
    ) -> Result<Vec<TagToFill>, StoreError> {
        let (from, to) = (Columns::from(from), Columns::from(to));
        let rows = self
            .rows(
                &SHARED_TAGS_TO_FILL,
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
        rows.iter()
            .map(|row| {
                Ok(TagToFill {
                    child: row.value("circle_id")?,
                    tag: row.bytes("tag")?,
                    kind: u8::try_from(row.value::<i16>("kind")?)
                        .map_err(|_| StoreError::Column { column: "kind" })?,
                    net_epoch: row.value::<i16>("net_epoch")?.cast_unsigned(),
                    sealed: row.value("sealed")?,
                })
            })
            .collect()
    }

    /// Writes the next shared tags beside the live ones; gives how many were new.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn fill_shared_tags(&self, keys: TagKeys, filled: &[FilledTag]) -> Result<u64, StoreError> {
        let live: Vec<&[u8]> = filled.iter().map(|row| row.live.as_slice()).collect();
        let tags: Vec<&[u8]> = filled.iter().map(|row| row.tag.as_slice()).collect();
        let sealed: Vec<&[u8]> = filled.iter().map(|row| row.sealed.as_slice()).collect();
        let keys = Columns::from(keys);
        self.hold_keys_of_tags().await?;
        self.change(
            &FILL_SHARED_TAGS,
            &[&keys.suite, &keys.tag, &keys.oprf, &live, &tags, &sealed],
        )
        .await
    }

    /// The number of the circle that was made last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_circle(&self) -> Result<i64, StoreError> {
        self.one(&LAST_CIRCLE, &[]).await?.value("circle")
    }

    /// Deletes shared tags of these keys, at most 4,000; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_shared_tags(&self, keys: TagKeys) -> Result<u64, StoreError> {
        let keys = Columns::from(keys);
        let network = self.store().network().0;
        self.change(
            &DELETE_OLD_SHARED_TAGS,
            &[&network, &keys.suite, &keys.oprf, &keys.tag],
        )
        .await
    }
}
