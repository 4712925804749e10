//! A network that has a keyholder from its first day: its tags are of suite 2 before there is any.

use domain::event::Event;

use crate::error::StoreError;
use crate::key_epochs::TagKeys;
use crate::statement::statements;
use crate::work::{Owner, RowExt, Tx};

statements! {
    Owner TAGS_OF_NETWORK = "
        SELECT n.tag_epoch, n.oprf_epoch,
               EXISTS (SELECT FROM subject s WHERE s.network_id = n.id) AS has_children,
               EXISTS (SELECT FROM rotation r WHERE r.network_id = n.id) AS rotates
          FROM network n WHERE n.id = $1 /* network */";
    Owner BEGIN_OBLIVIOUS = "
        UPDATE network SET oprf_epoch = $2 /* oprf epoch */, keys_version = keys_version + 1
         WHERE id = $1 /* network */ AND oprf_epoch IS NULL";
}

impl Tx<'_, Owner> {
    /// The keys of a network's tags, when these are of suite 1 and there is none, so that changing them asks for no
    /// ceremony. The network's row must be locked ([`Tx::lock_network`]), else a signal may come in between.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tags_before_any(&self) -> Result<Option<TagKeys>, StoreError> {
        let row = self.one(&TAGS_OF_NETWORK, &[&self.store().network().0]).await?;
        let free = row.value::<Option<i16>>("oprf_epoch")?.is_none()
            && !row.value::<bool>("has_children")?
            && !row.value::<bool>("rotates")?;
        let tag_epoch = row.value::<i16>("tag_epoch")?.cast_unsigned();
        Ok(free.then_some(TagKeys {
            suite: 1,
            oprf_epoch: None,
            tag_epoch,
        }))
    }

    /// From here on tags are of suite 2, in this epoch of the keyholder's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin_oblivious(&self, oprf_epoch: u16, events: &[Event]) -> Result<(), StoreError> {
        let network = self.store().network().0;
        self.change_exactly(&BEGIN_OBLIVIOUS, 1, &[&network, &oprf_epoch.cast_signed()])
            .await?;
        self.record(events).await.map(drop)
    }
}
