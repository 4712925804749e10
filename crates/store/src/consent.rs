//! Requests for consent and the consents that come of them.

use domain::event::Event;
use domain::key::{ConsentKey, MatchKey, OrganisationKey, SignatoryKey};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

statements! {
    Party CONSENTS_OF_MATCH = "
        SELECT subject_id, id, match_id, state, requested_by, requested_at, answer_by, boundary_at, consent_days,
               text_version, language, decided_at, valid_until, withdrawn_at,
               replaced_by, record, record_hash, record_signature, log_tag
          FROM consent WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id DESC";
    // FOR SHARE: a withdrawal waits for the reads that rely on the row, and whoever comes later sees it.
    Party CONSENTS_FOR_SHARE = "
        SELECT subject_id, id, match_id, state, requested_by, requested_at, answer_by, boundary_at, consent_days,
               text_version, language, decided_at, valid_until, withdrawn_at,
               replaced_by, record, record_hash, record_signature, log_tag
          FROM consent WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id DESC
           FOR SHARE";
    Party CONSENT = "
        SELECT subject_id, id, match_id, state, requested_by, requested_at, answer_by, boundary_at, consent_days,
               text_version, language, decided_at, valid_until, withdrawn_at,
               replaced_by, record, record_hash, record_signature, log_tag
          FROM consent WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party CONSENT_FOR_UPDATE = "
        SELECT subject_id, id, match_id, state, requested_by, requested_at, answer_by, boundary_at, consent_days,
               text_version, language, decided_at, valid_until, withdrawn_at,
               replaced_by, record, record_hash, record_signature, log_tag
          FROM consent WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ FOR UPDATE";
    Party CONSENT_PARTIES = "
        SELECT p.consent_id, p.organisation_id, o.public_id
          FROM consent_party p JOIN organisation o ON o.id = p.organisation_id
         WHERE p.subject_id = $1 /* subject */ AND p.consent_id = ANY ($2::bigint[] /* consents */)
         ORDER BY o.public_id";
    Party NEXT_CONSENT_ID = "
        SELECT nextval('consent_id') AS id";
    Party INSERT_CONSENT = "
        INSERT INTO consent (subject_id, id, match_id, state, requested_by, requested_at, answer_by, boundary_at,
                             consent_days, text_version, language, log_tag)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* match */, 'requested', current_organisation(), $4 /* now */,
                $5 /* answer by */, $6 /* boundary */, $7 /* days */, $8 /* text version */, $9 /* language */,
                $10 /* log tag */)";
    Party INSERT_CONSENT_PARTIES = "
        INSERT INTO consent_party (subject_id, consent_id, organisation_id)
        SELECT $1 /* subject */, $2 /* consent */, p FROM unnest($3::int[] /* organisations */) AS p";
    Party INSERT_SIGNATORIES = "
        INSERT INTO signatory (subject_id, id, consent_id, role, number, code_hash, code_until)
        SELECT $1 /* subject */, nextval('signatory_id'), $2 /* consent */, s.role, s.number, s.code_hash,
               $3 /* code until */
          FROM unnest($4::text[] /* roles */, $5::int[] /* numbers */, $6::bytea[] /* code hashes */)
               AS s (role, number, code_hash)";
    Party SIGNATORIES = "
        SELECT id, role, number, decision, decided_at FROM signatory
         WHERE subject_id = $1 /* subject */ AND consent_id = $2 /* consent */ ORDER BY id";
    Party END_UNANSWERED = "
        UPDATE consent SET state = 'expired', boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Party DECIDE = "
        UPDATE signatory SET decision = $3 /* decision */, decided_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND decision IS DISTINCT FROM $3";
    Party SIGN = "
        UPDATE consent SET state = 'partially_given'
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Party GIVE = "
        UPDATE consent
           SET state = 'given', decided_at = $3 /* now */,
               valid_until = $4 /* valid until */, record = $5 /* record */, record_hash = $6 /* hash */,
               record_signature = $7 /* signature */, boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Party REFUSE = "
        UPDATE consent SET state = 'refused', decided_at = $3 /* now */, boundary_at = NULL
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state IN ('requested', 'partially_given')";
    Party WITHDRAW = "
        UPDATE consent SET state = 'withdrawn', withdrawn_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'given'";
    // The consent that names more takes the place of what stood in this match.
    Party STANDING_OTHERS = "
        SELECT id, log_tag FROM consent
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND id <> $3 /* row */ AND state = 'given'
           AND valid_until > $4 /* now */
         ORDER BY id FOR UPDATE";
    Party REPLACE = "
        UPDATE consent SET state = 'replaced', replaced_by = $3 /* successor */
         WHERE subject_id = $1 /* subject */ AND id = ANY ($2::bigint[] /* rows */) AND state = 'given'";
}

