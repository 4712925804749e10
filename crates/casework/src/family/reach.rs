//! What a letter reaches: the person it is for, and the signals they may see with it.

use domain::consent::{ConsentState, Signatory, SignatoryRole, is_named_to};
use domain::event::{LogTag, TagKind};
use domain::invitation::InvitationCode;
use domain::key::OrganisationKey;
use store::{ConsentRow, FamilyAccess, FamilySignalRow, Party, Person, StoreError, Tx};

use super::PortalSecret;
use super::page::opens;
use crate::{Casework, consent_facts};

/// What a family holds in its hand.
pub enum FamilyKey<'a> {
    /// The session that a code opened.
    Session(&'a PortalSecret),
    /// The code of a letter, as somebody typed it.
    Code(&'a str),
}

impl Casework {
    /// The hash by which the database knows what the family holds. A code that cannot be one is hashed all the same, so
    /// that it takes as long as one that is wrong.
    pub(crate) fn credential(&self, key: &FamilyKey<'_>) -> [u8; 32] {
        match key {
            FamilyKey::Session(secret) => secret.hash(),
            FamilyKey::Code(code) => {
                let canonical = InvitationCode::parse(code).map_or([0; 16], |code| code.canonical());
                self.keys().hash_code(&canonical)
            }
        }
    }
}

/// A person of the family, and what they reach.
pub(crate) struct Reach {
    /// The child.
    pub(crate) subject: i64,
    /// By which letter they are known.
    pub(crate) person: Person,
    /// In which capacity.
    pub(crate) signatory: Signatory,
    /// Whether they may know organisations of a sensitive sector.
    pub(crate) sees_sensitive: bool,
    /// The organisation that issued the letter, which names itself there.
    pub(crate) issuer: OrganisationKey,
    /// What the letter is about, as the log names it.
    pub(crate) about: LogTag,
    /// The signals, those that are hidden or gone not among them.
    pub(crate) signals: Vec<FamilySignalRow>,
}

impl Reach {
    /// Finds out what the credential of this transaction opens; none when nothing, for whatever reason. From here on
    /// row-level security shows what the letter opens.
    pub(crate) async fn read(tx: &Tx<'_, Party>) -> Result<Option<Self>, StoreError> {
        let access = match tx.enter_by_session().await? {
            Some(access) => Some(access),
            None => tx.enter_by_code().await?,
        };
        match access {
            Some(access) => Self::by_request(tx, access).await,
            None => Self::by_letter(tx).await,
        }
    }

    /// With the letter of a request for consent: the signals of those it names.
    async fn by_request(tx: &Tx<'_, Party>, access: FamilyAccess) -> Result<Option<Self>, StoreError> {
        let Some(consent) = tx.consent(access.consent).await? else {
            return Ok(None);
        };
        let standing = consent_facts::standing(&consent)?.at(tx.now());
        let hidden = tx.hidden_at_the_door(consent.key).await?;
        if !opens(&access, standing, hidden, tx.now()) || standing.state() == ConsentState::SupersededByAge {
            return Ok(None);
        }
        let signatory = consent_facts::signatory(&access.role, access.number)?;
        Ok(Some(Self {
            subject: access.consent.subject,
            person: Person::Signatory(access.signatory),
            signatory,
            sees_sensitive: sees_sensitive(tx, &consent, signatory).await?,
            issuer: consent.requested_by,
            about: LogTag::new(TagKind::Consent, consent.log_tag),
            signals: signals(tx, access.consent.subject).await?,
        }))
    }

    /// With the letter of a signal: that signal.
    async fn by_letter(tx: &Tx<'_, Party>) -> Result<Option<Self>, StoreError> {
        let letter = tx.enter_by_letter().await?;
        let Some(letter) = letter.filter(|letter| tx.now() < letter.code_until) else {
            return Ok(None);
        };
        let signatory = consent_facts::signatory(&letter.role, letter.number)?;
        let signals = signals(tx, letter.key.subject).await?;
        let Some(signal) = signals.first() else {
            return Ok(None);
        };
        Ok(Some(Self {
            subject: letter.key.subject,
            person: Person::Letter(letter.key),
            signatory,
            // How old the child is nobody said: guardians may be those of a child of 12.
            sees_sensitive: signatory.role == SignatoryRole::YoungPerson,
            issuer: signal.organisation,
            about: LogTag::new(TagKind::Signal, signal.log_tag),
            signals,
        }))
    }
}

async fn signals(tx: &Tx<'_, Party>, subject: i64) -> Result<Vec<FamilySignalRow>, StoreError> {
    let mut signals = tx.family_signals(subject).await?;
    signals.retain(|signal| signal.life.at(tx.now()).is_some());
    Ok(signals)
}

async fn sees_sensitive(
    tx: &Tx<'_, Party>,
    consent: &ConsentRow,
    reader: Signatory,
) -> Result<bool, StoreError> {
    let signatories = tx.signatories(consent.key).await?;
    let must_sign = consent_facts::must_sign(&signatories)
        .map(|row| Ok(consent_facts::signatory(&row.role, row.number)?.role))
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(is_named_to(reader.role, must_sign, true))
}
