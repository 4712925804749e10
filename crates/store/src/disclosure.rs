//! Telling the family of signals: what is recorded of it, what is postponed, and what follows for signals and matches.

use std::collections::BTreeMap;

use domain::disclosure::LOOKED_AT_DAYS_BEFORE;
use domain::event::Event;
use domain::key::{ConsentKey, CovenantKey, OrganisationKey, SignalKey};
use domain::signal::SignalState;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::signal::{SignalLife, life_columns};
use crate::statement::statements;
use crate::work::{Matcher, Parameters, Party, RowExt, Tx};

/// What a [`DutyRow`] is read from, of a signal that the statement calls `g`.
macro_rules! duty_columns {
    () => {
        "d.recorded_at, a.decided_at AS approved_at, a.review_on AS approved_until,
         coalesce(a.deadline, g.paused_from) AS deadline, w.id AS waiting_id, w.proposed_by AS waiting_by,
         w.review_on AS waiting_until, g.hidden_until"
    };
}

/// The tables those columns come from, beside the signal's own.
macro_rules! duty_tables {
    () => {
        "LEFT JOIN disclosure d ON d.subject_id = g.subject_id AND d.signal_id = g.id
         LEFT JOIN postponement w ON w.subject_id = g.subject_id AND w.signal_id = g.id AND w.state = 'proposed'
         LEFT JOIN LATERAL (SELECT p.decided_at, p.review_on, p.deadline FROM postponement p
                             WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND p.state = 'approved'
                             ORDER BY p.id DESC LIMIT 1) a ON true"
    };
}

