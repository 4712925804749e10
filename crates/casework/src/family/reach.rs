//! What a letter reaches: the person it is for, and the signals they may see with it.

use domain::consent::{Signatory, SignatoryRole, is_named_to};
use domain::event::{LogTag, TagKind};
use domain::invitation::InvitationCode;
use domain::key::OrganisationKey;
use store::{ConsentRow, FamilySignalRow, Party, Person, SessionStage, StoreError, Tx};

use super::age::Age;
use super::door::{self, AtDoor, By, Letter, Opened, Request};
use super::{FamilyFailure, PortalSecret};
use crate::{Casework, consent_facts};

/// What a family holds in its hand.
pub enum FamilyKey<'a> {
    /// A session.
    Session(&'a PortalSecret),
    /// The code of a letter or a return key, as somebody typed it. It opens at a municipality's desk and nowhere else.
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
        let person = match tx.session().await? {
            Some(session) => (session.stage == SessionStage::In).then_some(session.person),
            None => tx.holder_at_desk().await?,
        };
        let Some(person) = person else {
            return Ok(None);
        };
        match door::enter(tx, person, By::Access).await {
            Ok(AtDoor::In(Opened::Request(request))) => {
                Self::by_request(tx, person, &request).await.map(Some)
            }
            Ok(AtDoor::In(Opened::Letter(letter))) => Ok(Some(Self::by_letter(person, *letter)?)),
            // What takes its place is written within a second.
            Ok(AtDoor::Overtaken(_)) => Ok(None),
            Err(FamilyFailure::Store(error)) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// With the letter of a request for consent: the signals of those it names.
    async fn by_request(tx: &Tx<'_, Party>, person: Person, request: &Request) -> Result<Self, StoreError> {
        let Request { invited, consent, .. } = request;
        let signatory = consent_facts::signatory(&invited.role, invited.number)?;
        Ok(Self {
            subject: person.subject(),
            person,
            signatory,
            sees_sensitive: sees_sensitive(tx, consent, signatory).await?
                && guardians_know_all(tx, consent, signatory).await?,
            issuer: consent.requested_by,
            about: LogTag::new(TagKind::Consent, consent.log_tag),
            signals: door::signals(tx, person.subject()).await?,
        })
    }

    /// With the letter of a signal: that signal.
    fn by_letter(person: Person, letter: Letter) -> Result<Self, StoreError> {
        let signal = letter
            .signals
            .first()
            .ok_or(StoreError::Column { column: "signal_id" })?;
        Ok(Self {
            subject: person.subject(),
            person,
            signatory: letter.signatory,
            // How old the child is nobody said: guardians may be those of a child of 12.
            sees_sensitive: letter.signatory.role == SignatoryRole::YoungPerson,
            issuer: signal.organisation,
            about: LogTag::new(TagKind::Signal, signal.log_tag),
            signals: letter.signals,
        })
    }
}

/// Whether the child has not become 12 since guardians alone were asked.
async fn guardians_know_all(
    tx: &Tx<'_, Party>,
    consent: &ConsentRow,
    reader: Signatory,
) -> Result<bool, StoreError> {
    if reader.role == SignatoryRole::YoungPerson {
        return Ok(true);
    }
    let age = Age::of_letter(tx, consent.key.subject, consent.requested_by).await?;
    Ok(age.guardians_know_all)
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
