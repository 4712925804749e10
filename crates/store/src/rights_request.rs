//! Requests for access and erasure.

use domain::event::Event;
use domain::key::{CovenantKey, LetterKey, OrganisationKey, RightsRequestKey, SignalKey, SignatoryKey};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::family::Person;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

/// The columns of a request.
macro_rules! request_columns {
    () => {
        "subject_id, id, used_right, covenant_id, municipality_id, state, made_at, made_by, route, sees_sensitive, due_at,
         extended_at, decided_at, reason, signatory_id, letter_id, log_tag"
    };
}

statements! {
    Party NEXT_RIGHTS_REQUEST_ID = "
        SELECT nextval('rights_request_id') AS id";
    Party INSERT_RIGHTS_REQUEST = "
        INSERT INTO rights_request (subject_id, id, used_right, covenant_id, municipality_id, state, made_at, made_by, route,
                                    signatory_id, letter_id, sees_sensitive, due_at, log_tag, with_key)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* right */, $4 /* covenant */, $5 /* municipality */, 'requested',
                $6 /* now */, $7 /* by */, $8 /* route */, $9 /* signatory */, $10 /* letter */, $11 /* sees sensitive */,
                $12 /* due */, $13 /* log tag */,
                $8 = 'assisted' AND EXISTS (SELECT FROM family_access WHERE key_hash = current_credential()))
            ON CONFLICT (subject_id, used_right, coalesce(signatory_id, 0), coalesce(letter_id, 0))
               WHERE state = 'requested' DO NOTHING";
    Party OWN_RIGHTS_REQUESTS = concat!("
        SELECT ", request_columns!(), " FROM rights_request
         WHERE subject_id = $1 /* subject */ AND signatory_id IS NOT DISTINCT FROM $2 /* signatory */
           AND letter_id IS NOT DISTINCT FROM $3 /* letter */ ORDER BY id");
    Party OWN_RIGHTS_REQUEST_FOR_UPDATE = concat!("
        SELECT ", request_columns!(), " FROM rights_request
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR UPDATE");
    Party WITHDRAW_RIGHTS_REQUEST = "
        UPDATE rights_request SET state = 'withdrawn', decided_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'requested'";
    Party RIGHTS_REQUESTS = concat!("
        SELECT ", request_columns!(), " FROM rights_request
         WHERE municipality_id = current_organisation() AND id < $1 /* before */ ORDER BY id DESC LIMIT $2 /* limit */");
    Party RIGHTS_REQUEST = concat!("
        SELECT ", request_columns!(), " FROM rights_request
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND municipality_id = current_organisation()");
    // From here on row-level security shows this municipality what is kept about the child; if access was given.
    Party OPEN_FILE = "
        SELECT set_config('app.access', $1::bigint /* subject */ || ':' || $2::bigint /* row */, true)";
    Party MAY_FETCH_FILE = "
        SELECT may_fetch_file(CASE WHEN with_key THEN route ELSE 'portal' END, made_at) AS may
          FROM rights_request WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher RIGHTS_REQUEST_TO_DECIDE = concat!("
        SELECT ", request_columns!(), " FROM rights_request
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR NO KEY UPDATE");
    // Of each consent that stands one who gave it in the same capacity: whoever asks, where it is theirs.
    Matcher WHO_CAN_WITHDRAW = "
        SELECT DISTINCT ON (c.id) s.id
          FROM consent c JOIN signatory s ON s.subject_id = c.subject_id AND s.consent_id = c.id
         WHERE c.subject_id = $1 /* subject */ AND c.state = 'given' AND c.valid_until > $2 /* now */
           AND s.role = $3 /* role */ AND s.begins_at IS NULL
         ORDER BY c.id, (s.id = $4 /* whoever asks */) IS TRUE DESC, s.number";
    Matcher SIGNALS_BY_BASIS = "
        SELECT id, basis FROM signal
         WHERE subject_id = $1 /* subject */ AND state <> 'moved' ORDER BY id";
    Matcher DECIDE_RIGHTS_REQUEST = "
        UPDATE rights_request SET state = $3 /* state */, decided_at = $4 /* now */, reason = $5 /* reason */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'requested'";
    Matcher EXTEND_RIGHTS_REQUEST = "
        UPDATE rights_request SET due_at = $3 /* due */, extended_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'requested' AND extended_at IS NULL";
}

/// A request for access or erasure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsRequestRow {
    /// Its key.
    pub key: RightsRequestKey,
    /// `access` or `erasure`.
    pub right: String,
    /// The covenant of the organisation that issued the letter.
    pub covenant: CovenantKey,
    /// Who decides.
    pub municipality: OrganisationKey,
    /// Its state.
    pub state: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// `guardian` or `youngPerson`.
    pub made_by: String,
    /// `portal` or `assisted`.
    pub route: String,
    /// Whether whoever asked may know organisations of a sensitive sector.
    pub sees_sensitive: bool,
    /// When the answer is late.
    pub due_at: Timestamp,
    /// When that was extended.
    pub extended_at: Option<Timestamp>,
    /// When it was decided or taken back.
    pub decided_at: Option<Timestamp>,
    /// Why it was refused.
    pub reason: Option<String>,
    /// Who asked.
    pub person: Person,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A request to be stored.
pub struct NewRightsRequest {
    /// Its key; the row from [`Tx::next_rights_request_id`].
    pub key: RightsRequestKey,
    /// `access` or `erasure`.
    pub right: &'static str,
    /// The covenant of the organisation that issued the letter.
    pub covenant: CovenantKey,
    /// Who decides.
    pub municipality: OrganisationKey,
    /// Who asks.
    pub person: Person,
    /// `guardian` or `youngPerson`.
    pub made_by: &'static str,
    /// `portal` or `assisted`.
    pub route: &'static str,
    /// Whether whoever asks may know organisations of a sensitive sector.
    pub sees_sensitive: bool,
    /// When the answer is late.
    pub due_at: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
}

impl Tx<'_, Party> {
    /// A number for a new request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_rights_request_id(&self) -> Result<i64, StoreError> {
        self.one(&NEXT_RIGHTS_REQUEST_ID, &[]).await?.value("id")
    }

    /// Stores a request. False when the same person's request for the same is open: nothing changed then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_rights_request(
        &self,
        new: &NewRightsRequest,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let RightsRequestKey { subject, row } = new.key;
        let (signatory, letter) = new.person.columns();
        let inserted = self
            .change(
                &INSERT_RIGHTS_REQUEST,
                &[
                    &subject,
                    &row,
                    &new.right,
                    &new.covenant.0,
                    &new.municipality.0,
                    &self.now(),
                    &new.made_by,
                    &new.route,
                    &signatory,
                    &letter,
                    &new.sees_sensitive,
                    &new.due_at,
                    &Uuid::from_u128(new.log_tag),
                ],
            )
            .await?;
        if inserted == 1 {
            self.record_one(event).await?;
        }
        Ok(inserted == 1)
    }

    /// The requests that a person of the family made, oldest first. No guardian learns of another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_rights_requests(
        &self,
        subject: i64,
        person: Person,
    ) -> Result<Vec<RightsRequestRow>, StoreError> {
        let (signatory, letter) = person.columns();
        let rows = self
            .rows(&OWN_RIGHTS_REQUESTS, &[&subject, &signatory, &letter])
            .await?;
        rows.iter().map(request_row).collect()
    }

    /// One of them, locked to be taken back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_rights_request_for_update(
        &self,
        key: RightsRequestKey,
    ) -> Result<Option<RightsRequestRow>, StoreError> {
        let row = self
            .optional(&OWN_RIGHTS_REQUEST_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(request_row).transpose()
    }

    /// Takes a request back.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it is not open; the caller looks first, under its lock.
    pub async fn withdraw_rights_request(
        &self,
        key: RightsRequestKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &WITHDRAW_RIGHTS_REQUEST,
            1,
            &[&key.subject, &key.row, &self.now()],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// This municipality's requests before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rights_requests(
        &self,
        before: i64,
        limit: i64,
    ) -> Result<Vec<RightsRequestRow>, StoreError> {
        let rows = self.rows(&RIGHTS_REQUESTS, &[&before, &limit]).await?;
        rows.iter().map(request_row).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rights_request(
        &self,
        key: RightsRequestKey,
    ) -> Result<Option<RightsRequestRow>, StoreError> {
        let row = self.optional(&RIGHTS_REQUEST, &[&key.subject, &key.row]).await?;
        row.as_ref().map(request_row).transpose()
    }

    /// Whether this session may fetch the file of a request of its own: it is sure enough who reads.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn may_fetch_file(&self, key: RightsRequestKey) -> Result<bool, StoreError> {
        let row = self.one(&MAY_FETCH_FILE, &[&key.subject, &key.row]).await?;
        row.value("may")
    }

    /// Opens the file that a request for access gave, for the rest of this transaction, and records that it was read.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_file(&self, key: RightsRequestKey, event: &Event) -> Result<(), StoreError> {
        self.one(&OPEN_FILE, &[&key.subject, &key.row]).await?;
        self.record_one(event).await.map(drop)
    }

    /// Records that a person of the family read what their letter opens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_file_of_letter(&self, event: &Event) -> Result<(), StoreError> {
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Matcher> {
    /// A request, locked. The child's row must be locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn rights_request_to_decide(
        &self,
        key: RightsRequestKey,
    ) -> Result<Option<RightsRequestRow>, StoreError> {
        let row = self
            .optional(&RIGHTS_REQUEST_TO_DECIDE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(request_row).transpose()
    }

    /// Of each consent about a child that stands, one who gave it in this capacity.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn who_can_withdraw(
        &self,
        subject: i64,
        role: &str,
        person: Person,
    ) -> Result<Vec<SignatoryKey>, StoreError> {
        let (signatory, _) = person.columns();
        let rows = self
            .rows(&WHO_CAN_WITHDRAW, &[&subject, &self.now(), &role, &signatory])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(SignatoryKey {
                    subject,
                    row: row.value("id")?,
                })
            })
            .collect()
    }

    /// The signals about a child, and what each rests on: `notify` or `consent_first`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signals_by_basis(&self, subject: i64) -> Result<Vec<(SignalKey, String)>, StoreError> {
        let rows = self.rows(&SIGNALS_BY_BASIS, &[&subject]).await?;
        rows.iter()
            .map(|row| {
                let key = SignalKey {
                    subject,
                    row: row.value("id")?,
                };
                Ok((key, row.value("basis")?))
            })
            .collect()
    }

    /// Decides a request.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was not open.
    pub async fn decide_rights_request(
        &self,
        key: RightsRequestKey,
        state: &str,
        reason: Option<&str>,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &DECIDE_RIGHTS_REQUEST,
            1,
            &[&key.subject, &key.row, &state, &self.now(), &reason],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Extends a request's term.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was not open, or extended before.
    pub async fn extend_rights_request(
        &self,
        key: RightsRequestKey,
        due: Timestamp,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &EXTEND_RIGHTS_REQUEST,
            1,
            &[&key.subject, &key.row, &due, &self.now()],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }
}

fn request_row(row: &Row) -> Result<RightsRequestRow, StoreError> {
    let subject = row.value("subject_id")?;
    let (signatory, letter): (Option<i64>, Option<i64>) =
        (row.value("signatory_id")?, row.value("letter_id")?);
    let person = match (signatory, letter) {
        (Some(row), None) => Person::Signatory(SignatoryKey { subject, row }),
        (None, Some(row)) => Person::Letter(LetterKey { subject, row }),
        _ => {
            return Err(StoreError::Column {
                column: "signatory_id",
            });
        }
    };
    Ok(RightsRequestRow {
        key: RightsRequestKey {
            subject,
            row: row.value("id")?,
        },
        right: row.value("used_right")?,
        covenant: CovenantKey(row.value("covenant_id")?),
        municipality: OrganisationKey(row.value("municipality_id")?),
        state: row.value("state")?,
        made_at: row.value("made_at")?,
        made_by: row.value("made_by")?,
        route: row.value("route")?,
        sees_sensitive: row.value("sees_sensitive")?,
        due_at: row.value("due_at")?,
        extended_at: row.value("extended_at")?,
        decided_at: row.value("decided_at")?,
        reason: row.value("reason")?,
        person,
        log_tag: row.tag("log_tag")?,
    })
}
