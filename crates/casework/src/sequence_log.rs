//! The sequencer: orders the leaves that acts have left, and publishes a signed checkpoint over them.

use audit_log::checkpoint::LogSigner;
use store::{Context, Log, PublishedHead, StoreError, Tx, Work};

use crate::Casework;

impl Casework {
    /// Moves one set of leaves into the tree; none when nothing waits or another sequencer is at it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn sequence_once(&self) -> Result<Option<PublishedHead>, StoreError> {
        self.store()
            .run(
                Context::Service,
                SequenceLog {
                    casework: self.clone(),
                },
            )
            .await
    }
}

struct SequenceLog {
    casework: Casework,
}

impl Work for SequenceLog {
    const NAME: &'static str = "sequence_log";
    type Role = Log;
    type Output = Option<PublishedHead>;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Option<PublishedHead>, StoreError> {
        let signer: &LogSigner = &self.casework.keys().log;
        tx.sequence(|size, root| signer.sign(size, root)).await
    }
}
