//! A coordinator registers and retires the keys to which others seal for its organisation; who works there reads them.
//!
//! Retiring stops what is new: nothing is taken any more that is sealed with the key or to it. What waits stays, and whoever
//! keeps the secret opens it. So who retires a key that messages wait for says that they know.
//!
//! What the operator does from the command line stands in `operate_sealing_keys`.

use domain::event::Event;
use domain::key::OrganisationKey;
use domain::sealing_key::{CannotAddSealingKey, CannotRetireSealingKey};
use protocol::problem::ProblemType;
use protocol::sealed_message::{KeyFingerprint, PossessionProof, SealingKey, SealingSecret, Unusable};
use protocol::sealing_key::{RegisteredSealingKey, SealingKeys};
use protocol::text::Base64Url;
use protocol::{OrganisationId, Refused};
use store::{AdministersClients, NamedSealingKey, Party, SealingKeyRow, Store, StoreError, StoredAnswer, Tx};

use crate::act::{self, Act, Answer, Failure, Look, NotFound, Once, Refusable, plainly};
use crate::{Caller, Casework};

/// Keys that a reader is shown; the retired ones beyond are kept, and stand in the log.
const SHOWN_KEYS: usize = 20;

/// Why a coordinator's act on a sealing key is not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeyRefusal {
    /// The organisation has no such key.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// The proof that comes with a key is none.
    #[error("the proof does not show that the organisation has the secret of the key")]
    NotProven,
    /// A key cannot be added.
    #[error(transparent)]
    Add(#[from] CannotAddSealingKey),
    /// Messages wait that are sealed to it.
    #[error("messages wait that are sealed to it")]
    Awaited,
}

impl Refusable for SealingKeyRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound(_) => ProblemType::NotFound,
            Self::NotProven => ProblemType::SealingKeyNotProven,
            Self::Add(CannotAddSealingKey::Known) => ProblemType::SealingKeyKnown,
            Self::Add(CannotAddSealingKey::TooMany) => ProblemType::TooManySealingKeys,
            Self::Awaited => ProblemType::SealingKeyAwaited,
        })
    }
}

impl From<CannotRetireSealingKey> for SealingKeyRefusal {
    fn from(reason: CannotRetireSealingKey) -> Self {
        match reason {
            CannotRetireSealingKey::NoSuchKey => NotFound.into(),
            CannotRetireSealingKey::Awaited(_) => Self::Awaited,
        }
    }
}

impl Casework {
    /// The sealing keys of the caller's organisation.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn list_sealing_keys(&self, caller: &Caller) -> Result<SealingKeys, Failure<NotFound>> {
        self.look(caller, List(caller.clone())).await
    }

    /// Adds a sealing key to the caller's organisation. Others seal to it from the answer on.
    ///
    /// # Errors
    /// [`SealingKeyRefusal`].
    pub async fn add_sealing_key(
        &self,
        caller: &Caller,
        once: Once,
        key: SealingKey,
        proof: PossessionProof,
    ) -> Result<Answer, Failure<SealingKeyRefusal>> {
        self.act(caller, once, Add(caller.clone(), key, proof)).await
    }

    /// Retires a sealing key. From the answer on nothing is taken that is sealed with it or to it.
    ///
    /// # Errors
    /// [`SealingKeyRefusal`].
    pub async fn retire_sealing_key(
        &self,
        caller: &Caller,
        once: Once,
        key: SealingKey,
        despite_waiting: bool,
    ) -> Result<Answer, Failure<SealingKeyRefusal>> {
        let retire = Retire {
            caller: caller.clone(),
            key,
            despite_waiting,
        };
        self.act(caller, once, retire).await
    }
}

struct List(Caller);

impl Look for List {
    const NAME: &'static str = "list_sealing_keys";
    type Output = SealingKeys;
    type Refusal = NotFound;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<SealingKeys, Failure<NotFound>> {
        let rows = tx.sealing_keys(self.0.organisation).await?;
        let waiting = tx.waiting_by_sealing_key(self.0.organisation).await?;
        let items = rows.iter().take(SHOWN_KEYS).map(|row| {
            let waiting = waiting.get(&row.key).copied().unwrap_or(0);
            shown(self.0.organisation_id, row, waiting)
        });
        Ok(SealingKeys {
            items: items.collect(),
            proof_key: verifier(tx.store()).public().map_err(no_key)?.into(),
        })
    }
}

struct Add(Caller, SealingKey, PossessionProof);

