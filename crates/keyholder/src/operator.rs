//! What the operator of the keyholder does, with the running program or beside it: every act is a transaction on the
//! database, and a running keyholder sees it with the next request.

use std::io::{Read, Seek, Write};

use protocol::consent::Name;
use protocol::key_epochs::{KeyholderKey, SignedKeyEpochs};
use protocol::text::Base64Url;
use protocol::{ClientId, OrganisationId};

use crate::client::{ClientError, NewClient, RegisteredClient};
use crate::database::DatabaseSettings;
use crate::environment::Environment;
use crate::error::KeyholderError;
use crate::frame::{Frame, FrameError, KeyholderKeys};
use crate::gate::consent_key::{BelievedKey, ConsentKeyError};
use crate::key_epoch::KeyStatus;
use crate::log::ExportError;
use crate::quota::{Defaults, Quota, QuotaError, Quotas};
use crate::rotation::RotationError;

/// The operator's hand on a keyholder's database.
#[derive(Clone)]
pub struct Operator {
    frame: Frame,
}

impl Operator {
    /// Prepares the way to the database; connects when first used.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn open(
        database: DatabaseSettings,
        keys: &KeyholderKeys,
        environment: Environment,
    ) -> Result<Self, FrameError> {
        Frame::new(database, keys, environment).map(Self::of)
    }

    pub(crate) fn of(frame: Frame) -> Self {
        Self { frame }
    }

    /// Brings the schema up to date. Safe to do again and from several processes at once.
    ///
    /// # Errors
    /// [`KeyholderError::Migration`].
    pub async fn migrate(&self) -> Result<(), KeyholderError> {
        self.frame.database().migrate().await
    }

    /// Whether the schema is the one this program was built for.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn schema_is_current(&self) -> Result<bool, KeyholderError> {
        self.frame.database().schema_is_current().await
    }

    /// Makes the first key and the first list, which it gives, and notes the gate's key by its hash; changes nothing when
    /// they are there.
    ///
    /// # Errors
    /// [`KeyholderError::DamagedList`] when the list that is there was signed with another key.
    pub async fn initialise(&self) -> Result<SignedKeyEpochs, KeyholderError> {
        self.frame.initialise().await
    }

    /// Lets a client enter.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn register_client(&self, client: NewClient) -> Result<(), ClientError> {
        self.frame.register_client(client).await
    }

    /// Shuts a client out at once, tokens it has included.
    ///
    /// # Errors
    /// [`ClientError::Unknown`].
    pub async fn disable_client(&self, client: &ClientId) -> Result<(), ClientError> {
        self.frame.disable_client(client).await
    }

    /// Every client, disabled ones too.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn clients(&self) -> Result<Vec<RegisteredClient>, KeyholderError> {
        self.frame.clients().await
    }

    /// Sets what holds where nothing else was agreed. Takes effect with the next request.
    ///
    /// # Errors
    /// [`QuotaError`].
    pub async fn set_default_quotas(&self, defaults: Defaults) -> Result<(), QuotaError> {
        self.frame.set_defaults(defaults).await
    }

    /// Sets the quotas of one organisation, or takes them back to the defaults.
    ///
    /// # Errors
    /// [`QuotaError`].
    pub async fn set_quota(
        &self,
        organisation: OrganisationId,
        quota: Option<Quota>,
    ) -> Result<(), QuotaError> {
        self.frame.set_quota(organisation, quota).await
    }

    /// All quotas, and what was used of them today.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn quotas(&self) -> Result<Quotas, KeyholderError> {
        self.frame.quotas().await
    }

    /// Believes what a portal signs with this key, from the next request on.
    ///
    /// # Errors
    /// [`ConsentKeyError::Taken`] also when it was believed once and ended.
    pub async fn add_consent_key(&self, network: Name, key: Base64Url<32>) -> Result<(), ConsentKeyError> {
        self.frame.add_consent_key(network, key).await
    }

    /// Believes a portal's key no more, from the next request on: also not under records that it signed before.
    ///
    /// # Errors
    /// [`ConsentKeyError::Unknown`].
    pub async fn end_consent_key(&self, network: Name, key: Base64Url<32>) -> Result<(), ConsentKeyError> {
        self.frame.end_consent_key(network, key).await
    }

    /// Every key of a portal, those that ended too.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn consent_keys(&self) -> Result<Vec<BelievedKey>, KeyholderError> {
        self.frame.consent_keys().await
    }

    /// Takes the gate's key it was opened with in place of the one that shares were made with; false when it is that one.
    /// What was sealed under the one before stays closed without it.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn accept_gate_key(&self) -> Result<bool, KeyholderError> {
        self.frame.accept_gate_key().await
    }

    /// Makes the key that is to come and gives its epoch. Nothing is evaluated with it before the matcher's ceremony
    /// makes it live.
    ///
    /// # Errors
    /// [`RotationError::UnderWay`] when an earlier rotation is not finished.
    pub async fn prepare_rotation(&self) -> Result<u16, RotationError> {
        self.frame.prepare_rotation().await
    }

    /// Where each key stands.
    ///
    /// # Errors
    /// [`KeyholderError`].
    pub async fn keys(&self) -> Result<Vec<KeyStatus>, KeyholderError> {
        self.frame.keys().await
    }

    /// The signed list of key epochs.
    ///
    /// # Errors
    /// [`KeyholderError::NotInitialised`].
    pub async fn key_epochs(&self) -> Result<SignedKeyEpochs, KeyholderError> {
        self.frame.key_epochs().await
    }

    /// What partners and the matcher pin.
    #[must_use]
    pub fn list_key(&self) -> KeyholderKey {
        self.frame.list_signer().key()
    }

    /// The policy to verify the audit log with: a file for `verify-audit-log --policy`.
    #[must_use]
    pub fn log_policy(&self) -> String {
        audit_log::policy::Policy::text_for(self.frame.log_signer().verifier())
    }

    /// Writes the whole audit log to `out`, which must be empty, as a bundle for `verify-audit-log`, and gives `out` back
    /// at its end. Needs no running keyholder. Writing is blocking: give a local file.
    ///
    /// # Errors
    /// [`ExportError`].
    pub async fn export_log<W>(&self, out: W) -> Result<W, ExportError>
    where
        W: Read + Write + Seek + Send,
    {
        self.frame.export_log(out).await
    }

    /// Closes every connection.
    pub fn close(&self) {
        self.frame.close();
    }
}
