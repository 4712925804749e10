//! What is behind the family's door for whom, and for how long: the one place where that is judged.

use domain::calendar::Month;
use domain::consent::{ConsentState, Signatory, SignatoryRole, Standing};
use domain::event::{LogTag, TagKind};
use domain::invitation::VALID_DAYS;
use domain::key::{ConsentKey, LetterKey, OrganisationKey, SignatoryKey};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use store::{
    ConsentRow, FamilySignalRow, Hidden, Invited, Party, Person, SessionRow, SessionStage, StoreError, Tx,
};

use super::{FamilyFailure, Stage};
use crate::consent_facts;
use crate::covenants::Covenants;

/// By what somebody stands at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The code of a letter, which nobody has used yet.
    Code,
    /// What it was exchanged for; or, at a municipality's desk, the letter of somebody whose identity was established.
    Access,
}

/// What is behind the family's door.
pub(super) enum AtDoor<T> {
    /// What was looked for.
    In(T),
    /// A request that an age boundary has ended, and whose successor is not written.
    Overtaken(ConsentKey),
}

/// A request that somebody may see.
pub(super) struct Request {
    pub(super) invited: Invited,
    pub(super) consent: ConsentRow,
    pub(super) hidden: Hidden,
}

/// A letter of a signal, with what it opens.
pub(super) struct Letter {
    pub(super) signatory: Signatory,
    /// The signal, and no other; of one that is hidden or gone there is no letter.
    pub(super) signals: Vec<FamilySignalRow>,
}

/// What a person of the family has: a request or a signal.
pub(super) enum Opened {
    Request(Box<Request>),
    Letter(Box<Letter>),
}

impl Opened {
    pub(super) fn signatory(&self) -> Result<Signatory, StoreError> {
        match self {
            Self::Request(request) => consent_facts::signatory(&request.invited.role, request.invited.number),
            Self::Letter(letter) => Ok(letter.signatory),
        }
    }

    /// What it is about, as the log names it.
    pub(super) fn about(&self) -> Result<LogTag, StoreError> {
        match self {
            Self::Request(request) => Ok(LogTag::new(TagKind::Consent, request.consent.log_tag)),
            Self::Letter(letter) => {
                let signal = letter
                    .signals
                    .first()
                    .ok_or(StoreError::Column { column: "signal_id" })?;
                Ok(LogTag::new(TagKind::Signal, signal.log_tag))
            }
        }
    }

    /// The organisation that made the letter.
    pub(super) fn issuer(&self) -> Option<OrganisationKey> {
        match self {
            Self::Request(request) => Some(request.consent.requested_by),
            Self::Letter(letter) => letter.signals.first().map(|signal| signal.organisation),
        }
    }
}

/// The session of this transaction, when it is in.
pub(super) async fn session_in(tx: &Tx<'_, Party>) -> Result<SessionRow, FamilyFailure> {
    let session = tx.session().await?.ok_or(FamilyFailure::Closed)?;
    match session.stage {
        SessionStage::In => Ok(session),
        SessionStage::ChoosesPin => Err(FamilyFailure::NotIn(Stage::ChoosesPin)),
        SessionStage::ShowsKey => Err(FamilyFailure::NotIn(Stage::ShowsKey)),
        SessionStage::Ended => Err(FamilyFailure::NotEntitled),
    }
}

/// Enters as this person.
pub(super) async fn enter(
    tx: &Tx<'_, Party>,
    person: Person,
    by: By,
) -> Result<AtDoor<Opened>, FamilyFailure> {
    Ok(match person {
        Person::Signatory(key) => match enter_request(tx, key, by).await? {
            AtDoor::In(request) => AtDoor::In(Opened::Request(Box::new(request))),
            AtDoor::Overtaken(key) => AtDoor::Overtaken(key),
        },
        Person::Letter(key) => AtDoor::In(Opened::Letter(Box::new(enter_letter(tx, key, by).await?))),
    })
}

/// Enters as this signatory of a request.
pub(super) async fn enter_request(
    tx: &Tx<'_, Party>,
    key: SignatoryKey,
    by: By,
) -> Result<AtDoor<Request>, FamilyFailure> {
    let invited = tx.enter_as_signatory(key).await?.ok_or(FamilyFailure::Closed)?;
    let consent = tx.consent(invited.consent).await?.ok_or(FamilyFailure::Closed)?;
    if consent_facts::is_overtaken(&consent, tx.now()) {
        return Ok(AtDoor::Overtaken(consent.key));
    }
    let standing = consent_facts::standing(&consent)?.at(tx.now());
    // Whoever is asked in what took its place was moved there.
    if standing.state() == ConsentState::SupersededByAge {
        return Err(FamilyFailure::NotEntitled);
    }
    if ended_at_sixteen(tx, &invited, &consent).await? {
        return Err(FamilyFailure::NotEntitled);
    }
    let hidden = tx.hidden_at_the_door(consent.key).await?;
    let guardians_end = match invited.role == SignatoryRole::Guardian.slug() {
        true => Some(GuardiansEnd::read(tx, invited.consent.subject).await?),
        false => None,
    };
    // A consent may stand past a birthday that nobody stated.
    if guardians_end.is_some_and(|end| end.is_surely_over(tx.now())) {
        return Err(FamilyFailure::NotEntitled);
    }
    if opens(&invited, standing, hidden, tx.now()) {
        return Ok(AtDoor::In(Request {
            invited,
            consent,
            hidden,
        }));
    }
    if by == By::Code || hidden.who_asked || invited.begins_at.is_some() {
        return Err(FamilyFailure::Closed);
    }
    // Whoever came in before may still see a request whose time is over, a guardian not from the birthday on.
    match guardians_end.map(|end| end.begins) {
        Some(None) => return Err(FamilyFailure::Closed),
        Some(Some(begins)) if begins <= tx.now() => return Err(FamilyFailure::NotEntitled),
        _ => {}
    }
    Ok(AtDoor::In(Request {
        invited,
        consent,
        hidden,
    }))
}