statements! {
    Matcher DUTY = concat!("
        SELECT g.subject_id, g.id, g.organisation_id, g.log_tag, o.public_id, o.covenant_id, ", life_columns!(), ",
               ", duty_columns!(), "
          FROM signal g JOIN organisation o ON o.id = g.organisation_id ", duty_tables!(), "
         WHERE g.subject_id = $1 /* subject */ AND g.id = $2 /* row */
           AND g.organisation_id = $3 /* organisation */ AND g.state <> 'moved'");
    Matcher DUE_DISCLOSURES = "
        SELECT DISTINCT subject_id FROM (
            SELECT t.subject_id FROM disclosure_watch t
             WHERE t.step < 3 AND t.next_at <= $1 /* now */ AND t.subject_id <> ALL ($3::bigint[] /* set aside */)
               AND EXISTS (SELECT FROM signal g
                            WHERE g.subject_id = t.subject_id AND g.id = t.signal_id
                              AND g.paused_from IS NOT NULL AND g.state NOT IN ('sleeping', 'moved'))
             ORDER BY t.next_at LIMIT $2 /* limit */) AS due";
    // New signals are looked at for the first time so long before they would be paused that no reminder is due earlier.
    Matcher WATCH_DISCLOSURES = "
        INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
        SELECT g.subject_id, g.id, 0, g.paused_from - make_interval(days => $2 /* days before */)
          FROM (SELECT * FROM signal WHERE subject_id = ANY ($1::bigint[] /* subjects */) OFFSET 0) AS g
         WHERE g.paused_from IS NOT NULL AND g.state NOT IN ('sleeping', 'moved')
            ON CONFLICT (subject_id, signal_id) DO NOTHING";
    Matcher DUTIES_DUE = concat!("
        SELECT g.subject_id, g.id, g.organisation_id, g.log_tag, o.public_id, o.covenant_id, t.step,
               ", life_columns!(), ", ", duty_columns!(), "
          FROM signal g JOIN organisation o ON o.id = g.organisation_id ", duty_tables!(), "
          LEFT JOIN disclosure_watch t ON t.subject_id = g.subject_id AND t.signal_id = g.id
         WHERE g.subject_id = ANY ($1::bigint[] /* subjects */)
           AND g.paused_from IS NOT NULL AND g.state NOT IN ('sleeping', 'moved')
           AND coalesce(t.step, 0) < 3 AND coalesce(t.next_at, '-infinity'::timestamptz) <= $2 /* now */
         ORDER BY g.subject_id, g.id");
    Matcher WRITE_STEPS = "
        INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
        SELECT * FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */, $3::smallint[] /* steps */,
                             $4::timestamptz[] /* next at */)
            ON CONFLICT (subject_id, signal_id) DO UPDATE SET step = excluded.step, next_at = excluded.next_at";
    // The time to tell begins anew, so the reminders do too.
    Matcher BEGIN_STEPS = "
        INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
        VALUES ($1 /* subject */, $2 /* row */, 0, '-infinity')
            ON CONFLICT (subject_id, signal_id) DO UPDATE SET step = excluded.step, next_at = excluded.next_at";
    // The family was told: nobody is reminded of it.
    Matcher FORGET_STEPS = "
        DELETE FROM disclosure_watch WHERE subject_id = $1 /* subject */ AND signal_id = $2 /* row */";
    Matcher WRITE_STATES = "
        UPDATE signal g SET state = n.state
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */, $3::text[] /* states */)
               AS n (subject_id, id, state)
         WHERE g.subject_id = n.subject_id AND g.id = n.id";
    Matcher WRITE_TIMES = "
        UPDATE signal SET paused_from = $3 /* paused from */, hidden_until = $4 /* hidden until */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */";
    Matcher COPY_TIMES = "
        UPDATE match_party SET paused_from = $3 /* paused from */, hidden_until = $4 /* hidden until */
         WHERE subject_id = $1 /* subject */ AND signal_id = $2 /* row */";
    Matcher LOOK_FOR_MATCHES = "
        INSERT INTO match_task (subject_id) VALUES ($1 /* subject */)";
    Matcher INSERT_DISCLOSURE = "
        INSERT INTO disclosure (subject_id, signal_id, organisation_id, told_on, channel, language, told_by, recorded_at)
        VALUES ($1 /* subject */, $2 /* signal */, $3 /* organisation */, $4 /* day */, $5 /* channel */,
                $6 /* language */, $7 /* by */, $8 /* now */)";
    Matcher VOID_PROPOSALS = "
        UPDATE postponement SET state = 'void'
         WHERE subject_id = $1 /* subject */ AND signal_id = $2 /* signal */ AND state = 'proposed'";
    Matcher INSERT_POSTPONEMENT = "
        INSERT INTO postponement (subject_id, id, signal_id, organisation_id, state, reason, review_on, deadline,
                                  proposed_by, proposed_at)
        VALUES ($1 /* subject */, nextval('postponement_id'), $2 /* signal */, $3 /* organisation */, 'proposed',
                $4 /* reason */, $5 /* day */, $6 /* deadline */, $7 /* by */, $8 /* now */)";
    Matcher DECIDE_POSTPONEMENT = "
        UPDATE postponement SET state = $3 /* state */, decided_by = $4 /* by */, decided_at = $5 /* now */
         WHERE subject_id = $1 /* subject */ AND id = $2 /* row */ AND state = 'proposed'
        RETURNING state, reason, review_on, proposed_by, proposed_at, decided_by, decided_at";
    Matcher NAMES_HIDDEN = "
        SELECT EXISTS (SELECT FROM consent c
                         JOIN consent_party n ON n.subject_id = c.subject_id AND n.consent_id = c.id
                         JOIN match_party p ON p.subject_id = c.subject_id AND p.match_id = c.match_id
                                           AND p.organisation_id = n.organisation_id
                        WHERE c.subject_id = $1 /* subject */ AND c.id = $2 /* consent */
                          AND p.hidden_until > $3 /* now */) AS hidden";
    Party OWN_DUTIES = concat!("
        SELECT coalesce(m.subject_id, g.subject_id) AS subject_id, g.id, g.professional, ", life_columns!(), ",
               ", duty_columns!(), ", l.state AS last_state, l.reason, l.review_on, l.proposed_by, l.proposed_at,
               l.decided_by, l.decided_at
          FROM signal g
          LEFT JOIN moved_signal m ON m.to_subject_id = g.subject_id AND m.id = g.id ", duty_tables!(), "
          LEFT JOIN LATERAL (SELECT p.state, p.reason, p.review_on, p.proposed_by, p.proposed_at, p.decided_by,
                                    p.decided_at
                               FROM postponement p
                              WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND p.state <> 'void'
                              ORDER BY p.id DESC LIMIT 1) l ON true
         WHERE g.organisation_id = current_organisation() AND g.id < $1 /* before */
           AND g.paused_from IS NOT NULL AND g.state NOT IN ('sleeping', 'moved')
           AND ((g.state IN ('active', 'paused') AND g.expires_at > $3 /* now */) OR g.hidden_until > $3)
           AND g.destroy_at > $3
         ORDER BY g.id DESC LIMIT $2 /* limit */");
    Party DUTIES_OF = concat!("
        SELECT n.subject_id, n.id, ", duty_columns!(), "
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS n (subject_id, id)
          LEFT JOIN moved_signal m ON m.subject_id = n.subject_id AND m.id = n.id
          JOIN signal g ON g.subject_id = coalesce(m.to_subject_id, n.subject_id) AND g.id = n.id ", duty_tables!());
}

/// What stands on record about telling the family of a signal.
#[derive(Clone, PartialEq, Eq)]
pub struct DutyRow {
    /// When it was recorded that the family was told.
    pub recorded_at: Option<Timestamp>,
    /// When a postponement was approved last, and the day of its review.
    pub approved: Option<(Timestamp, Date)>,
    /// When the signal would have been paused without any postponement; none when nothing is to be told.
    pub deadline: Option<Timestamp>,
    /// The proposal that nobody decided.
    pub waiting: Option<WaitingRow>,
    /// Until when the family is not shown the signal.
    pub hidden_until: Option<Timestamp>,
}

/// A proposed postponement.
#[derive(Clone, PartialEq, Eq)]
pub struct WaitingRow {
    /// Its row.
    pub row: i64,
    /// Who proposed it, encrypted for the organisation.
    pub by: Sealed,
    /// The day of review.
    pub review_on: Date,
}

/// A signal and what stands on record about telling the family of it.
pub struct SignalDuty {
    /// Its key: where it is now.
    pub key: SignalKey,
    /// Who gave it.
    pub organisation: OrganisationKey,
    /// That organisation's public id.
    pub organisation_id: [u8; 16],
    /// The covenant it was given under.
    pub covenant: CovenantKey,
    /// Its life.
    pub life: SignalLife,
    /// Its name in the log.
    pub log_tag: u128,
    /// What stands on record.
    pub duty: DutyRow,
}

/// A signal of the caller's organisation of which the family is still to be told.
pub struct OwnDutyRow {
    /// The key its public id is made of.
    pub key: SignalKey,
    /// Its life.
    pub life: SignalLife,
    /// Reference and work contact, encrypted for the organisation.
    pub professional: Sealed,
    /// What stands on record.
    pub duty: DutyRow,
    /// What was proposed or decided last.
    pub postponement: Option<PostponementRow>,
}

/// A postponement, whatever became of it.
pub struct PostponementRow {
    /// `proposed`, `approved` or `rejected`.
    pub state: String,
    /// Why.
    pub reason: String,
    /// The day of review.
    pub review_on: Date,
    /// Who proposed it, encrypted for the organisation.
    pub proposed_by: Sealed,
    /// When.
    pub proposed_at: Timestamp,
    /// Who decided it, encrypted for the organisation.
    pub decided_by: Option<Sealed>,
    /// When.
    pub decided_at: Option<Timestamp>,
}

/// A disclosure to be recorded.
pub struct NewDisclosure<'a> {
    /// The day on which the family was told.
    pub told_on: Date,
    /// How.
    pub channel: &'a str,
    /// In which language.
    pub language: &'a str,
    /// By whom, encrypted for the organisation.
    pub told_by: &'a Sealed,
}

/// A postponement to be proposed.
pub struct NewPostponement<'a> {
    /// Why.
    pub reason: &'a str,
    /// The day of review.
    pub review_on: Date,
    /// When the signal is paused without any postponement.
    pub deadline: Timestamp,
    /// Who proposes it, encrypted for the organisation.
    pub proposed_by: &'a Sealed,
}

