//! Letters at a municipality's desk: whose case they belong to, another code in the place of one, and taking away what
//! somebody could do with one. The matcher's role writes the hash of a new code and reads that of none.

use domain::event::{Event, LogTag, TagKind};
use domain::key::{ConsentKey, CovenantKey, LetterKey, OrganisationKey, SignalKey, SignatoryKey};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::family::Person;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    // The municipality is that of the match, when it was handed over to another, or of the covenant of who asked.
    Matcher ISSUED_TO_SIGNATORY = "
        SELECT s.subject_id, s.role, s.number, s.begins_at, s.code_until, NULL::timestamptz AS until, c.id AS about, c.state,
               c.answer_by, c.valid_until, c.log_tag, o.covenant_id,
               coalesce(m.municipality_id, v.municipality_id) AS municipality_id
          FROM signatory s
          JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
          JOIN organisation o ON o.id = c.requested_by
          JOIN covenant v ON v.id = o.covenant_id
          LEFT JOIN match_case m ON m.subject_id = c.subject_id AND m.id = c.match_id
         WHERE s.subject_id = $1 /* subject */ AND s.id = $2 /* row */";
    Matcher ISSUED_LETTER = "
        SELECT l.subject_id, l.role, l.number, NULL::timestamptz AS begins_at, l.code_until, l.until, g.id AS about, g.state,
               NULL::timestamptz AS answer_by, NULL::timestamptz AS valid_until, g.log_tag, o.covenant_id,
               coalesce((SELECT m.municipality_id FROM match_party p
                           JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
                          WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND m.state <> 'closed'
                          ORDER BY m.id DESC LIMIT 1), v.municipality_id) AS municipality_id
          FROM letter l
          JOIN signal g ON g.subject_id = l.subject_id AND g.id = l.signal_id
          JOIN organisation o ON o.id = g.organisation_id
          JOIN covenant v ON v.id = o.covenant_id
         WHERE l.subject_id = $1 /* subject */ AND l.id = $2 /* row */";
    Matcher SIGNATORY_OF_REQUEST = "
        SELECT id FROM signatory
         WHERE subject_id = $1 /* subject */ AND consent_id = $2 /* consent */ AND role = $3 /* role */
           AND number = $4 /* number */";
    // One person may have got several; the newest first.
    Matcher LETTERS_OF_SIGNAL = "
        SELECT id FROM letter
         WHERE subject_id = $1 /* subject */ AND signal_id = $2 /* signal */ AND role = $3 /* role */
           AND number = $4 /* number */
         ORDER BY id DESC";
    Matcher BIRTH_MONTHS_SAID = "
        SELECT g.destroy_by, o.covenant_id FROM signal g JOIN organisation o ON o.id = g.organisation_id
         WHERE g.subject_id = $1 /* subject */ AND g.state <> 'moved'";
    Matcher GIVE_SIGNATORY_CODE = "
        UPDATE signatory SET code_hash = $3 /* code hash */, code_until = $4 /* code until */, spent_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher GIVE_LETTER_CODE = "
        UPDATE letter SET code_hash = $3 /* code hash */, code_until = $4 /* code until */, spent_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    // No code has this hash.
    Matcher TAKE_SIGNATORY_CODE = "
        UPDATE signatory SET code_hash = $3 /* nobody's */, spent_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher TAKE_LETTER_CODE = "
        UPDATE letter SET code_hash = $3 /* nobody's */, spent_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher DELETE_ACCESS = "
        DELETE FROM family_access
         WHERE subject_id = $1 /* subject */ AND (signatory_id = $2 /* signatory */ OR letter_id = $3 /* letter */)";
    // They are not deleted before their time: who still has one is told that it was taken away.
    Matcher END_SESSIONS = "
        UPDATE portal_session SET stage = 'ended'
         WHERE subject_id = $1 /* subject */ AND (signatory_id = $2 /* signatory */ OR letter_id = $3 /* letter */)";
}

/// A letter that was issued to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedTo {
    /// Whose.
    pub person: Person,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// First, second, ... of that role.
    pub number: i32,
    /// What it is about.
    pub about: IssuedAbout,
    /// Its name in the log.
    pub tag: LogTag,
    /// The covenant of the organisation that issued it.
    pub covenant: CovenantKey,
    /// The municipality that answers for the case; none while the covenant's is not registered.
    pub municipality: Option<OrganisationKey>,
    /// Until when its code may be used for the first time.
    pub code_until: Timestamp,
}

/// What a letter is about, as far as another code takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IssuedAbout {
    /// A request for consent.
    Request {
        /// Which.
        key: ConsentKey,
        /// Lifecycle.
        state: String,
        /// Until when it can be answered.
        answer_by: Timestamp,
        /// Until when the consent stands that came of it.
        valid_until: Option<Timestamp>,
        /// From when its person must sign, when that is an age boundary.
        begins_at: Option<Timestamp>,
    },
    /// A signal.
    Signal {
        /// Which.
        key: SignalKey,
        /// Until when the letter opens it.
        until: Timestamp,
    },
}

