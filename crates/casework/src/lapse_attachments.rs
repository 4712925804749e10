//! An attachment that is not whole in time is destroyed. It counts as gone from that moment; this writes it down.

use store::{Context, Matcher, StoreError, Tx, Work};

use crate::Casework;
use crate::content::content_destroyed;

/// At most so many children share a transaction.
const AT_ONCE: i64 = 100;

impl Casework {
    /// Destroys attachments that did not arrive in time; gives how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lapse_attachments_once(&self) -> Result<usize, StoreError> {
        self.store().run(Context::Service, LapseAttachments).await
    }
}

struct LapseAttachments;

impl Work for LapseAttachments {
    const NAME: &'static str = "lapse_attachments";
    type Role = Matcher;
    type Output = usize;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Matcher>) -> Result<usize, StoreError> {
        let subjects = tx.subjects_with_lapsed_attachments(AT_ONCE).await?;
        if subjects.is_empty() {
            return Ok(0);
        }
        tx.lock_subjects(&subjects).await?;
        tx.destroy_lapsed_attachments(&subjects, content_destroyed).await
    }
}
