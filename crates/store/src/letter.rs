//! Letters that open one signal, and what a person of the family may see with a letter.

use domain::event::Event;
use domain::key::{ConsentKey, LetterKey, OrganisationKey, SignalKey};
use jiff::Timestamp;

use crate::error::StoreError;
use crate::signal::{SignalLife, life_columns};
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party INSERT_LETTER = "
        INSERT INTO letter (subject_id, id, signal_id, role, number, issued_at, code_hash, code_until, until)
        VALUES ($1 /* subject */, nextval('letter_id'), $2 /* signal */, $3 /* role */, $4 /* number */, $5 /* now */,
                $6 /* code hash */, $7 /* code until */, $8 /* until */)";
    // From here on row-level security knows which person is here.
    Party ENTER_AS_LETTER = "
        SELECT subject_id, id, signal_id, role, number, code_until, until,
               set_config('app.person', 'letter:' || subject_id || ':' || id, true)
          FROM letter WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party FAMILY_SIGNALS = concat!("
        SELECT g.subject_id, g.id, g.organisation_id, g.delegate_id, g.basis, g.log_tag, ", life_columns!(), "
          FROM signal g WHERE g.subject_id = $1 /* subject */ AND g.state <> 'moved' ORDER BY g.submitted_at, g.id");
    Party WHERE_OWN_SIGNAL_IS = "
        SELECT g.subject_id, g.id, g.hidden_until FROM signal g
         WHERE g.subject_id = coalesce((SELECT w.to_subject_id FROM moved_signal w
                                         WHERE w.subject_id = $1 /* subject */ AND w.id = $2 /* row */), $1)
           AND g.id = $2 AND g.state <> 'moved' AND g.organisation_id = current_organisation()";
    // Of a letter that this organisation issued and nobody used; what others issued is not found.
    Party LETTER_TO_PRINT = "
        SELECT l.subject_id, l.signal_id, NULL::bigint AS consent_id, l.role, l.issued_at, NULL::timestamptz AS begins_at,
               l.code_until, coalesce(g.hidden_until > $1 /* now */, false) AS hidden
          FROM letter l JOIN signal g ON g.subject_id = l.subject_id AND g.id = l.signal_id
         WHERE l.code_hash = current_credential() AND g.organisation_id + 0 = current_organisation()
           AND l.spent_at IS NULL AND l.code_until > $1
         UNION ALL
        SELECT s.subject_id, c.signal_id, c.id, s.role, c.requested_at, s.begins_at, s.code_until,
               EXISTS (SELECT FROM signal g
                        WHERE g.subject_id = c.subject_id AND g.organisation_id + 0 = current_organisation()
                          AND g.state <> 'moved' AND g.hidden_until > $1)
          FROM signatory s JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
         WHERE s.code_hash = current_credential() AND c.requested_by = current_organisation()
           AND s.spent_at IS NULL AND s.code_until > $1";
    Party MUNICIPALITY_FOR_SIGNAL = "
        SELECT municipality_for_signal($1 /* subject */, $2 /* signal */) AS municipality_id";
}

/// A letter that was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Its key.
    pub key: LetterKey,
    /// The signal it opens.
    pub signal: SignalKey,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// First, second, ... of that role.
    pub number: i32,
    /// Until when its code may be used for the first time.
    pub code_until: Timestamp,
    /// Until when it opens anything.
    pub until: Timestamp,
}

/// A letter that can be printed: what of it is not the code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedLetterRow {
    /// The signal it opens, or that is asked about; none when it asks about exchange.
    pub signal: Option<SignalKey>,
    /// The request it is of; none for the letter of a signal.
    pub consent: Option<ConsentKey>,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From when its code can be used, when that is an age boundary.
    pub begins_at: Option<Timestamp>,
    /// Until when its code can be used.
    pub code_until: Timestamp,
    /// Whether telling the family of this organisation's signal is postponed.
    pub hidden: bool,
}

/// A letter to be stored.
pub struct NewLetter {
    /// The signal it opens.
    pub signal: SignalKey,
    /// `guardian` or `youngPerson`.
    pub role: &'static str,
    /// First, second, ... of that role.
    pub number: i32,
    /// Keyed hash of its code.
    pub code_hash: [u8; 32],
    /// Until when its code may be used for the first time.
    pub code_until: Timestamp,
    /// Until when it opens anything.
    pub until: Timestamp,
}