/// From when a signal is paused and until when it is hidden, from now on.
#[derive(Debug, Clone, Copy)]
pub struct DisclosureTimes {
    /// From when it is paused, if nothing more is recorded.
    pub paused_from: Option<Timestamp>,
    /// Until when the family is not shown it.
    pub hidden_until: Option<Timestamp>,
    /// What is to be written as its state, when that changes; matches are looked for again.
    pub resumed: Option<SignalState>,
}

/// What the driver did about a signal.
#[derive(Debug, Clone, Copy)]
pub struct DisclosureStepped {
    /// Which.
    pub key: SignalKey,
    /// How many steps have been dealt with.
    pub step: u8,
    /// When the next is due.
    pub next_at: Option<Timestamp>,
    /// Whether it is paused now.
    pub paused: bool,
}

impl Tx<'_, Matcher> {
    /// A signal of this organisation with what stands on record about telling the family; its child must be locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn duty(
        &self,
        key: SignalKey,
        organisation: OrganisationKey,
    ) -> Result<Option<SignalDuty>, StoreError> {
        let row = self
            .optional(&DUTY, &[&key.subject, &key.row, &organisation.0])
            .await?;
        row.as_ref().map(SignalDuty::read).transpose()
    }

    /// Children with a signal of which the family is to be told and for which something is due, but those set aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_disclosures(&self, limit: i64, set_aside: &[i64]) -> Result<Vec<i64>, StoreError> {
        let rows = self
            .rows(&DUE_DISCLOSURES, &[&self.now(), &limit, &set_aside])
            .await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Has the signals of these children looked at when the organisation is to be reminded that the family is to be told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn watch_disclosures(&self, subjects: &[i64]) -> Result<(), StoreError> {
        self.change(&WATCH_DISCLOSURES, &[&subjects, &LOOKED_AT_DAYS_BEFORE])
            .await
            .map(drop)
    }

    /// Those signals of these children, which must be locked, with how many steps have been dealt with.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn duties_due(&self, subjects: &[i64]) -> Result<Vec<(SignalDuty, u8)>, StoreError> {
        let rows = self.rows(&DUTIES_DUE, &[&subjects, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                let step: Option<i16> = row.value("step")?;
                let step =
                    u8::try_from(step.unwrap_or(0)).map_err(|_| StoreError::Column { column: "step" })?;
                Ok((SignalDuty::read(row)?, step))
            })
            .collect()
    }

    /// Writes what was done about signals of which the family is to be told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write_disclosure_steps(
        &self,
        stepped: &[DisclosureStepped],
        events: &[Event],
    ) -> Result<(), StoreError> {
        let subjects: Vec<i64> = stepped.iter().map(|stepped| stepped.key.subject).collect();
        let rows: Vec<i64> = stepped.iter().map(|stepped| stepped.key.row).collect();
        let steps: Vec<i16> = stepped.iter().map(|stepped| i16::from(stepped.step)).collect();
        let next: Vec<Option<Timestamp>> = stepped.iter().map(|stepped| stepped.next_at).collect();
        let parameters: Parameters<'_> = &[&subjects, &rows, &steps, &next];
        self.change_exactly(&WRITE_STEPS, stepped.len(), parameters)
            .await?;
        let paused = || stepped.iter().filter(|stepped| stepped.paused);
        let subjects: Vec<i64> = paused().map(|stepped| stepped.key.subject).collect();
        let rows: Vec<i64> = paused().map(|stepped| stepped.key.row).collect();
        let states = vec![SignalState::Paused.slug(); rows.len()];
        self.change_exactly(&WRITE_STATES, rows.len(), &[&subjects, &rows, &states])
            .await?;
        self.record(events).await.map(drop)
    }

    /// Records that the family was told; what was proposed and not decided falls away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn record_disclosure(
        &self,
        signal: &SignalDuty,
        new: &NewDisclosure<'_>,
        times: &DisclosureTimes,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let SignalKey { subject, row } = signal.key;
        self.change(&VOID_PROPOSALS, &[&subject, &row]).await?;
        let parameters: Parameters<'_> = &[
            &subject,
            &row,
            &signal.organisation.0,
            &new.told_on,
            &new.channel,
            &new.language,
            &new.told_by.0,
            &self.now(),
        ];
        self.change_exactly(&INSERT_DISCLOSURE, 1, parameters).await?;
        self.write_times(signal.key, times).await?;
        self.record(events).await.map(drop)
    }

    /// Notes that a postponement was proposed; an earlier proposal that nobody decided falls away.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn propose_postponement(
        &self,
        signal: &SignalDuty,
        new: &NewPostponement<'_>,
        times: &DisclosureTimes,
        event: &Event,
    ) -> Result<(), StoreError> {
        let SignalKey { subject, row } = signal.key;
        self.change(&VOID_PROPOSALS, &[&subject, &row]).await?;
        let parameters: Parameters<'_> = &[
            &subject,
            &row,
            &signal.organisation.0,
            &new.reason,
            &new.review_on,
            &new.deadline,
            &new.proposed_by.0,
            &self.now(),
        ];
        self.change_exactly(&INSERT_POSTPONEMENT, 1, parameters).await?;
        self.write_times(signal.key, times).await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes what was decided about the proposal that waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn decide_postponement(
        &self,
        signal: &SignalDuty,
        waiting: &WaitingRow,
        state: &str,
        decided_by: &Sealed,
        times: &DisclosureTimes,
        events: &[Event],
    ) -> Result<PostponementRow, StoreError> {
        let parameters: Parameters<'_> = &[
            &signal.key.subject,
            &waiting.row,
            &state,
            &decided_by.0,
            &self.now(),
        ];
        let decided = PostponementRow::read(&self.one(&DECIDE_POSTPONEMENT, parameters).await?, "state")?;
        self.write_times(signal.key, times).await?;
        self.record(events).await.map(drop)?;
        Ok(decided)
    }

    /// Whether a request names somebody of whom the family is not to be told yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn names_hidden(&self, consent: ConsentKey) -> Result<bool, StoreError> {
        let parameters: Parameters<'_> = &[&consent.subject, &consent.row, &self.now()];
        self.one(&NAMES_HIDDEN, parameters).await?.value("hidden")
    }

    /// Writes from when a signal is paused and until when it is hidden, and the copies in its matches: no party reads
    /// another's signal.
    async fn write_times(&self, key: SignalKey, times: &DisclosureTimes) -> Result<(), StoreError> {
        let parameters: Parameters<'_> = &[&key.subject, &key.row, &times.paused_from, &times.hidden_until];
        self.change_exactly(&WRITE_TIMES, 1, parameters).await?;
        let steps = match times.paused_from {
            Some(_) => &BEGIN_STEPS,
            None => &FORGET_STEPS,
        };
        self.change(steps, &[&key.subject, &key.row]).await?;
        self.change(&COPY_TIMES, parameters).await?;
        if let Some(state) = times.resumed {
            let parameters: Parameters<'_> = &[&vec![key.subject], &vec![key.row], &vec![state.slug()]];
            self.change_exactly(&WRITE_STATES, 1, parameters).await?;
            // While it was paused it opened and joined nothing.
            self.change_exactly(&LOOK_FOR_MATCHES, 1, &[&key.subject]).await?;
        }
        Ok(())
    }
}

