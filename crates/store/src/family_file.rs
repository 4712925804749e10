//! What a family's file is made of. Each statement reads what hangs on one child; row-level security decides how much of
//! that: what one letter opens, or, in the transaction of a municipality that gave access, everything that is not hidden.

use domain::event::Event;
use domain::key::{ConsentKey, MatchKey, OrganisationKey, SignalKey, SignatoryKey};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::consent::{ConsentRow, consent_columns, consent_row};
use crate::error::StoreError;
use crate::family::Person;
use crate::statement::{Statement, statements};
use crate::work::{Party, RowExt, Tx};

statements! {
    Party FILE_MATCHES = "
        SELECT subject_id, id, state, opened_at, contact_deadline, closed_at, outcome
          FROM match_case WHERE subject_id = $1 /* subject */ ORDER BY id";
    Party FILE_PARTIES = "
        SELECT match_id, organisation_id, visible_at, contact_confirmed_at, left_at
          FROM match_party WHERE subject_id = $1 /* subject */ AND visible_at <= $2 /* now */
         ORDER BY match_id, visible_at, organisation_id";
    Party FILE_MESSAGES = "
        SELECT match_id, sender_id, recipient_id, sent_at, fetched_at, destroyed_at
          FROM message WHERE subject_id = $1 /* subject */ AND sent_at IS NOT NULL ORDER BY id";
    Party FILE_VIEWINGS = "
        SELECT match_id, organisation_id, seen_on, what, times, last_at
          FROM viewing WHERE subject_id = $1 /* subject */ ORDER BY seen_on DESC, match_id, organisation_id, what";
    Party FILE_CONSENTS = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ ORDER BY id");
    Party FILE_CONSENT_PARTIES = "
        SELECT consent_id, organisation_id FROM consent_party WHERE subject_id = $1 /* subject */
         ORDER BY consent_id, organisation_id";
    Party FILE_DISCLOSURES = "
        SELECT signal_id, told_on, channel, language, recorded_at
          FROM disclosure WHERE subject_id = $1 /* subject */";
    Party HIDES_FROM_READER = "
        SELECT hides_from_reader($1 /* subject */) AS hides";
    // Of those who were asked, only the one who reads.
    Party OWN_ANSWER = "
        SELECT consent_id, decision, language, opened_at FROM signatory
         WHERE subject_id = $1 /* subject */ AND id = $2 /* signatory */";
    Party OWN_DECISIONS = "
        SELECT decision, decided_at, text_version, language, method FROM signatory_decision
         WHERE subject_id = $1 /* subject */ AND signatory_id = $2 /* signatory */ ORDER BY id";
    Party ACCESS_MADE = "
        SELECT made_at FROM family_access
         WHERE subject_id = $1 /* subject */ AND signatory_id IS NOT DISTINCT FROM $2 /* signatory */
           AND letter_id IS NOT DISTINCT FROM $3 /* letter */";
    // From here on row-level security shows everything about the child, if in this session it is sure enough who reads.
    Party OPEN_WHOLE = "
        SELECT set_config('app.whole', 'yes', true)";
    Party WHOLE_SUBJECT = "
        SELECT whole_subject() AS subject_id";
    // A page, a download and the next page are one reading.
    Party NOTE_READING = "
        UPDATE portal_session SET read_at = $1 /* now */
         WHERE secret_hash = current_credential() AND (read_at IS NULL OR read_at <= $2 /* before */)";
    Party NOTE_WHOLE_READING = "
        UPDATE portal_session SET whole_read_at = $1 /* now */
         WHERE secret_hash = current_credential() AND (whole_read_at IS NULL OR whole_read_at <= $2 /* before */)";
}

/// A match in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMatchRow {
    /// Its key.
    pub key: MatchKey,
    /// State as stored.
    pub state: String,
    /// When two signals met.
    pub opened_at: Timestamp,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// With which outcome.
    pub outcome: Option<String>,
}