impl Act for Add {
    const NAME: &'static str = "add_sealing_key";
    type Refusal = SealingKeyRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<SealingKeyRefusal>> {
        let Self(caller, key, proof) = self;
        if !verifier(tx.store()).sees_possession(proof, caller.organisation_id, key) {
            return Err(SealingKeyRefusal::NotProven.into());
        }
        let organisation = (caller.organisation, caller.organisation_id.0);
        let added = add(tx, organisation, key.as_bytes()).await?;
        added.map_err(SealingKeyRefusal::from)?;
        let body = RegisteredSealingKey {
            key: (*key).into(),
            fingerprint: KeyFingerprint::of(caller.organisation_id, key),
            added_at: tx.now(),
            retired_at: None,
            waiting: 0,
        };
        Ok(act::answer(201, Some("/v1/sealing-keys".to_owned()), &body))
    }
}

struct Retire {
    caller: Caller,
    key: SealingKey,
    despite_waiting: bool,
}

impl Act for Retire {
    const NAME: &'static str = "retire_sealing_key";
    type Refusal = SealingKeyRefusal;

    async fn perform(&self, tx: &Tx<'_, Party>) -> Result<StoredAnswer, Failure<SealingKeyRefusal>> {
        let organisation = self.caller.organisation;
        let key = self.key.as_bytes();
        let keys = tx.hold_sealing_keys(organisation).await?;
        // While they are held nothing more is stored that is sealed to one: the count is what is left to fetch.
        let waiting = tx.waiting_by_sealing_key(organisation).await?;
        let waiting = waiting.get(key).copied().unwrap_or(0);
        let changes = keys
            .retiring_changes(key, waiting, self.despite_waiting)
            .map_err(SealingKeyRefusal::from)?;
        if changes {
            retire(tx, (organisation, self.caller.organisation_id.0), key).await?;
        }
        let rows = tx.sealing_keys(organisation).await?;
        let row = rows.iter().find(|row| row.key == *key);
        let row = row.ok_or(StoreError::Column { column: "key" })?;
        let body = shown(self.caller.organisation_id, row, waiting);
        Ok(act::answer(if changes { 201 } else { 200 }, None, &body))
    }
}

/// Adds a sealing key to an organisation, if it may.
pub(crate) async fn add<R: AdministersClients>(
    tx: &Tx<'_, R>,
    (organisation, public_id): (OrganisationKey, [u8; 16]),
    key: &[u8; 32],
) -> Result<Result<(), CannotAddSealingKey>, StoreError> {
    let event = Event::SealingKeyAdded {
        organisation: public_id,
        key: Base64Url(*key).to_string(),
    };
    loop {
        let number = match tx.hold_sealing_keys(organisation).await?.may_add(key) {
            Ok(number) => number,
            Err(reason) => return Ok(Err(reason)),
        };
        // An organisation without keys has nothing to hold: of two first ones the later looks again, and finds the other.
        if tx.add_sealing_key(organisation, number, key, &event).await? {
            return Ok(Ok(()));
        }
    }
}

/// Retires a sealing key that counts and is held.
pub(crate) async fn retire<R: AdministersClients>(
    tx: &Tx<'_, R>,
    (organisation, public_id): (OrganisationKey, [u8; 16]),
    key: &[u8; 32],
) -> Result<(), StoreError> {
    let event = Event::SealingKeyRetired {
        organisation: public_id,
        key: Base64Url(*key).to_string(),
    };
    tx.retire_sealing_key(organisation, key, &event).await
}

/// Whether what is about to be stored is sealed with a key of the sender to a key of the recipient that both count; held,
/// so that neither is retired before it is stored.
pub(crate) async fn both_count(
    tx: &Tx<'_, Party>,
    (sender, sender_key): (OrganisationKey, Base64Url<32>),
    (recipient, recipient_key): (OrganisationKey, Base64Url<32>),
) -> Result<bool, StoreError> {
    let named = |organisation, key: Base64Url<32>| NamedSealingKey {
        organisation,
        key: key.0,
    };
    tx.rely_on_sealing_keys(&named(sender, sender_key), &named(recipient, recipient_key))
        .await
}

/// The key of an organisation as it is shown.
fn shown(organisation: OrganisationId, row: &SealingKeyRow, waiting: i64) -> RegisteredSealingKey {
    RegisteredSealingKey {
        key: Base64Url(row.key),
        fingerprint: KeyFingerprint::of(organisation, &SealingKey::from_bytes(row.key)),
        added_at: row.added_at,
        retired_at: row.retired_at,
        waiting,
    }
}

/// What proofs are made towards.
fn verifier(store: &Store) -> SealingSecret {
    SealingSecret::from_bytes(*store.crypter().possession())
}

/// Any 32 bytes are a secret: this does not happen.
const fn no_key(_: Unusable) -> StoreError {
    StoreError::Column { column: "possession" }
}