impl Tx<'_, Party> {
    /// Signals of this organisation of which the family is to be told, before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_duties(&self, before: i64, limit: i64) -> Result<Vec<OwnDutyRow>, StoreError> {
        let rows = self.rows(&OWN_DUTIES, &[&before, &limit, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                let last: Option<&str> = row.value("last_state")?;
                Ok(OwnDutyRow {
                    key: SignalKey {
                        subject: row.value("subject_id")?,
                        row: row.value("id")?,
                    },
                    life: SignalLife::read(row)?,
                    professional: Sealed(row.value("professional")?),
                    duty: DutyRow::read(row)?,
                    postponement: last
                        .map(|_| PostponementRow::read(row, "last_state"))
                        .transpose()?,
                })
            })
            .collect()
    }

    /// What stands on record about telling the family of these signals of this organisation, by the keys given.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn duties_of(&self, keys: &[SignalKey]) -> Result<BTreeMap<SignalKey, DutyRow>, StoreError> {
        let subjects: Vec<i64> = keys.iter().map(|key| key.subject).collect();
        let rows: Vec<i64> = keys.iter().map(|key| key.row).collect();
        let rows = self.rows(&DUTIES_OF, &[&subjects, &rows]).await?;
        rows.iter()
            .map(|row| {
                let key = SignalKey {
                    subject: row.value("subject_id")?,
                    row: row.value("id")?,
                };
                Ok((key, DutyRow::read(row)?))
            })
            .collect()
    }
}