/// Enters with the letter of a signal.
pub(super) async fn enter_letter(
    tx: &Tx<'_, Party>,
    key: LetterKey,
    by: By,
) -> Result<Letter, FamilyFailure> {
    let row = tx.enter_as_letter(key).await?.ok_or(FamilyFailure::Closed)?;
    let signatory = consent_facts::signatory(&row.role, row.number)?;
    if row.until <= tx.now() {
        // The end of all there is to see, or a guardian's end.
        return Err(match signatory.role {
            SignatoryRole::Guardian => FamilyFailure::NotEntitled,
            SignatoryRole::YoungPerson => FamilyFailure::Closed,
        });
    }
    if by == By::Code && row.code_until <= tx.now() {
        return Err(FamilyFailure::Closed);
    }
    let signals = signals(tx, key.subject).await?;
    if signals.is_empty() {
        return Err(FamilyFailure::Closed);
    }
    Ok(Letter { signatory, signals })
}

/// The signals that whoever entered may see.
pub(super) async fn signals(tx: &Tx<'_, Party>, subject: i64) -> Result<Vec<FamilySignalRow>, StoreError> {
    let mut signals = tx.family_signals(subject).await?;
    signals.retain(|signal| signal.life.at(tx.now()).is_some());
    Ok(signals)
}

/// What a code opens: until the letter's date the request, whatever became of it, so that the family can read that; after it
/// only a consent that stands, to withdraw it. At an age boundary both end, for everyone who is not asked in what takes its
/// place; and who must sign only from a boundary on has no door before it.
///
/// While telling the family of the one who asked is postponed, only a consent that stands can be reached: taking it back must
/// stay as easy as giving it was (GDPR article 7(3)).
fn opens(invited: &Invited, standing: Standing, hidden: Hidden, now: Timestamp) -> bool {
    let in_time = now < invited.code_until && !hidden.who_asked;
    invited.begins_at.is_none() && (in_time || standing.state() == ConsentState::Given)
}

/// The end of what guardians may see, as far as the signals tell it; of a birthday that was stated for a request nothing is
/// kept once that is decided.
#[derive(Clone, Copy)]
struct GuardiansEnd {
    /// The month in which the child can be 16 at the earliest; none where no signal is left that tells it.
    begins: Option<Timestamp>,
    /// The end of that month.
    ends: Option<Timestamp>,
}

impl GuardiansEnd {
    async fn read(tx: &Tx<'_, Party>, subject: i64) -> Result<Self, StoreError> {
        let signals = signals(tx, subject).await?;
        let givers: Vec<OrganisationKey> = signals.iter().map(|signal| signal.organisation).collect();
        let organisations = tx.organisations(&givers).await?;
        let covenants = Covenants::read(tx).await?;
        let mut end = Self {
            begins: None,
            ends: None,
        };
        for signal in &signals {
            let Some(giver) = organisations.iter().find(|row| row.key == signal.organisation) else {
                return Ok(Self { begins: None, ..end });
            };
            let covenant = covenants.of(giver.covenant)?;
            let until = |day| covenant.guardians_reach_until(day, Month::of(signal.life.destroy_by));
            let (begins, ends) = (until(None), until(Some(Date::MAX)));
            end.begins = Some(end.begins.map_or(begins, |least| least.min(begins)));
            end.ends = Some(end.ends.map_or(ends, |least| least.min(ends)));
        }
        Ok(end)
    }

    fn is_surely_over(self, now: Timestamp) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }
}

/// Whether a guardian's request or consent ended by the 16th birthday, which was stated for it: it lasted shorter than such a
/// one lasts, and the young person signed beside the guardians.
async fn ended_at_sixteen(
    tx: &Tx<'_, Party>,
    invited: &Invited,
    consent: &ConsentRow,
) -> Result<bool, StoreError> {
    if invited.role != SignatoryRole::Guardian.slug() {
        return Ok(false);
    }
    // An hour for a change of the clocks.
    let shorter = |from: Timestamp, days: i64, end: Timestamp| {
        end <= tx.now() && end.duration_since(from) < SignedDuration::from_hours(days * 24 - 1)
    };
    let given = consent.decided_at.zip(consent.valid_until);
    let by_birthday = shorter(consent.requested_at, i64::from(VALID_DAYS), consent.answer_by)
        || given.is_some_and(|(at, until)| shorter(at, i64::from(consent.consent_days), until));
    if !by_birthday {
        return Ok(false);
    }
    let signatories = tx.signatories(consent.key).await?;
    let young =
        consent_facts::must_sign(&signatories).any(|row| row.role == SignatoryRole::YoungPerson.slug());
    Ok(young)
}
