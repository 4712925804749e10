//! Objections: the family makes them, the reporting organisation advises, the municipality decides.

use domain::event::Event;
use domain::key::{CovenantKey, ObjectionKey, OrganisationKey, SignalKey};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::family::Person;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

/// The columns of an objection `o` with the advice `a`.
macro_rules! objection_columns {
    () => {
        "o.subject_id, o.id, o.signal_id, o.organisation_id, o.covenant_id, o.municipality_id, o.state, o.made_at,
         o.made_by, o.route, o.named, o.decision_due, o.decided_at, o.reasons, o.log_tag,
         a.due_at, a.advice, a.advised_at"
    };
}

statements! {
    Party NEXT_OBJECTION_ID = "
        SELECT nextval('objection_id') AS id";
    Party INSERT_OBJECTION = "
        INSERT INTO objection (subject_id, id, signal_id, organisation_id, covenant_id, municipality_id, state, made_at,
                               made_by, route, signatory_id, letter_id, named, decision_due, log_tag)
        VALUES ($1 /* subject */, $2 /* row */, $3 /* signal */, $4 /* organisation */, $5 /* covenant */,
                $6 /* municipality */, 'open', $7 /* now */, $8 /* by */, $9 /* route */, $10 /* signatory */,
                $11 /* letter */, $12 /* named */, $13 /* decision due */, $14 /* log tag */)
            ON CONFLICT (subject_id, signal_id, coalesce(signatory_id, 0), coalesce(letter_id, 0)) WHERE state = 'open'
            DO NOTHING";
    Party ASK_ADVICE = "
        INSERT INTO objection_advice (subject_id, objection_id, organisation_id, asked_at, due_at)
        VALUES ($1 /* subject */, $2 /* objection */, $3 /* organisation */, $4 /* now */, $5 /* due */)";
    Party OWN_OBJECTIONS = concat!("
        SELECT ", objection_columns!(), "
          FROM objection o JOIN objection_advice a ON a.subject_id = o.subject_id AND a.objection_id = o.id
         WHERE o.subject_id = $1 /* subject */ AND o.signatory_id IS NOT DISTINCT FROM $2 /* signatory */
           AND o.letter_id IS NOT DISTINCT FROM $3 /* letter */ ORDER BY o.id");
    Party OWN_OBJECTION_FOR_UPDATE = concat!("
        SELECT ", objection_columns!(), "
          FROM objection o JOIN objection_advice a ON a.subject_id = o.subject_id AND a.objection_id = o.id
         WHERE o.subject_id = $1 /* subject */ AND o.id = $2 /* row */ FOR UPDATE OF o");
    Party WITHDRAW_OBJECTION = "
        UPDATE objection SET state = 'withdrawn', decided_at = $3 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'open'";
    Party OBJECTIONS = concat!("
        SELECT ", objection_columns!(), "
          FROM objection o JOIN objection_advice a ON a.subject_id = o.subject_id AND a.objection_id = o.id
         WHERE o.municipality_id = current_organisation() AND o.id < $1 /* before */
         ORDER BY o.id DESC LIMIT $2 /* limit */");
    Party OBJECTION = concat!("
        SELECT ", objection_columns!(), "
          FROM objection o JOIN objection_advice a ON a.subject_id = o.subject_id AND a.objection_id = o.id
         WHERE o.subject_id = $1 /* subject */ AND o.id = $2 /* row */ AND o.municipality_id = current_organisation()");
    Party ADVICES = "
        SELECT subject_id, objection_id, asked_at, due_at, advice, advised_at,
               state_of_objection(subject_id, objection_id) AS state,
               signal_of_objection(subject_id, objection_id) AS signal_id,
               tag_of_objection(subject_id, objection_id) AS log_tag
          FROM objection_advice
         WHERE organisation_id = current_organisation() AND objection_id < $1 /* before */
         ORDER BY objection_id DESC LIMIT $2 /* limit */";
    // The lock first, the state of the objection after it: whoever decides holds the same row.
    Party LOCK_ADVICE = "
        SELECT objection_id FROM objection_advice
         WHERE subject_id = $1 /* subject */ AND objection_id = $2 /* objection */
           AND organisation_id = current_organisation() FOR NO KEY UPDATE";
    Party ADVICE = "
        SELECT subject_id, objection_id, asked_at, due_at, advice, advised_at,
               state_of_objection(subject_id, objection_id) AS state,
               signal_of_objection(subject_id, objection_id) AS signal_id,
               tag_of_objection(subject_id, objection_id) AS log_tag
          FROM objection_advice
         WHERE subject_id = $1 /* subject */ AND objection_id = $2 /* objection */
           AND organisation_id = current_organisation()";
    Party ADVISE = "
        UPDATE objection_advice SET advice = $3 /* advice */, advised_at = $4 /* now */
         WHERE subject_id = $1 /* subject */ AND objection_id = $2 /* objection */ AND advice IS NULL";
    // With every other open one on the same signal: what is decided for one person counts for that signal.
    Matcher OBJECTIONS_TO_DECIDE = concat!("
        SELECT ", objection_columns!(), "
          FROM objection o JOIN objection_advice a ON a.subject_id = o.subject_id AND a.objection_id = o.id
         WHERE o.subject_id = $1 /* subject */
           AND (o.id = $2 /* row */
                OR (o.state = 'open' AND o.signal_id = (SELECT x.signal_id FROM objection x
                                                         WHERE x.subject_id = $1 AND x.id = $2)))
         ORDER BY o.id FOR NO KEY UPDATE");
    Matcher DECIDE_OBJECTIONS = "
        UPDATE objection SET state = $3 /* state */, decided_at = $4 /* now */, reasons = $5 /* reasons */
         WHERE subject_id = $1 /* subject */ AND id = ANY ($2::bigint[] /* rows */) AND state = 'open'";
    Matcher ADVICES_TO_NOTICE = "
        SELECT a.subject_id, a.objection_id, a.organisation_id, o.covenant_id, o.signal_id, g.log_tag
          FROM objection_advice a
          JOIN objection o ON o.subject_id = a.subject_id AND o.id = a.objection_id
          JOIN signal g ON g.subject_id = o.subject_id AND g.id = o.signal_id
         WHERE a.noticed_at IS NULL AND o.state = 'open'
         ORDER BY a.objection_id LIMIT $1 /* limit */ FOR NO KEY UPDATE OF a SKIP LOCKED";
    Matcher SET_NOTICED = "
        UPDATE objection_advice a SET noticed_at = $1 /* now */
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* objections */) AS d (subject_id, objection_id)
         WHERE a.subject_id = d.subject_id AND a.objection_id = d.objection_id AND a.noticed_at IS NULL";
}

/// An objection with the advice about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectionRow {
    /// Its key.
    pub key: ObjectionKey,
    /// The signal; none once nothing of that is left.
    pub signal: Option<SignalKey>,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// Under which covenant.
    pub covenant: CovenantKey,
    /// Who decides.
    pub municipality: OrganisationKey,
    /// State as stored.
    pub state: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// `guardian` or `youngPerson`.
    pub made_by: String,
    /// `portal` or `assisted`.
    pub route: String,
    /// Whether whoever objected may know the organisation.
    pub named: bool,
    /// When advice is late.
    pub advice_due: Timestamp,
    /// The advice.
    pub advice: Option<String>,
    /// When it was given.
    pub advised_at: Option<Timestamp>,
    /// When the decision is late.
    pub decision_due: Timestamp,
    /// When it was decided or taken back.
    pub decided_at: Option<Timestamp>,
    /// Why it was decided so.
    pub reasons: Vec<String>,
    /// Its name in the log.
    pub log_tag: u128,
}

/// An objection to be stored.
pub struct NewObjection {
    /// Its key; the row from [`Tx::next_objection_id`].
    pub key: ObjectionKey,
    /// The signal.
    pub signal: SignalKey,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// Under which covenant.
    pub covenant: CovenantKey,
    /// Who decides.
    pub municipality: OrganisationKey,
    /// Who objects.
    pub person: Person,
    /// `guardian` or `youngPerson`.
    pub made_by: &'static str,
    /// `portal` or `assisted`.
    pub route: &'static str,
    /// Whether whoever objects may know the organisation.
    pub named: bool,
    /// When advice is late.
    pub advice_due: Timestamp,
    /// When the decision is late.
    pub decision_due: Timestamp,
    /// Its name in the log.
    pub log_tag: u128,
}

/// That an organisation's advice is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdviceRow {
    /// The objection.
    pub objection: ObjectionKey,
    /// The signal; none once nothing of that is left.
    pub signal: Option<SignalKey>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it is late.
    pub due_at: Timestamp,
    /// What was advised.
    pub advice: Option<String>,
    /// When.
    pub advised_at: Option<Timestamp>,
    /// State of the objection, `lapsed` among them.
    pub state: String,
    /// The objection's name in the log.
    pub log_tag: u128,
}

/// An organisation that does not know yet that its advice is asked.
pub struct AdviceToNotice {
    /// The objection.
    pub objection: ObjectionKey,
    /// The organisation's own signal.
    pub signal: SignalKey,
    /// That signal's name in the log.
    pub signal_tag: u128,
    /// Who is asked.
    pub organisation: OrganisationKey,
    /// Under which covenant.
    pub covenant: CovenantKey,
}

impl Tx<'_, Party> {
    /// A number for a new objection.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_objection_id(&self) -> Result<i64, StoreError> {
        self.one(&NEXT_OBJECTION_ID, &[]).await?.value("id")
    }

    /// Stores an objection and asks for advice. False when the same person's objection to that signal is open: nothing
    /// changed then.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_objection(&self, new: &NewObjection, event: &Event) -> Result<bool, StoreError> {
        let ObjectionKey { subject, row } = new.key;
        let (signatory, letter) = new.person.columns();
        let inserted = self
            .change(
                &INSERT_OBJECTION,
                &[
                    &subject,
                    &row,
                    &new.signal.row,
                    &new.organisation.0,
                    &new.covenant.0,
                    &new.municipality.0,
                    &self.now(),
                    &new.made_by,
                    &new.route,
                    &signatory,
                    &letter,
                    &new.named,
                    &new.decision_due,
                    &Uuid::from_u128(new.log_tag),
                ],
            )
            .await?;
        if inserted == 0 {
            return Ok(false);
        }
        let asked = &new.advice_due;
        self.change_exactly(
            &ASK_ADVICE,
            1,
            &[&subject, &row, &new.organisation.0, &self.now(), asked],
        )
        .await?;
        self.record_one(event).await?;
        Ok(true)
    }

    /// The objections that a person of the family made, oldest first. No guardian learns of another's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_objections(
        &self,
        subject: i64,
        person: Person,
    ) -> Result<Vec<ObjectionRow>, StoreError> {
        let (signatory, letter) = person.columns();
        let rows = self
            .rows(&OWN_OBJECTIONS, &[&subject, &signatory, &letter])
            .await?;
        rows.iter().map(objection_row).collect()
    }

    /// One of them, locked to be taken back.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_objection_for_update(
        &self,
        key: ObjectionKey,
    ) -> Result<Option<ObjectionRow>, StoreError> {
        let row = self
            .optional(&OWN_OBJECTION_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(objection_row).transpose()
    }

    /// Takes an objection back.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it is not open; the caller looks first, under its lock.
    pub async fn withdraw_objection(&self, key: ObjectionKey, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&WITHDRAW_OBJECTION, 1, &[&key.subject, &key.row, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }

    /// This municipality's objections before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn objections(&self, before: i64, limit: i64) -> Result<Vec<ObjectionRow>, StoreError> {
        let rows = self.rows(&OBJECTIONS, &[&before, &limit]).await?;
        rows.iter().map(objection_row).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn objection(&self, key: ObjectionKey) -> Result<Option<ObjectionRow>, StoreError> {
        let row = self.optional(&OBJECTION, &[&key.subject, &key.row]).await?;
        row.as_ref().map(objection_row).transpose()
    }

    /// The advices asked of this organisation before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advices(&self, before: i64, limit: i64) -> Result<Vec<AdviceRow>, StoreError> {
        let rows = self.rows(&ADVICES, &[&before, &limit]).await?;
        rows.iter().map(advice_row).collect()
    }

    /// One of them, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advice_for_update(&self, key: ObjectionKey) -> Result<Option<AdviceRow>, StoreError> {
        let found = self.optional(&LOCK_ADVICE, &[&key.subject, &key.row]).await?;
        if found.is_none() {
            return Ok(None);
        }
        let row = self.optional(&ADVICE, &[&key.subject, &key.row]).await?;
        row.as_ref().map(advice_row).transpose()
    }

    /// Advises.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it advised before; the caller looks first, under its lock.
    pub async fn advise(&self, key: ObjectionKey, advice: &str, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&ADVISE, 1, &[&key.subject, &key.row, &advice, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

impl Tx<'_, Matcher> {
    /// An objection with every other open one to the same signal, locked with their advices. The child's row must be
    /// locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn objections_to_decide(&self, key: ObjectionKey) -> Result<Vec<ObjectionRow>, StoreError> {
        let rows = self
            .rows(&OBJECTIONS_TO_DECIDE, &[&key.subject, &key.row])
            .await?;
        rows.iter().map(objection_row).collect()
    }

    /// Decides objections of one child alike; one event each.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when one was not open.
    pub async fn decide_objections(
        &self,
        subject: i64,
        rows: &[i64],
        state: &str,
        reasons: &[&str],
        events: &[Event],
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &DECIDE_OBJECTIONS,
            rows.len(),
            &[&subject, &rows, &state, &self.now(), &reasons],
        )
        .await?;
        self.record(events).await.map(drop)
    }

    /// Advices whose organisation has no notice yet, locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn advices_to_notice(&self, limit: i64) -> Result<Vec<AdviceToNotice>, StoreError> {
        let rows = self.rows(&ADVICES_TO_NOTICE, &[&limit]).await?;
        rows.iter()
            .map(|row| {
                let subject = row.value("subject_id")?;
                Ok(AdviceToNotice {
                    objection: ObjectionKey {
                        subject,
                        row: row.value("objection_id")?,
                    },
                    signal: SignalKey {
                        subject,
                        row: row.value("signal_id")?,
                    },
                    signal_tag: row.tag("log_tag")?,
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    covenant: CovenantKey(row.value("covenant_id")?),
                })
            })
            .collect()
    }

    /// Notes that the notices of these advices were laid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_noticed(&self, objections: &[ObjectionKey]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = objections.iter().map(|key| key.subject).collect();
        let rows: Vec<i64> = objections.iter().map(|key| key.row).collect();
        self.change_exactly(&SET_NOTICED, objections.len(), &[&self.now(), &subjects, &rows])
            .await
    }
}