/// A request for consent, or the consent it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Its key.
    pub key: ConsentKey,
    /// The match.
    pub match_case: MatchKey,
    /// State as stored; whoever reads compares `answer_by`, `boundary_at` and `valid_until` with the time too.
    pub state: String,
    /// Who asked.
    pub requested_by: OrganisationKey,
    /// When.
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    pub answer_by: Timestamp,
    /// The age boundary inside its life.
    pub boundary_at: Option<Timestamp>,
    /// How many days consent lasts.
    pub consent_days: i32,
    /// Version of the text shown.
    pub text_version: String,
    /// Language of the text shown.
    pub language: String,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// End of the consent.
    pub valid_until: Option<Timestamp>,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Timestamp>,
    /// The row of the consent that took its place.
    pub replaced_by: Option<i64>,
    /// The signed record, once given.
    pub record: Option<SignedRecord>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A consent record with the portal's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRecord {
    /// Canonical JSON.
    pub document: String,
    /// SHA-256 of the document.
    pub hash: [u8; 32],
    /// Ed25519 signature.
    pub signature: [u8; 64],
}

/// A party that a consent names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentPartyRow {
    /// The row of the consent.
    pub consent_row: i64,
    /// Who.
    pub organisation: OrganisationKey,
    /// Its public id.
    pub organisation_id: [u8; 16],
}

/// A request to be stored.
pub struct NewConsent {
    /// Its key; the row from [`Tx::next_consent_id`].
    pub key: ConsentKey,
    /// The match.
    pub match_case: MatchKey,
    /// Until when it can be answered.
    pub answer_by: Timestamp,
    /// The age boundary inside its life.
    pub boundary_at: Option<Timestamp>,
    /// How many days consent lasts.
    pub consent_days: i32,
    /// Version of the text.
    pub text_version: String,
    /// Language of the text.
    pub language: String,
    /// Its name in the log.
    pub log_tag: u128,
    /// Whom it names.
    pub parties: Vec<OrganisationKey>,
    /// Who must sign.
    pub signatories: Vec<NewSignatory>,
}

/// A signatory with the hash of the code on their letter.
pub struct NewSignatory {
    /// `guardian` or `youngPerson`.
    pub role: &'static str,
    /// First, second, ... of that role.
    pub number: i32,
    /// Keyed hash of the code.
    pub code_hash: [u8; 32],
}

/// A signatory of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatoryRow {
    /// Its row.
    pub row: i64,
    /// `guardian` or `youngPerson`.
    pub role: String,
    /// First, second, ... of that role.
    pub number: i32,
    /// `agreed` or `refused`.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
}

