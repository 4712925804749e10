//! Requests for consent and the consents that come of them, as an organisation and a family see them. What somebody
//! decided is written in `decision`, what ends by time in `due`.

pub(crate) mod decision;
pub(crate) mod due;

use std::collections::{BTreeMap, BTreeSet};

use domain::event::Event;
use domain::key::{ConsentKey, MatchKey, OrganisationKey, SignalKey};
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::match_case::{ReadsMatches, halves};
use crate::statement::statements;
use crate::work::{Party, RowExt, Tx};

/// What is read of a consent.
macro_rules! consent_columns {
    () => {
        "subject_id, id, match_id, signal_id, state, requested_by, requested_at, answer_by, boundary_at, consent_days, \
         one_guardian, text_version, language, decided_at, valid_until, withdrawn_at, replaced_by, superseded_by, \
         record, record_hash, record_signature, record_key, log_tag"
    };
}
pub(crate) use consent_columns;

statements! {
    Party CONSENTS_OF_MATCH = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id DESC");
    Party CONSENTS_OF_MATCHES = concat!("
        SELECT ", consent_columns!(), "
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS k (of_subject, of_match)
               JOIN consent ON subject_id = k.of_subject AND match_id = k.of_match
         ORDER BY id DESC");
    Party PARTIES_OF_CONSENTS = "
        SELECT p.subject_id, p.consent_id, p.organisation_id
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* consents */) AS k (subject_id, consent_id)
               JOIN consent_party p ON p.subject_id = k.subject_id AND p.consent_id = k.consent_id";
    // FOR SHARE: a withdrawal waits for the reads that rely on the row, and whoever comes later sees it.
    Party CONSENTS_FOR_SHARE = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id DESC
           FOR SHARE");
    Party CONSENTS_OF_SIGNAL = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ AND signal_id = $2 /* signal */ ORDER BY id DESC");
    Party CONSENT = concat!("
        SELECT ", consent_columns!(), "
          FROM consent WHERE subject_id = $1 /* subject */ AND id = $2 /* row */");
    Party CONSENT_PARTIES = "
        SELECT p.consent_id, p.organisation_id, o.public_id
          FROM consent_party p JOIN organisation o ON o.id = p.organisation_id
         WHERE p.subject_id = $1 /* subject */ AND p.consent_id = ANY ($2::bigint[] /* consents */)
         ORDER BY o.public_id";
    // Of questions that name others too: the family is left in peace by everyone.
    Party ASKED_IN_MATCH = "
        SELECT state, answer_by, boundary_at, decided_at FROM asked_in_match($1 /* subject */, $2 /* match */)";
    Party ASKED_SIGNAL = "
        SELECT state, expires_at, log_tag FROM signal WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Party NEXT_CONSENT_ID = "
        SELECT nextval('consent_id') AS id";
    Party INSERT_CONSENT = "
        INSERT INTO consent (subject_id, id, match_id, signal_id, state, requested_by, requested_at, answer_by,
                             boundary_at, consent_days, one_guardian, text_version, language, log_tag)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* match */, $4 /* signal */, 'requested', current_organisation(),
                $5 /* now */, $6 /* answer by */, $7 /* boundary */, $8 /* days */, $9 /* one guardian */,
                $10 /* text version */, $11 /* language */, $12 /* log tag */)";
    Party INSERT_CONSENT_PARTIES = "
        INSERT INTO consent_party (subject_id, consent_id, organisation_id)
        SELECT $1 /* subject */, $2 /* consent */, p FROM unnest($3::int[] /* organisations */) AS p";
    Party INSERT_SIGNATORIES = "
        INSERT INTO signatory (subject_id, id, consent_id, role, number, code_hash, code_until, begins_at)
        SELECT $1 /* subject */, nextval('signatory_id'), $2 /* consent */, s.role, s.number, s.code_hash, s.code_until,
               s.begins_at
          FROM unnest($3::text[] /* roles */, $4::int[] /* numbers */, $5::bytea[] /* code hashes */,
                      $6::timestamptz[] /* code until */, $7::timestamptz[] /* begins at */)
               AS s (role, number, code_hash, code_until, begins_at)";
    Party SIGNATORIES = "
        SELECT id, role, number, begins_at, decision, decided_at, assurance, method, language FROM signatory
         WHERE subject_id = $1 /* subject */ AND consent_id = $2 /* consent */ ORDER BY id";
    Party RECORDED = "
        SELECT recorded_by, recorded_on FROM signatory
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND recorded_by IS NOT NULL";
}

/// What consent is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAbout {
    /// Exchange in a match.
    Match(MatchKey),
    /// A signal that sleeps.
    Signal(SignalKey),
}

/// A request for consent, or the consent it became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentRow {
    /// Its key.
    pub key: ConsentKey,
    /// What it is about.
    pub about: ConsentAbout,
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
    /// Whether one guardian declares for the others.
    pub one_guardian: bool,
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
    /// The row of the request that took its place at an age boundary.
    pub superseded_by: Option<i64>,
    /// The signed record, once given.
    pub record: Option<SignedRecord>,
    /// Its name in the log.
    pub log_tag: u128,
}

