//! `K_gate`, of which every share is made. It stands in a file and in memory, and nowhere in the database: there is only a
//! hash of it, by which a keyholder finds that it was given another one. Shares of another key would open nothing that was
//! sealed before, and nobody would know why.

use protocol::text::Confidential;

use crate::database::{Role, RowExt, Tx, Work};
use crate::error::KeyholderError;
use crate::event::Event;
use crate::frame::Frame;
use crate::statement::statements;

statements! {
    Service GATE_KEY_CHECK = "
        SELECT gate_key_check FROM keyholder.setting";
    Owner FIRST_GATE_KEY = "
        UPDATE keyholder.setting SET gate_key_check = $1 /* check */ WHERE gate_key_check IS NULL";
    Owner OTHER_GATE_KEY = "
        UPDATE keyholder.setting SET gate_key_check = $1 /* check */ WHERE gate_key_check <> $1
        RETURNING log_tag";
}

/// What the database keeps of the key: one-way, and of 32 random bytes nothing to guess.
fn check(key: &Confidential<32>) -> [u8; 32] {
    blake3::derive_key("trefpunt 2026 keyholder gate key check v1", key.expose())
}

impl Frame {
    /// Whether the key is the one that shares were made with.
    ///
    /// # Errors
    /// [`KeyholderError::OtherGateKey`]; [`KeyholderError::NotInitialised`] when none was made yet.
    pub(crate) async fn check_gate_key(&self) -> Result<(), KeyholderError> {
        self.database().run(CheckGateKey { frame: self.clone() }).await
    }

    /// Makes shares with another key from now on; false when it is the one before.
    pub(crate) async fn accept_gate_key(&self) -> Result<bool, KeyholderError> {
        self.database().run(AcceptGateKey { frame: self.clone() }).await
    }
}

impl Tx<'_> {
    /// As [`Frame::check_gate_key`]; also with each share, since another process may have taken another key meanwhile.
    pub(super) async fn check_gate_key(&self, key: &Confidential<32>) -> Result<(), KeyholderError> {
        let row = self.one(&GATE_KEY_CHECK, &[]).await?;
        let known: Option<&[u8]> = row.value("gate_key_check")?;
        match known {
            None => Err(KeyholderError::NotInitialised),
            Some(known) if known == check(key) => Ok(()),
            Some(_) => Err(KeyholderError::OtherGateKey),
        }
    }

    /// Notes the first key; changes nothing when there was one.
    pub(crate) async fn note_gate_key(&self, key: &Confidential<32>) -> Result<(), KeyholderError> {
        self.change(&FIRST_GATE_KEY, &[&check(key).as_slice()]).await?;
        Ok(())
    }
}

struct CheckGateKey {
    frame: Frame,
}

impl Work for CheckGateKey {
    const NAME: &'static str = "check_gate_key";
    const ROLE: Role = Role::Service;
    type Output = ();
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<(), KeyholderError> {
        tx.check_gate_key(self.frame.gate_key()).await
    }
}

struct AcceptGateKey {
    frame: Frame,
}

impl Work for AcceptGateKey {
    const NAME: &'static str = "accept_gate_key";
    const ROLE: Role = Role::Owner;
    type Output = bool;
    type Error = KeyholderError;

    async fn run(&self, tx: &Tx<'_>) -> Result<bool, KeyholderError> {
        let key = self.frame.gate_key();
        tx.note_gate_key(key).await?;
        let other = tx.optional(&OTHER_GATE_KEY, &[&check(key).as_slice()]).await?;
        let Some(row) = other else {
            return Ok(false);
        };
        let event = Event::GateKeyReplaced {
            tag: row.tag("log_tag")?,
        };
        tx.record(&event, self.frame.sealing()).await?;
        Ok(true)
    }
}
