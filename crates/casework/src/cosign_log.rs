//! Asks witnesses to sign that a checkpoint continues the one they saw before. Publication never waits for them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use audit_log::tree::Hash;
use store::{Context, Log, StoreError, StoredCheckpoint, Tx, Work};

use crate::Casework;

/// A witness, as the program reaches it.
pub trait Witness: Send + Sync + 'static {
    /// Its name and public key, a vkey.
    fn vkey(&self) -> &str;

    /// Asks it to sign a checkpoint. Gives its signature line, checked with its key.
    fn cosign(&self, request: CosignRequest) -> CosignAnswer<'_>;
}

/// What a witness says, when it says it.
pub type CosignAnswer<'a> = Pin<Box<dyn Future<Output = Result<String, CosignError>> + Send + 'a>>;

/// What a witness is asked (C2SP tlog-witness, add-checkpoint).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CosignRequest {
    /// The size of the last checkpoint it signed, as far as this log knows; 0 for none.
    pub old_size: u64,
    /// That the new tree begins with the old one; empty when `old_size` is 0.
    pub proof: Vec<Hash>,
    /// The checkpoint, signed by the log.
    pub checkpoint: String,
}

/// Why a witness did not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    /// It has signed another size meanwhile: this one.
    #[error("the witness knows a checkpoint of {0} entries")]
    Knows(u64),
    /// It does not sign this: it knows another log, or the proof does not hold.
    #[error("the witness refuses: {0}")]
    Refused(String),
    /// It cannot be reached, or answers nonsense.
    #[error("the witness does not answer: {0}")]
    Unreachable(String),
}

/// What came of asking a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cosigning {
    /// There was nothing to ask.
    Nothing,
    /// It signed, and the signature is kept.
    Signed,
    /// It did not; why was reported.
    Unsigned,
    /// It signed a checkpoint of so many entries, more than were ever published here: the log was cut back.
    Ahead(u64),
}

impl Casework {
    /// Asks one witness to sign the newest checkpoint, unless it has.
    ///
    /// # Errors
    /// [`StoreError`]. That a witness does not sign is reported and no error: the log goes on without it.
    pub async fn cosign_once(&self, witness: &Arc<dyn Witness>) -> Result<Cosigning, StoreError> {
        let mut known = None;
        // Once more when it knows another size than this log thinks.
        for _ in 0..2 {
            let work = PrepareRequest {
                origin: self.keys().log.origin().to_owned(),
                witness: witness.vkey().to_owned(),
                known,
            };
            let (size, request) = match self.store().run(Context::Service, work).await? {
                Prepared::Ask(size, request) => (size, request),
                Prepared::Nothing => return Ok(Cosigning::Nothing),
                Prepared::Ahead(known) => {
                    tracing::error!(
                        witness = witness.vkey(),
                        known,
                        "a witness knows a larger log than this one: it was cut back, or put back from a backup"
                    );
                    return Ok(Cosigning::Ahead(known));
                }
            };
            match witness.cosign(request).await {
                Ok(line) => {
                    let work = KeepCosignature {
                        origin: self.keys().log.origin().to_owned(),
                        size,
                        witness: witness.vkey().to_owned(),
                        line,
                    };
                    self.store().run(Context::Service, work).await?;
                    return Ok(Cosigning::Signed);
                }
                Err(CosignError::Knows(size)) => known = Some(size),
                Err(error @ CosignError::Refused(_)) => {
                    tracing::error!(witness = witness.vkey(), %error, "a checkpoint was not cosigned");
                    return Ok(Cosigning::Unsigned);
                }
                Err(error @ CosignError::Unreachable(_)) => {
                    tracing::warn!(witness = witness.vkey(), %error, "a checkpoint was not cosigned");
                    return Ok(Cosigning::Unsigned);
                }
            }
        }
        tracing::error!(
            witness = witness.vkey(),
            known,
            "a witness knows a checkpoint that this log does not continue"
        );
        Ok(Cosigning::Unsigned)
    }
}

enum Prepared {
    Nothing,
    Ask(u64, CosignRequest),
    Ahead(u64),
}

struct PrepareRequest {
    origin: String,
    witness: String,
    known: Option<u64>,
}

impl Work for PrepareRequest {
    const NAME: &'static str = "prepare_cosigning";
    type Role = Log;
    type Output = Prepared;
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<Self::Output, StoreError> {
        let Some(StoredCheckpoint { size, note }) = tx.latest_checkpoint(&self.origin).await? else {
            return Ok(Prepared::Nothing);
        };
        let signed = tx.cosigned_by(&self.origin, &self.witness).await?;
        if signed == Some(size) {
            return Ok(Prepared::Nothing);
        }
        let old_size = self.known.or(signed).unwrap_or(0);
        if old_size > size {
            // What it was shown had been published before: even another program's checkpoint would be here by now.
            return Ok(Prepared::Ahead(old_size));
        }
        let proof = match old_size {
            0 => Vec::new(),
            old => tx.consistency_proof(old, size).await?,
        };
        let request = CosignRequest {
            old_size,
            proof,
            checkpoint: note,
        };
        Ok(Prepared::Ask(size, request))
    }
}

struct KeepCosignature {
    origin: String,
    size: u64,
    witness: String,
    line: String,
}

impl Work for KeepCosignature {
    const NAME: &'static str = "keep_cosignature";
    type Role = Log;
    type Output = ();
    type Error = StoreError;

    async fn run(&self, tx: &Tx<'_, Log>) -> Result<(), StoreError> {
        tx.insert_cosignature(&self.origin, self.size, &self.witness, &self.line)
            .await
    }
}