impl ConsentRow {
    /// Whether it is asked and not decided, as far as is written down.
    pub fn is_pending(&self) -> bool {
        matches!(self.state.as_str(), "requested" | "partially_given")
    }
}

/// A signal to which a family is asked to agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedSignalRow {
    /// State as stored.
    pub state: String,
    /// The instant from which it no longer counts.
    pub expires_at: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A question in a match, as far as every party may know of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedRow {
    /// State as stored.
    pub state: String,
    /// Until when it can be answered.
    pub answer_by: Timestamp,
    /// The age boundary inside its life.
    pub boundary_at: Option<Timestamp>,
    /// When it was refused.
    pub decided_at: Option<Timestamp>,
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
    /// Which key of the portal signed; none of a record from before keys had a list, until the portal names it.
    pub key_id: Option<[u8; 16]>,
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
    /// What it is about.
    pub about: ConsentAbout,
    /// Until when it can be answered.
    pub answer_by: Timestamp,
    /// The age boundary inside its life.
    pub boundary_at: Option<Timestamp>,
    /// How many days consent lasts.
    pub consent_days: i32,
    /// Whether one guardian declares for the others.
    pub one_guardian: bool,
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
    /// Until when the code opens what was not answered.
    pub code_until: Timestamp,
    /// From when this signatory must sign, when that is an age boundary.
    pub begins_at: Option<Timestamp>,
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
    /// From when this signatory must sign, when that is an age boundary.
    pub begins_at: Option<Timestamp>,
    /// `agreed` or `refused`.
    pub decision: Option<String>,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// How sure it is that who decided is who must.
    pub assurance: Option<String>,
    /// In which form it was decided.
    pub method: Option<String>,
    /// In which language they read what they decided; none where they read no page here.
    pub language: Option<String>,
}

impl<R: ReadsMatches> Tx<'_, R> {
    /// The consents of a match, newest first; for a party those that cover it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_of_match(&self, key: MatchKey) -> Result<Vec<ConsentRow>, StoreError> {
        let rows = self.rows(&CONSENTS_OF_MATCH, &[&key.subject, &key.row]).await?;
        rows.iter().map(consent_row).collect()
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
}

impl Tx<'_, Party> {
    /// The consents of these matches that cover this organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_of_matches(&self, keys: &[MatchKey]) -> Result<Vec<ConsentRow>, StoreError> {
        let (subjects, rows) = halves(keys);
        let rows = self.rows(&CONSENTS_OF_MATCHES, &[&subjects, &rows]).await?;
        rows.iter().map(consent_row).collect()
    }

    /// The parties that these consents name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parties_of_consents(
        &self,
        consents: &[ConsentKey],
    ) -> Result<BTreeMap<ConsentKey, BTreeSet<OrganisationKey>>, StoreError> {
        let (subjects, rows): (Vec<i64>, Vec<i64>) = consents
            .iter()
            .map(|consent| (consent.subject, consent.row))
            .unzip();
        let mut parties: BTreeMap<ConsentKey, BTreeSet<OrganisationKey>> = BTreeMap::new();
        for row in self.rows(&PARTIES_OF_CONSENTS, &[&subjects, &rows]).await? {
            let key = ConsentKey {
                subject: row.value("subject_id")?,
                row: row.value("consent_id")?,
            };
            let organisation = OrganisationKey(row.value("organisation_id")?);
            parties.entry(key).or_default().insert(organisation);
        }
        Ok(parties)
    }

    /// The consents of a match that cover this organisation, newest first, locked against withdrawal until this transaction
    /// ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_for_share(&self, key: MatchKey) -> Result<Vec<ConsentRow>, StoreError> {
        let rows = self.rows(&CONSENTS_FOR_SHARE, &[&key.subject, &key.row]).await?;
        rows.iter().map(consent_row).collect()
    }

    /// The consents asked for a signal of this organisation, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consents_of_signal(&self, key: SignalKey) -> Result<Vec<ConsentRow>, StoreError> {
        let rows = self.rows(&CONSENTS_OF_SIGNAL, &[&key.subject, &key.row]).await?;
        rows.iter().map(consent_row).collect()
    }

    /// One consent.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consent(&self, key: ConsentKey) -> Result<Option<ConsentRow>, StoreError> {
        let row = self.optional(&CONSENT, &[&key.subject, &key.row]).await?;
        row.as_ref().map(consent_row).transpose()
    }

    /// The questions of a match that wait for an answer or were refused, also those that do not name this organisation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn asked_in_match(&self, key: MatchKey) -> Result<Vec<AskedRow>, StoreError> {
        let rows = self.rows(&ASKED_IN_MATCH, &[&key.subject, &key.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(AskedRow {
                    state: row.value("state")?,
                    answer_by: row.value("answer_by")?,
                    boundary_at: row.value("boundary_at")?,
                    decided_at: row.value("decided_at")?,
                })
            })
            .collect()
    }

    /// The signal that the family's code asks about.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn asked_signal(&self, key: SignalKey) -> Result<Option<AskedSignalRow>, StoreError> {
        let row = self.optional(&ASKED_SIGNAL, &[&key.subject, &key.row]).await?;
        row.map(|row| {
            Ok(AskedSignalRow {
                state: row.value("state")?,
                expires_at: row.value("expires_at")?,
                log_tag: row.tag("log_tag")?,
            })
        })
        .transpose()
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
        let (match_row, signal_row) = about_columns(new.about);
        self.change_exactly(
            &INSERT_CONSENT,
            1,
            &[
                &subject,
                &row,
                &match_row,
                &signal_row,
                &self.now(),
                &new.answer_by,
                &new.boundary_at,
                &new.consent_days,
                &new.one_guardian,
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
        let of = &new.signatories;
        let roles: Vec<&str> = of.iter().map(|signatory| signatory.role).collect();
        let numbers: Vec<i32> = of.iter().map(|signatory| signatory.number).collect();
        let hashes: Vec<&[u8]> = of
            .iter()
            .map(|signatory| signatory.code_hash.as_slice())
            .collect();
        let until: Vec<Timestamp> = of.iter().map(|signatory| signatory.code_until).collect();
        let begins: Vec<Option<Timestamp>> = of.iter().map(|signatory| signatory.begins_at).collect();
        self.change_exactly(
            &INSERT_SIGNATORIES,
            of.len(),
            &[&subject, &row, &roles, &numbers, &hashes, &until, &begins],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Who must sign this request and what they decided. Only the family's own transaction sees them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signatories(&self, consent: ConsentKey) -> Result<Vec<SignatoryRow>, StoreError> {
        let rows = self.rows(&SIGNATORIES, &[&consent.subject, &consent.row]).await?;
        rows.iter().map(signatory_row).collect()
    }

    /// Who recorded what this signatory said or wrote, and of which day it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn who_recorded(
        &self,
        signatory: domain::key::SignatoryKey,
    ) -> Result<Option<(OrganisationKey, Date)>, StoreError> {
        let row = self
            .optional(&RECORDED, &[&signatory.subject, &signatory.row])
            .await?;
        row.map(|row| {
            Ok((
                OrganisationKey(row.value("recorded_by")?),
                row.value("recorded_on")?,
            ))
        })
        .transpose()
    }
}