/// A signal as the family may see it: everything but the professional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FamilySignalRow {
    /// Its key.
    pub key: SignalKey,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// Who gave it on that organisation's behalf.
    pub delegate: Option<OrganisationKey>,
    /// What it rests on: `notify` or `consent_first`.
    pub basis: String,
    /// Where it stands follows from this.
    pub life: SignalLife,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Party> {
    /// Stores a letter for a signal of this organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_letter(&self, new: &NewLetter, event: &Event) -> Result<(), StoreError> {
        let SignalKey { subject, row } = new.signal;
        self.change_exactly(
            &INSERT_LETTER,
            1,
            &[
                &subject,
                &row,
                &new.role,
                &new.number,
                &self.now(),
                &new.code_hash.as_slice(),
                &new.code_until,
                &new.until,
            ],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Enters with this letter, which the credential opens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enter_as_letter(&self, key: LetterKey) -> Result<Option<LetterRow>, StoreError> {
        let row = self.optional(&ENTER_AS_LETTER, &[&key.subject, &key.row]).await?;
        row.map(|row| {
            let subject = row.value("subject_id")?;
            Ok(LetterRow {
                key: LetterKey {
                    subject,
                    row: row.value("id")?,
                },
                signal: SignalKey {
                    subject,
                    row: row.value("signal_id")?,
                },
                role: row.value("role")?,
                number: row.value("number")?,
                code_until: row.value("code_until")?,
                until: row.value("until")?,
            })
        })
        .transpose()
    }

    /// The unused letter of this organisation whose code's hash is this transaction's credential.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn letter_to_print(&self) -> Result<Option<PrintedLetterRow>, StoreError> {
        let row = self.optional(&LETTER_TO_PRINT, &[&self.now()]).await?;
        row.map(|row| {
            let subject = row.value("subject_id")?;
            let signal: Option<i64> = row.value("signal_id")?;
            let consent: Option<i64> = row.value("consent_id")?;
            Ok(PrintedLetterRow {
                signal: signal.map(|row| SignalKey { subject, row }),
                consent: consent.map(|row| ConsentKey { subject, row }),
                role: row.value("role")?,
                issued_at: row.value("issued_at")?,
                begins_at: row.value("begins_at")?,
                code_until: row.value("code_until")?,
                hidden: row.value("hidden")?,
            })
        })
        .transpose()
    }

    /// The signals about a child that whoever is here may see, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn family_signals(&self, subject: i64) -> Result<Vec<FamilySignalRow>, StoreError> {
        let rows = self.rows(&FAMILY_SIGNALS, &[&subject]).await?;
        rows.iter().map(family_signal_row).collect()
    }

    /// Where a signal of this organisation is now, and until when it is hidden from the family.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn where_own_signal_is(
        &self,
        key: SignalKey,
    ) -> Result<Option<(SignalKey, Option<Timestamp>)>, StoreError> {
        let row = self
            .optional(&WHERE_OWN_SIGNAL_IS, &[&key.subject, &key.row])
            .await?;
        row.map(|row| {
            let key = SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            };
            Ok((key, row.value("hidden_until")?))
        })
        .transpose()
    }

    /// The municipality that answers for a signal; none while the covenant's is not registered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn municipality_for_signal(
        &self,
        key: SignalKey,
    ) -> Result<Option<OrganisationKey>, StoreError> {
        let row = self
            .one(&MUNICIPALITY_FOR_SIGNAL, &[&key.subject, &key.row])
            .await?;
        let key: Option<i32> = row.value("municipality_id")?;
        Ok(key.map(OrganisationKey))
    }
}

fn family_signal_row(row: &tokio_postgres::Row) -> Result<FamilySignalRow, StoreError> {
    let delegate: Option<i32> = row.value("delegate_id")?;
    Ok(FamilySignalRow {
        key: SignalKey {
            subject: row.value("subject_id")?,
            row: row.value("id")?,
        },
        organisation: OrganisationKey(row.value("organisation_id")?),
        delegate: delegate.map(OrganisationKey),
        basis: row.value("basis")?,
        life: SignalLife::read(row)?,
        log_tag: row.tag("log_tag")?,
    })
}