impl SignalDuty {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            key: SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            },
            organisation: OrganisationKey(row.value("organisation_id")?),
            organisation_id: row.tag("public_id")?.to_be_bytes(),
            covenant: CovenantKey(row.value("covenant_id")?),
            life: SignalLife::read(row)?,
            log_tag: row.tag("log_tag")?,
            duty: DutyRow::read(row)?,
        })
    }
}

impl DutyRow {
    fn read(row: &Row) -> Result<Self, StoreError> {
        let approved_at: Option<Timestamp> = row.value("approved_at")?;
        let approved_until: Option<Date> = row.value("approved_until")?;
        let waiting: Option<i64> = row.value("waiting_id")?;
        let waiting = waiting.map(|waiting| {
            Ok::<_, StoreError>(WaitingRow {
                row: waiting,
                by: Sealed(row.value("waiting_by")?),
                review_on: row.value("waiting_until")?,
            })
        });
        Ok(Self {
            recorded_at: row.value("recorded_at")?,
            approved: approved_at.zip(approved_until),
            deadline: row.value("deadline")?,
            waiting: waiting.transpose()?,
            hidden_until: row.value("hidden_until")?,
        })
    }
}

impl PostponementRow {
    fn read(row: &Row, state: &'static str) -> Result<Self, StoreError> {
        let decided_by: Option<Vec<u8>> = row.value("decided_by")?;
        Ok(Self {
            state: row.value(state)?,
            reason: row.value("reason")?,
            review_on: row.value("review_on")?,
            proposed_by: Sealed(row.value("proposed_by")?),
            proposed_at: row.value("proposed_at")?,
            decided_by: decided_by.map(Sealed),
            decided_at: row.value("decided_at")?,
        })
    }
}
