//! The family's door: a code opens one signatory of one request, a session remembers that for a while.

use domain::event::Event;
use domain::key::{ConsentKey, LetterKey, SignatoryKey};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    // What the credential opens, and from here on row-level security shows that consent and nothing else.
    Party ENTER_BY_CODE = "
        SELECT s.subject_id, s.id, s.consent_id, s.role, s.number, s.begins_at, s.code_until, s.opened_at, s.decision,
               s.decided_at,
               set_config('app.family', s.subject_id || ':' || s.consent_id, true),
               set_config('app.person', 'signatory:' || s.subject_id || ':' || s.id, true)
          FROM signatory s WHERE s.code_hash = current_credential()";
    Party ENTER_BY_SESSION = "
        SELECT s.subject_id, s.id, s.consent_id, s.role, s.number, s.begins_at, s.code_until, s.opened_at, s.decision,
               s.decided_at,
               set_config('app.family', s.subject_id || ':' || s.consent_id, true),
               set_config('app.person', 'signatory:' || s.subject_id || ':' || s.id, true)
          FROM portal_session p
          JOIN signatory s ON s.subject_id = p.subject_id AND s.id = p.signatory_id
         WHERE p.secret_hash = current_credential() AND p.expires_at > clock_timestamp()";
    // Whether telling the family of a party that the request names is postponed, and whether that party asked.
    Party HIDDEN_AT_THE_DOOR = "
        SELECT coalesce(bool_or(is_hidden_from_family(p.organisation_id)), false) AS someone,
               coalesce(bool_or(is_hidden_from_family(p.organisation_id) AND p.organisation_id = c.requested_by), false)
                   AS who_asked
          FROM consent c JOIN consent_party p ON p.subject_id = c.subject_id AND p.consent_id = c.id
         WHERE c.subject_id = $1 /* subject */ AND c.id = $2 /* consent */";
    Party MARK_OPENED = "
        UPDATE signatory SET opened_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND opened_at IS NULL";
    Party INSERT_SESSION = "
        INSERT INTO portal_session (secret_hash, subject_id, signatory_id, expires_at)
        VALUES ($1 /* hash */, $2 /* subject */, $3 /* signatory */,
                clock_timestamp() + make_interval(secs => $4 /* seconds */))";
    Party DELETE_SESSION = "
        DELETE FROM portal_session WHERE secret_hash = current_credential()";
}

/// A person of the family, known by the letter they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Person {
    /// With the letter of a request for consent.
    Signatory(SignatoryKey),
    /// With the letter of a signal.
    Letter(LetterKey),
}

impl Person {
    /// The rows of signatory and letter, of which one is none.
    pub(crate) fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Self::Signatory(key) => (Some(key.row), None),
            Self::Letter(key) => (None, Some(key.row)),
        }
    }
}

/// What a code or session opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilyAccess {
    /// The signatory.
    pub signatory: SignatoryKey,
    /// The consent it signs.
    pub consent: ConsentKey,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// First, second, ... of that role.
    pub number: i32,
    /// From when this signatory must sign, when that is an age boundary: before it the code opens nothing.
    pub begins_at: Option<Timestamp>,
    /// Until when the code opens an unanswered request.
    pub code_until: Timestamp,
    /// When the code was first used.
    pub opened_at: Option<Timestamp>,
    /// `agreed` or `refused`.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

/// Whom of those that a request names the family is not to be told of yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hidden {
    /// At least one of them.
    pub someone: bool,
    /// The one that asked among them.
    pub who_asked: bool,
}

impl Tx<'_, Party> {
    /// Enters by the code whose hash is this transaction's credential.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enter_by_code(&self) -> Result<Option<FamilyAccess>, StoreError> {
        let row = self.optional(&ENTER_BY_CODE, &[]).await?;
        row.as_ref().map(family_access).transpose()
    }

    /// Enters by the session whose hash is this transaction's credential.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enter_by_session(&self) -> Result<Option<FamilyAccess>, StoreError> {
        let row = self.optional(&ENTER_BY_SESSION, &[]).await?;
        row.as_ref().map(family_access).transpose()
    }

    /// Whom of those that a request names the family is not to be told of yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hidden_at_the_door(&self, consent: ConsentKey) -> Result<Hidden, StoreError> {
        let row = self
            .one(&HIDDEN_AT_THE_DOOR, &[&consent.subject, &consent.row])
            .await?;
        Ok(Hidden {
            someone: row.value("someone")?,
            who_asked: row.value("who_asked")?,
        })
    }

    /// Notes the first use of a code. Later uses change nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn mark_opened(&self, signatory: SignatoryKey, event: &Event) -> Result<(), StoreError> {
        let marked = self
            .change(&MARK_OPENED, &[&signatory.subject, &signatory.row, &self.now()])
            .await?;
        if marked == 1 {
            self.record_one(event).await?;
        }
        Ok(())
    }

    /// Opens a session for a signatory. Its life is real time, in seconds.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_session(
        &self,
        secret_hash: &[u8; 32],
        signatory: SignatoryKey,
        seconds: f64,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &INSERT_SESSION,
            1,
            &[
                &secret_hash.as_slice(),
                &signatory.subject,
                &signatory.row,
                &seconds,
            ],
        )
        .await
    }

    /// Ends the session of this transaction's credential, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn delete_session(&self) -> Result<(), StoreError> {
        self.change(&DELETE_SESSION, &[]).await.map(drop)
    }
}

fn family_access(row: &tokio_postgres::Row) -> Result<FamilyAccess, StoreError> {
    let subject = row.value("subject_id")?;
    Ok(FamilyAccess {
        signatory: SignatoryKey {
            subject,
            row: row.value("id")?,
        },
        consent: ConsentKey {
            subject,
            row: row.value("consent_id")?,
        },
        role: row.value("role")?,
        number: row.value("number")?,
        begins_at: row.value("begins_at")?,
        code_until: row.value("code_until")?,
        opened_at: row.value("opened_at")?,
        decision: row.value("decision")?,
        decided_at: row.value("decided_at")?,
    })
}