/// A party to a match in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePartyRow {
    /// The row of the match.
    pub match_row: i64,
    /// Who.
    pub organisation: OrganisationKey,
    /// Since when it is shown.
    pub visible_at: Timestamp,
    /// When it confirmed contact.
    pub contact_confirmed_at: Option<Timestamp>,
    /// When it left.
    pub left_at: Option<Timestamp>,
}

/// A message in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMessageRow {
    /// The row of the match.
    pub match_row: i64,
    /// From whom.
    pub sender: OrganisationKey,
    /// To whom.
    pub recipient: OrganisationKey,
    /// When.
    pub sent_at: Timestamp,
    /// When it was first read.
    pub fetched_at: Option<Timestamp>,
    /// When it was destroyed.
    pub destroyed_at: Option<Timestamp>,
}

/// A line of who looked, in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileViewingRow {
    /// The row of the match.
    pub match_row: i64,
    /// Who.
    pub organisation: OrganisationKey,
    /// On which day.
    pub day: Date,
    /// `match` or `message`.
    pub what: String,
    /// How often.
    pub times: i32,
    /// When last.
    pub last_at: Timestamp,
}

/// That the family was told of a signal, in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDisclosureRow {
    /// The signal.
    pub signal: SignalKey,
    /// On which day.
    pub told_on: Date,
    /// How.
    pub channel: String,
    /// In which language.
    pub language: String,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// What one signatory decided as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAnswerRow {
    /// On which request.
    pub consent: ConsentKey,
    /// `agreed` or `refused`; none before.
    pub decision: Option<String>,
    /// In which language they read it.
    pub language: Option<String>,
    /// When their code was first used.
    pub opened_at: Option<Timestamp>,
}

/// What one signatory decided at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnDecisionRow {
    /// `agreed`, `refused` or `withdrawn`.
    pub decision: String,
    /// When.
    pub decided_at: Timestamp,
    /// Version of the text.
    pub text_version: String,
    /// In which language.
    pub language: String,
    /// `portal`, `oral` or `written`.
    pub method: String,
}