/// The columns `match_id` and `signal_id`.
fn about_columns(about: ConsentAbout) -> (Option<i64>, Option<i64>) {
    match about {
        ConsentAbout::Match(key) => (Some(key.row), None),
        ConsentAbout::Signal(key) => (None, Some(key.row)),
    }
}

fn about(subject: i64, row: &Row) -> Result<ConsentAbout, StoreError> {
    let (match_row, signal_row): (Option<i64>, Option<i64>) =
        (row.value("match_id")?, row.value("signal_id")?);
    match (match_row, signal_row) {
        (Some(row), None) => Ok(ConsentAbout::Match(MatchKey { subject, row })),
        (None, Some(row)) => Ok(ConsentAbout::Signal(SignalKey { subject, row })),
        _ => Err(StoreError::Column { column: "match_id" }),
    }
}

fn signatory_row(row: &Row) -> Result<SignatoryRow, StoreError> {
    Ok(SignatoryRow {
        row: row.value("id")?,
        role: row.value("role")?,
        number: row.value("number")?,
        begins_at: row.value("begins_at")?,
        decision: row.value("decision")?,
        decided_at: row.value("decided_at")?,
        assurance: row.value("assurance")?,
        method: row.value("method")?,
        language: row.value("language")?,
    })
}

pub(crate) fn consent_row(row: &Row) -> Result<ConsentRow, StoreError> {
    let subject = row.value("subject_id")?;
    let document: Option<String> = row.value("record")?;
    Ok(ConsentRow {
        key: ConsentKey {
            subject,
            row: row.value("id")?,
        },
        about: about(subject, row)?,
        state: row.value("state")?,
        requested_by: OrganisationKey(row.value("requested_by")?),
        requested_at: row.value("requested_at")?,
        answer_by: row.value("answer_by")?,
        boundary_at: row.value("boundary_at")?,
        consent_days: row.value("consent_days")?,
        one_guardian: row.value("one_guardian")?,
        text_version: row.value("text_version")?,
        language: row.value("language")?,
        decided_at: row.value("decided_at")?,
        valid_until: row.value("valid_until")?,
        withdrawn_at: row.value("withdrawn_at")?,
        replaced_by: row.value("replaced_by")?,
        superseded_by: row.value("superseded_by")?,
        record: match document {
            Some(document) => Some(SignedRecord {
                document,
                hash: row.bytes("record_hash")?,
                signature: row.bytes("record_signature")?,
                key_id: match row.value::<Option<&[u8]>>("record_key")? {
                    Some(_) => Some(row.bytes("record_key")?),
                    None => None,
                },
            }),
            None => None,
        },
        log_tag: row.tag("log_tag")?,
    })
}
