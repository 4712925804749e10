//! What stands on a letter beside its code, read where it is kept, so that a printed letter says what is so.
//!
//! Nothing is written: a letter is printed as often as the printer needs it, until somebody has used its code.

use domain::consent::{ConsentState, SignatoryRole};
use domain::invitation::InvitationCode;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use protocol::Refused;
use protocol::id::Id;
use protocol::letter::LetterDocumentSubmission;
use protocol::problem::ProblemType;
use store::{Party, PrintedLetterRow, StoreError, Tx};
use zeroize::Zeroizing;

use crate::act::{Failure, Look, Refusable, plainly};
use crate::covenants::Covenants;
use crate::family::FamilyKey;
use crate::{Caller, Casework, consent_facts};

/// Why no letter is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LetterDocumentRefusal {
    /// It is not the code of a letter of the caller's that can still be used.
    #[error("there is no such unused letter of this caller")]
    NotFound,
    /// Telling the family of the caller's signal is postponed.
    #[error("telling the family is postponed")]
    Postponed,
}

impl Refusable for LetterDocumentRefusal {
    fn refused(&self) -> Refused {
        plainly(match self {
            Self::NotFound => ProblemType::NotFound,
            Self::Postponed => ProblemType::DisclosurePostponed,
        })
    }
}

/// What a letter is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterAbout {
    /// It asks whether organisations may exchange.
    Exchange,
    /// It asks whether its sender may give a signal.
    AskedSignal,
    /// It tells of a signal.
    Signal,
}

/// What stands on a letter.
pub struct LetterFacts {
    /// What it is about.
    pub about: LetterAbout,
    /// Whether it is for the young person; else for a guardian.
    pub is_for_young_person: bool,
    /// The organisation that sends it.
    pub sender: String,
    /// The municipality that answers for the family's rights.
    pub municipality: String,
    /// The request, or the signal.
    pub reference: Id,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when its code can be used, when that is later.
    pub from: Option<Timestamp>,
    /// Until when its code can be used.
    pub until: Timestamp,
    /// In which days are meant.
    pub time_zone: TimeZone,
    /// The code in groups.
    pub code: Zeroizing<String>,
}

impl Casework {
    /// What stands on an unused letter of the caller's organisation.
    ///
    /// # Errors
    /// [`LetterDocumentRefusal`].
    pub async fn letter_facts(
        &self,
        caller: &Caller,
        body: &LetterDocumentSubmission,
    ) -> Result<LetterFacts, Failure<LetterDocumentRefusal>> {
        let credential = self.credential(&FamilyKey::Code(body.code.expose()));
        let look = ReadLetterFacts {
            caller: caller.clone(),
            code: InvitationCode::parse(body.code.expose()).ok(),
        };
        self.assisted_look(caller, credential, look).await
    }
}

struct ReadLetterFacts {
    caller: Caller,
    /// None where the text cannot be a code; it is looked up all the same.
    code: Option<InvitationCode>,
}

impl Look for ReadLetterFacts {
    const NAME: &'static str = "read_letter_facts";
    type Output = LetterFacts;
    type Refusal = LetterDocumentRefusal;

    async fn look(&self, tx: &Tx<'_, Party>) -> Result<LetterFacts, Failure<LetterDocumentRefusal>> {
        let letter = tx.letter_to_print().await?;
        let (Some(letter), Some(code)) = (letter, &self.code) else {
            return Err(LetterDocumentRefusal::NotFound.into());
        };
        if !asks_or_tells(tx, &letter).await? {
            return Err(LetterDocumentRefusal::NotFound.into());
        }
        if letter.hidden {
            return Err(LetterDocumentRefusal::Postponed.into());
        }
        let own = tx.organisations(&[self.caller.organisation]).await?;
        let sender = own
            .into_iter()
            .next()
            .ok_or(StoreError::Column { column: "name" })?;
        let covenants = Covenants::read(tx).await?;
        let covenant = covenants.of(self.caller.covenant)?;
        let missing = StoreError::Column { column: "signal_id" };
        Ok(LetterFacts {
            about: match (letter.consent, letter.signal) {
                (Some(_), None) => LetterAbout::Exchange,
                (Some(_), Some(_)) => LetterAbout::AskedSignal,
                (None, _) => LetterAbout::Signal,
            },
            is_for_young_person: letter.role == SignatoryRole::YoungPerson.slug(),
            sender: sender.name,
            municipality: covenant.municipality().to_owned(),
            reference: match (letter.consent, letter.signal) {
                (Some(consent), _) => Id(tx.ids().consent(consent)),
                (None, Some(signal)) => Id(tx.ids().signal(signal)),
                (None, None) => return Err(missing.into()),
            },
            issued_at: letter.issued_at,
            from: letter.begins_at.filter(|from| *from > tx.now()),
            until: letter.code_until,
            time_zone: covenant.time_zone().clone(),
            code: Zeroizing::new(code.grouped()),
        })
    }
}

/// Whether there is still something to ask, or to tell of: a letter after that would lead to a closed door.
async fn asks_or_tells(tx: &Tx<'_, Party>, letter: &PrintedLetterRow) -> Result<bool, StoreError> {
    if let Some(consent) = letter.consent {
        let row = tx.consent(consent).await?;
        let Some(row) = row else { return Ok(false) };
        let state = consent_facts::standing(&row)?.at(tx.now()).state();
        return Ok(match state {
            ConsentState::Requested | ConsentState::PartiallyGiven => true,
            // The letter of who must sign from a birthday on is of the request that takes its place then.
            ConsentState::SupersededByAge => letter.begins_at.is_some(),
            _ => false,
        });
    }
    let Some(signal) = letter.signal else {
        return Ok(false);
    };
    let row = tx.own_signal(signal).await?;
    Ok(row.is_some_and(|row| row.life.at(tx.now()).is_some()))
}