impl Tx<'_, Party> {
    /// The matches about a child, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_matches(&self, subject: i64) -> Result<Vec<FileMatchRow>, StoreError> {
        let rows = self.rows(&FILE_MATCHES, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                Ok(FileMatchRow {
                    key: MatchKey {
                        subject,
                        row: row.value("id")?,
                    },
                    state: row.value("state")?,
                    opened_at: row.value("opened_at")?,
                    contact_deadline: row.value("contact_deadline")?,
                    closed_at: row.value("closed_at")?,
                    outcome: row.value("outcome")?,
                })
            })
            .collect()
    }

    /// Who is or was in them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_parties(&self, subject: i64) -> Result<Vec<FilePartyRow>, StoreError> {
        let rows = self.rows(&FILE_PARTIES, &[&subject, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                Ok(FilePartyRow {
                    match_row: row.value("match_id")?,
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    visible_at: row.value("visible_at")?,
                    contact_confirmed_at: row.value("contact_confirmed_at")?,
                    left_at: row.value("left_at")?,
                })
            })
            .collect()
    }

    /// Which messages passed in them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_messages(&self, subject: i64) -> Result<Vec<FileMessageRow>, StoreError> {
        let rows = self.rows(&FILE_MESSAGES, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                Ok(FileMessageRow {
                    match_row: row.value("match_id")?,
                    sender: OrganisationKey(row.value("sender_id")?),
                    recipient: OrganisationKey(row.value("recipient_id")?),
                    sent_at: row.value("sent_at")?,
                    fetched_at: row.value("fetched_at")?,
                    destroyed_at: row.value("destroyed_at")?,
                })
            })
            .collect()
    }

    /// Who looked at them, newest day first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_viewings(&self, subject: i64) -> Result<Vec<FileViewingRow>, StoreError> {
        let rows = self.rows(&FILE_VIEWINGS, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                Ok(FileViewingRow {
                    match_row: row.value("match_id")?,
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    day: row.value("seen_on")?,
                    what: row.value("what")?,
                    times: row.value("times")?,
                    last_at: row.value("last_at")?,
                })
            })
            .collect()
    }

    /// What was asked, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_consents(&self, subject: i64) -> Result<Vec<ConsentRow>, StoreError> {
        let rows = self.rows(&FILE_CONSENTS, &[&subject]).await?;
        rows.iter().map(consent_row).collect()
    }

    /// Whom the requests name: the row of the request, and who.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_consent_parties(
        &self,
        subject: i64,
    ) -> Result<Vec<(i64, OrganisationKey)>, StoreError> {
        let rows = self.rows(&FILE_CONSENT_PARTIES, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.value("consent_id")?,
                    OrganisationKey(row.value("organisation_id")?),
                ))
            })
            .collect()
    }

    /// How the family was told of signals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn file_disclosures(&self, subject: i64) -> Result<Vec<FileDisclosureRow>, StoreError> {
        let rows = self.rows(&FILE_DISCLOSURES, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                Ok(FileDisclosureRow {
                    signal: SignalKey {
                        subject,
                        row: row.value("signal_id")?,
                    },
                    told_on: row.value("told_on")?,
                    channel: row.value("channel")?,
                    language: row.value("language")?,
                    recorded_at: row.value("recorded_at")?,
                })
            })
            .collect()
    }

    /// Whether something about this child is hidden from the reader at this moment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hides_from_reader(&self, subject: i64) -> Result<bool, StoreError> {
        self.one(&HIDES_FROM_READER, &[&subject]).await?.value("hides")
    }

    /// What this signatory decided, and on which request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_answer(&self, subject: i64, signatory: i64) -> Result<Option<OwnAnswerRow>, StoreError> {
        let row = self.optional(&OWN_ANSWER, &[&subject, &signatory]).await?;
        row.map(|row| {
            Ok(OwnAnswerRow {
                consent: ConsentKey {
                    subject,
                    row: row.value("consent_id")?,
                },
                decision: row.value("decision")?,
                language: row.value("language")?,
                opened_at: row.value("opened_at")?,
            })
        })
        .transpose()
    }

    /// What this signatory decided, each time, oldest first. Nobody else's are ever shown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_decisions(&self, key: SignatoryKey) -> Result<Vec<OwnDecisionRow>, StoreError> {
        let rows = self.rows(&OWN_DECISIONS, &[&key.subject, &key.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(OwnDecisionRow {
                    decision: row.value("decision")?,
                    decided_at: row.value("decided_at")?,
                    text_version: row.value("text_version")?,
                    language: row.value("language")?,
                    method: row.value("method")?,
                })
            })
            .collect()
    }

    /// When this person chose a PIN for the code of their letter, if that stands.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn access_made(&self, subject: i64, person: Person) -> Result<Option<Timestamp>, StoreError> {
        let (signatory, letter) = person.columns();
        let row = self
            .optional(&ACCESS_MADE, &[&subject, &signatory, &letter])
            .await?;
        row.map(|row| row.value("made_at")).transpose()
    }

    /// Lets this transaction read everything about the child of the session that is here: false when in that session it is
    /// not sure enough who reads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_whole(&self, subject: i64) -> Result<bool, StoreError> {
        self.one(&OPEN_WHOLE, &[]).await?;
        let row = self.one(&WHOLE_SUBJECT, &[]).await?;
        Ok(row.value::<Option<i64>>("subject_id")? == Some(subject))
    }

    /// Notes that the session that is here reads what its letter opens, and tells the log unless it was told since `before`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_reading(&self, before: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.note_once(&NOTE_READING, before, event).await
    }

    /// The same of everything about the child.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn note_whole_reading(&self, before: Timestamp, event: &Event) -> Result<(), StoreError> {
        self.note_once(&NOTE_WHOLE_READING, before, event).await
    }

    async fn note_once(
        &self,
        statement: &Statement,
        before: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        if self.change(statement, &[&self.now(), &before]).await? == 1 {
            self.record_one(event).await?;
        }
        Ok(())
    }
}