impl Tx<'_, Matcher> {
    /// The letter of a person.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn issued_to(&self, person: Person) -> Result<Option<IssuedTo>, StoreError> {
        let row = match person {
            Person::Signatory(key) => {
                self.optional(&ISSUED_TO_SIGNATORY, &[&key.subject, &key.row])
                    .await?
            }
            Person::Letter(key) => self.optional(&ISSUED_LETTER, &[&key.subject, &key.row]).await?,
        };
        row.map(|row| issued(person, &row)).transpose()
    }

    /// Who signs a request in this capacity, by this number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signatory_of_request(
        &self,
        key: ConsentKey,
        role: &str,
        number: i32,
    ) -> Result<Option<SignatoryKey>, StoreError> {
        let row = self
            .optional(&SIGNATORY_OF_REQUEST, &[&key.subject, &key.row, &role, &number])
            .await?;
        row.map(|row| {
            Ok(SignatoryKey {
                subject: key.subject,
                row: row.value("id")?,
            })
        })
        .transpose()
    }

    /// The letters of a signal to whoever has this number in this capacity, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn letters_of_signal(
        &self,
        key: SignalKey,
        role: &str,
        number: i32,
    ) -> Result<Vec<LetterKey>, StoreError> {
        let rows = self
            .rows(&LETTERS_OF_SIGNAL, &[&key.subject, &key.row, &role, &number])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(LetterKey {
                    subject: key.subject,
                    row: row.value("id")?,
                })
            })
            .collect()
    }

    /// When the signals about a child are destroyed at the latest, each with its giver's covenant.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn birth_months_said(&self, subject: i64) -> Result<Vec<(Date, CovenantKey)>, StoreError> {
        let rows = self.rows(&BIRTH_MONTHS_SAID, &[&subject]).await?;
        rows.iter()
            .map(|row| Ok((row.value("destroy_by")?, CovenantKey(row.value("covenant_id")?))))
            .collect()
    }

    /// Gives a person another code, and takes away what they had.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace_code(
        &self,
        person: Person,
        code_hash: &[u8; 32],
        code_until: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        let (statement, row) = match person {
            Person::Signatory(key) => (&GIVE_SIGNATORY_CODE, key.row),
            Person::Letter(key) => (&GIVE_LETTER_CODE, key.row),
        };
        let subject = person.subject();
        self.change_exactly(
            statement,
            1,
            &[&subject, &row, &code_hash.as_slice(), &code_until],
        )
        .await?;
        self.end_access(person).await?;
        self.record_one(event).await.map(drop)
    }

    /// Takes away what persons have: codes, return keys and sessions. `nobodys` is no code's hash, another for each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_codes(
        &self,
        persons: &[(Person, [u8; 32])],
        events: &[Event],
    ) -> Result<(), StoreError> {
        for (person, nobodys) in persons {
            let (statement, row) = match person {
                Person::Signatory(key) => (&TAKE_SIGNATORY_CODE, key.row),
                Person::Letter(key) => (&TAKE_LETTER_CODE, key.row),
            };
            let subject = person.subject();
            self.change_exactly(statement, 1, &[&subject, &row, &nobodys.as_slice(), &self.now()])
                .await?;
            self.end_access(*person).await?;
        }
        self.record(events).await.map(drop)
    }

    async fn end_access(&self, person: Person) -> Result<(), StoreError> {
        let (signatory, letter) = person.columns();
        let of_person: &[&(dyn tokio_postgres::types::ToSql + Sync)] =
            &[&person.subject(), &signatory, &letter];
        self.change(&DELETE_ACCESS, of_person).await?;
        self.change(&END_SESSIONS, of_person).await.map(drop)
    }
}

fn issued(person: Person, row: &tokio_postgres::Row) -> Result<IssuedTo, StoreError> {
    let (subject, about) = (person.subject(), row.value("about")?);
    let municipality: Option<i32> = row.value("municipality_id")?;
    let missing = |column| StoreError::Column { column };
    let (kind, about) = match person {
        Person::Signatory(_) => {
            let answer_by: Option<Timestamp> = row.value("answer_by")?;
            let request = IssuedAbout::Request {
                key: ConsentKey { subject, row: about },
                state: row.value("state")?,
                answer_by: answer_by.ok_or(missing("answer_by"))?,
                valid_until: row.value("valid_until")?,
                begins_at: row.value("begins_at")?,
            };
            (TagKind::Consent, request)
        }
        Person::Letter(_) => {
            let until: Option<Timestamp> = row.value("until")?;
            let signal = IssuedAbout::Signal {
                key: SignalKey { subject, row: about },
                until: until.ok_or(missing("until"))?,
            };
            (TagKind::Signal, signal)
        }
    };
    Ok(IssuedTo {
        person,
        role: row.value("role")?,
        number: row.value("number")?,
        about,
        tag: LogTag::new(kind, row.tag("log_tag")?),
        covenant: CovenantKey(row.value("covenant_id")?),
        municipality: municipality.map(OrganisationKey),
        code_until: row.value("code_until")?,
    })
}
