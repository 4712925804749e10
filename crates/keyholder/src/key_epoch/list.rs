//! The signed list of key epochs: kept as it was signed, and only ever made longer.

use jiff::Timestamp;
use protocol::consent::Name;
use protocol::key_epochs::{EpochAct, KeyEpochEntry, KeyEpochs, KeyholderSigner, SignedKeyEpochs};
use protocol::text::Base64Url;

use crate::database::{Parameters, Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::frame::Frame;
use crate::statement::statements;

statements! {
    Service LATEST_LIST = "
        SELECT document, signature FROM keyholder.key_epoch_list ORDER BY entries DESC LIMIT 1";
    Service INSERT_LIST = "
        INSERT INTO keyholder.key_epoch_list (entries, document, signature, signed_at)
        VALUES ($1 /* entries */, $2 /* document */, $3 /* signature */, $4 /* now */)";
}

impl Frame {
    /// The list in force.
    pub(crate) async fn key_epochs(&self) -> Result<SignedKeyEpochs, KeyholderError> {
        if let Some(list) = self.remembered_list() {
            return Ok(list);
        }
        let list = self.database().run(ReadList).await?;
        self.remember_list(&list);
        Ok(list)
    }

    /// Whether the stored list is one of ours: same name, same signing key, all rules kept. Asked before doors open.
    pub(crate) async fn check_list(&self) -> Result<(), KeyholderError> {
        let signed = self.database().run(ReadList).await?;
        let list = self.verified(&signed)?;
        if list.keyholder() == self.name() {
            Ok(())
        } else {
            Err(KeyholderError::DamagedList)
        }
    }

    pub(super) fn verified(&self, signed: &SignedKeyEpochs) -> Result<KeyEpochs, KeyholderError> {
        KeyEpochs::verify(signed, &self.list_signer().key()).map_err(|_| KeyholderError::DamagedList)
    }
}

impl Tx<'_> {
    /// The list as it was signed last.
    pub(crate) async fn latest_list(&self) -> Result<Option<SignedKeyEpochs>, KeyholderError> {
        let Some(row) = self.optional(&LATEST_LIST, &[]).await? else {
            return Ok(None);
        };
        Ok(Some(SignedKeyEpochs {
            document: row.value("document")?,
            signature: Base64Url(row.bytes("signature")?),
        }))
    }

    /// Adds to the list and signs it anew. The caller holds the lock on keys.
    pub(crate) async fn extend_list(
        &self,
        frame: &Frame,
        act: EpochAct,
        epoch: u16,
    ) -> Result<SignedKeyEpochs, KeyholderError> {
        let signed = self.latest_list().await?.ok_or(KeyholderError::NotInitialised)?;
        let list = frame.verified(&signed)?;
        let public_key = match act {
            EpochAct::Introduced => {
                let rows = self.key_rows().await?;
                let row = rows.iter().find(|row| row.epoch == epoch);
                Some(Base64Url(row.ok_or(KeyholderError::DamagedList)?.public_key))
            }
            EpochAct::Live | EpochAct::Destroyed => None,
        };
        // Whole seconds, and never before what stands there, should the clock have been set back.
        let last = list.entries().last().map(|entry| entry.at);
        let at = last.map_or(whole_second(self.now()), |last| {
            last.max(whole_second(self.now()))
        });
        let entry = KeyEpochEntry {
            act,
            at,
            epoch,
            public_key,
        };
        let longer = list.with([entry]).map_err(|_| KeyholderError::DamagedList)?;
        self.put_list(frame.list_signer(), &longer).await
    }

    pub(super) async fn put_list(
        &self,
        signer: &KeyholderSigner,
        list: &KeyEpochs,
    ) -> Result<SignedKeyEpochs, KeyholderError> {
        let signed = signer.sign(list);
        let entries = i32::try_from(list.entries().len()).map_err(|_| KeyholderError::DamagedList)?;
        let parameters: Parameters<'_> = &[
            &entries,
            &signed.document,
            &signed.signature.0.as_slice(),
            &self.now(),
        ];
        self.change_exactly(&INSERT_LIST, 1, parameters).await?;
        Ok(signed)
    }
}

pub(super) fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

pub(super) fn first_list(
    name: &Name,
    epoch: u16,
    key: [u8; 32],
    at: Timestamp,
) -> Result<KeyEpochs, KeyholderError> {
    let entry = |act, public_key| KeyEpochEntry {
        act,
        at,
        epoch,
        public_key,
    };
    let entries = vec![
        entry(EpochAct::Introduced, Some(Base64Url(key))),
        entry(EpochAct::Live, None),
    ];
    KeyEpochs::new(name.clone(), entries).map_err(|_| KeyholderError::DamagedList)
}

struct ReadList;

impl Work for ReadList {
    const NAME: &'static str = "read_list";
    const ROLE: Role = Role::Service;
    type Output = SignedKeyEpochs;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<SignedKeyEpochs, KeyholderError> {
        tx.latest_list().await?.ok_or(KeyholderError::NotInitialised)
    }
}