impl Tx<'_, Party> {
    /// The consents of a match that name this organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_of_match(&self, key: MatchKey) -> Result<Vec<ConsentRow>, StoreError> {
        self.rows(&CONSENTS_OF_MATCH, &[&key.subject, &key.row])
            .await?
            .iter()
            .map(consent_row)
            .collect()
    }

    /// The same, locked against withdrawal until this transaction ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_for_share(&self, key: MatchKey) -> Result<Vec<ConsentRow>, StoreError> {
        self.rows(&CONSENTS_FOR_SHARE, &[&key.subject, &key.row])
            .await?
            .iter()
            .map(consent_row)
            .collect()
    }

    /// One consent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent(&self, key: ConsentKey) -> Result<Option<ConsentRow>, StoreError> {
        let row = self.optional(&CONSENT, &[&key.subject, &key.row]).await?;
        row.as_ref().map(consent_row).transpose()
    }

    /// One consent, locked against everybody who relies on it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent_for_update(&self, key: ConsentKey) -> Result<Option<ConsentRow>, StoreError> {
        let row = self
            .optional(&CONSENT_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(consent_row).transpose()
    }

    /// The parties that these consents of one child name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent_parties(
        &self,
        subject: i64,
        consent_rows: &[i64],
    ) -> Result<Vec<ConsentPartyRow>, StoreError> {
        let rows = self.rows(&CONSENT_PARTIES, &[&subject, &consent_rows]).await?;
        rows.iter()
            .map(|row| {
                Ok(ConsentPartyRow {
                    consent_row: row.value("consent_id")?,
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    organisation_id: row.tag("public_id")?.to_be_bytes(),
                })
            })
            .collect()
    }

    /// A number for a new consent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_consent_id(&self) -> Result<i64, StoreError> {
        self.one(&NEXT_CONSENT_ID, &[]).await?.value("id")
    }

    /// Stores a request, whom it names and who must sign.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_consent(&self, new: &NewConsent, event: &Event) -> Result<(), StoreError> {
        let ConsentKey { subject, row } = new.key;
        self.change_exactly(
            &INSERT_CONSENT,
            1,
            &[
                &subject,
                &row,
                &new.match_case.row,
                &self.now(),
                &new.answer_by,
                &new.boundary_at,
                &new.consent_days,
                &new.text_version,
                &new.language,
                &Uuid::from_u128(new.log_tag),
            ],
        )
        .await?;
        let parties: Vec<i32> = new.parties.iter().map(|party| party.0).collect();
        self.change_exactly(
            &INSERT_CONSENT_PARTIES,
            parties.len(),
            &[&subject, &row, &parties],
        )
        .await?;
        let roles: Vec<&str> = new.signatories.iter().map(|signatory| signatory.role).collect();
        let numbers: Vec<i32> = new.signatories.iter().map(|signatory| signatory.number).collect();
        let hashes: Vec<&[u8]> = new
            .signatories
            .iter()
            .map(|signatory| signatory.code_hash.as_slice())
            .collect();
        self.change_exactly(
            &INSERT_SIGNATORIES,
            new.signatories.len(),
            &[&subject, &row, &new.answer_by, &roles, &numbers, &hashes],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Ends a request whose time is over, so that a new one can be made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_unanswered(&self, key: ConsentKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&END_UNANSWERED, 1, &[&key.subject, &key.row])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// Who must sign this request and what they decided. Only the family's own transaction sees them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signatories(&self, consent: ConsentKey) -> Result<Vec<SignatoryRow>, StoreError> {
        let rows = self.rows(&SIGNATORIES, &[&consent.subject, &consent.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(SignatoryRow {
                    row: row.value("id")?,
                    role: row.value("role")?,
                    number: row.value("number")?,
                    decision: row.value("decision")?,
                    decided_at: row.value("decided_at")?,
                })
            })
            .collect()
    }

    /// One signatory agreed, others still must.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was decided so before; the caller looks first, under the consent's lock.
    pub async fn sign(
        &self,
        signatory: SignatoryKey,
        consent: ConsentKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.decide(signatory, "agreed").await?;
        self.change_exactly(&SIGN, 1, &[&consent.subject, &consent.row])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// The last signatory agreed.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] as for [`Self::sign`].
    pub async fn give(
        &self,
        signatory: SignatoryKey,
        consent: ConsentKey,
        valid_until: Timestamp,
        record: &SignedRecord,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.decide(signatory, "agreed").await?;
        self.change_exactly(
            &GIVE,
            1,
            &[
                &consent.subject,
                &consent.row,
                &self.now(),
                &valid_until,
                &record.document,
                &record.hash.as_slice(),
                &record.signature.as_slice(),
            ],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// A signatory refused.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] as for [`Self::sign`].
    pub async fn refuse(
        &self,
        signatory: SignatoryKey,
        consent: ConsentKey,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.decide(signatory, "refused").await?;
        self.change_exactly(&REFUSE, 1, &[&consent.subject, &consent.row, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// A signatory took consent back.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it does not stand.
    pub async fn withdraw(&self, consent: ConsentKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&WITHDRAW, 1, &[&consent.subject, &consent.row, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// The other consents that stand in this match now, locked: (row, log tag).
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn standing_others(
        &self,
        match_case: MatchKey,
        consent: ConsentKey,
    ) -> Result<Vec<(i64, u128)>, StoreError> {
        let rows = self
            .rows(
                &STANDING_OTHERS,
                &[&match_case.subject, &match_case.row, &consent.row, &self.now()],
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.value("id")?, row.tag("log_tag")?)))
            .collect()
    }

    /// Lets a new consent take their place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replace(
        &self,
        consent_rows: &[i64],
        successor: ConsentKey,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let ConsentKey { subject, row } = successor;
        self.change_exactly(&REPLACE, consent_rows.len(), &[&subject, &consent_rows, &row])
            .await?;
        self.record(events).await.map(drop)
    }

    async fn decide(&self, signatory: SignatoryKey, decision: &str) -> Result<(), StoreError> {
        self.change_exactly(
            &DECIDE,
            1,
            &[&signatory.subject, &signatory.row, &decision, &self.now()],
        )
        .await
    }
}

fn consent_row(row: &Row) -> Result<ConsentRow, StoreError> {
    let subject = row.value("subject_id")?;
    let document: Option<String> = row.value("record")?;
    Ok(ConsentRow {
        key: ConsentKey {
            subject,
            row: row.value("id")?,
        },
        match_case: MatchKey {
            subject,
            row: row.value("match_id")?,
        },
        state: row.value("state")?,
        requested_by: OrganisationKey(row.value("requested_by")?),
        requested_at: row.value("requested_at")?,
        answer_by: row.value("answer_by")?,
        boundary_at: row.value("boundary_at")?,
        consent_days: row.value("consent_days")?,
        text_version: row.value("text_version")?,
        language: row.value("language")?,
        decided_at: row.value("decided_at")?,
        valid_until: row.value("valid_until")?,
        withdrawn_at: row.value("withdrawn_at")?,
        replaced_by: row.value("replaced_by")?,
        record: match document {
            Some(document) => Some(SignedRecord {
                document,
                hash: row.bytes("record_hash")?,
                signature: row.bytes("record_signature")?,
            }),
            None => None,
        },
        log_tag: row.tag("log_tag")?,
    })
}
