//! The keyholder's list of key epochs is accepted: signed with the pinned key, and beginning with the one before.

use domain::event::Event;
use protocol::key_epochs::{KeyEpochs, KeyEpochsError, KeyholderKey, SignedKeyEpochs};
use protocol::text::Base64Url;
use store::{AcceptedList, Context, Matcher, StoreError, Tx, Work};

use crate::Casework;

/// Why a list is not accepted. Nothing was changed, and somebody should be told.
#[derive(Debug, thiserror::Error)]
pub enum AcceptKeyEpochsError {
    /// It breaks the rules of a list, or is not signed with the pinned key.
    #[error(transparent)]
    List(#[from] KeyEpochsError),
    /// It does not begin with the list that was accepted before: entries were taken back or changed.
    #[error("the key epoch list does not extend the one that was accepted before")]
    NotExtended,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Casework {
    /// Accepts a list, unless it is the one that was accepted last.
    ///
    /// # Errors
    /// [`AcceptKeyEpochsError`].
    pub async fn accept_key_epochs(
        &self,
        pinned: &KeyholderKey,
        signed: &SignedKeyEpochs,
    ) -> Result<KeyEpochs, AcceptKeyEpochsError> {
        let list = KeyEpochs::verify(signed, pinned)?;
        let work = Accept {
            list: list.clone(),
            signature: signed.signature.0,
        };
        match self.store().run(Context::Service, work).await {
            Ok(()) | Err(NotAccepted::IsKnown) => Ok(list),
            Err(NotAccepted::Because(error)) => Err(error),
        }
    }
}

struct Accept {
    list: KeyEpochs,
    signature: [u8; 64],
}

/// Both leave the transaction without a trace.
enum NotAccepted {
    /// It is the one that was accepted last.
    IsKnown,
    Because(AcceptKeyEpochsError),
}

impl From<StoreError> for NotAccepted {
    fn from(error: StoreError) -> Self {
        Self::Because(error.into())
    }
}

impl Work for Accept {
    const NAME: &'static str = "accept_key_epochs";
    type Role = Matcher;
    type Output = ();
    type Error = NotAccepted;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<(), NotAccepted> {
        let (network, latest) = tx.latest_list_for_change().await?;
        if let Some(latest) = &latest {
            if latest.document == self.list.document() {
                return Err(NotAccepted::IsKnown);
            }
            let older = KeyEpochs::parse(&latest.document).map_err(AcceptKeyEpochsError::List);
            if !self.list.extends(&older.map_err(NotAccepted::Because)?) {
                return Err(NotAccepted::Because(AcceptKeyEpochsError::NotExtended));
            }
        }
        let hash = self.list.hash();
        let entries = self.list.entries().len();
        let event = Event::KeyholderListAccepted {
            network,
            from: latest.map(|latest| Base64Url(latest.hash).to_string()),
            to: Base64Url(hash).to_string(),
            entries: entries as u64,
        };
        let accepted = AcceptedList {
            document: self.list.document().to_owned(),
            signature: self.signature,
            hash,
        };
        Ok(tx.accept_list(entries, &accepted, &event).await?)
    }
}