fn objection_row(row: &Row) -> Result<ObjectionRow, StoreError> {
    let subject = row.value("subject_id")?;
    let signal: Option<i64> = row.value("signal_id")?;
    Ok(ObjectionRow {
        key: ObjectionKey {
            subject,
            row: row.value("id")?,
        },
        signal: signal.map(|row| SignalKey { subject, row }),
        organisation: OrganisationKey(row.value("organisation_id")?),
        covenant: CovenantKey(row.value("covenant_id")?),
        municipality: OrganisationKey(row.value("municipality_id")?),
        state: row.value("state")?,
        made_at: row.value("made_at")?,
        made_by: row.value("made_by")?,
        route: row.value("route")?,
        named: row.value("named")?,
        advice_due: row.value("due_at")?,
        advice: row.value("advice")?,
        advised_at: row.value("advised_at")?,
        decision_due: row.value("decision_due")?,
        decided_at: row.value("decided_at")?,
        reasons: row.value("reasons")?,
        log_tag: row.tag("log_tag")?,
    })
}

fn advice_row(row: &Row) -> Result<AdviceRow, StoreError> {
    let subject = row.value("subject_id")?;
    let signal: Option<i64> = row.value("signal_id")?;
    Ok(AdviceRow {
        objection: ObjectionKey {
            subject,
            row: row.value("objection_id")?,
        },
        signal: signal.map(|row| SignalKey { subject, row }),
        asked_at: row.value("asked_at")?,
        due_at: row.value("due_at")?,
        advice: row.value("advice")?,
        advised_at: row.value("advised_at")?,
        state: row.value("state")?,
        log_tag: row.tag("log_tag")?,
    })
}
