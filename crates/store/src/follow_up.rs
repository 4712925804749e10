//! The course of contact deadlines, and what follow-up officers did.

use domain::event::Event;
use domain::follow_up::Course;
use domain::key::MatchKey;
use jiff::Timestamp;

use crate::error::StoreError;
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

statements! {
    Matcher START_FOLLOW_UPS = "
        INSERT INTO follow_up (subject_id, match_id, remind_at, escalates_at, look_at)
        SELECT n.subject_id, n.match_id, n.remind_at, n.escalates_at, n.remind_at
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::timestamptz[] /* remind at */,
                      $4::timestamptz[] /* escalate at */)
               AS n (subject_id, match_id, remind_at, escalates_at)
            ON CONFLICT (subject_id, match_id)
            DO UPDATE SET remind_at = excluded.remind_at, escalates_at = excluded.escalates_at,
                          look_at = excluded.look_at, reminded_at = NULL, escalated_at = NULL";
    Matcher FOLLOW_UPS_OVERDUE = "
        SELECT subject_id, match_id FROM follow_up
         WHERE subject_id = ANY ($1::bigint[] /* subjects */) AND escalates_at <= $2 /* now */
           AND (escalated_at IS NOT NULL OR look_at IS NOT NULL)";
    Matcher FOLLOW_UPS_DUE = "
        SELECT DISTINCT subject_id
          FROM (SELECT subject_id FROM follow_up WHERE look_at <= $1 /* now */ ORDER BY look_at LIMIT $2 /* limit */) AS due
         ORDER BY subject_id";
    Matcher FOLLOW_UPS_TO_LOOK_AT = "
        SELECT f.subject_id, f.match_id, f.remind_at, f.escalates_at, f.reminded_at, m.log_tag,
               o.public_id
          FROM follow_up f
          JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
          JOIN covenant c ON c.id = m.covenant_id
          LEFT JOIN organisation o ON o.id = coalesce(m.municipality_id, c.follow_up_officer_id)
         WHERE f.subject_id = ANY ($1::bigint[] /* subjects */) AND f.look_at <= $2 /* now */
         ORDER BY f.subject_id, f.match_id FOR NO KEY UPDATE OF f";
    Matcher STEP_FOLLOW_UPS = "
        UPDATE follow_up f
           SET look_at = n.look_at,
               reminded_at = CASE WHEN n.reminded THEN $1 /* now */ ELSE f.reminded_at END,
               escalated_at = CASE WHEN n.escalated THEN $1 /* now */ ELSE f.escalated_at END
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* matches */, $4::timestamptz[] /* look at */,
                      $5::boolean[] /* reminded */, $6::boolean[] /* escalated */)
               AS n (subject_id, match_id, look_at, reminded, escalated)
         WHERE f.subject_id = n.subject_id AND f.match_id = n.match_id";
    Party FOLLOW_UP_TASKS = "
        SELECT f.subject_id, f.match_id, f.escalates_at, f.escalated_at IS NULL AS untold, m.log_tag
          FROM follow_up f JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
         WHERE f.match_id > $1 /* after */ AND f.escalates_at <= $3 /* now */
         ORDER BY f.match_id LIMIT $2 /* limit */";
    Party FOLLOW_UP_TASK = "
        SELECT f.subject_id, f.match_id, f.escalates_at, f.escalated_at IS NULL AS untold, m.log_tag
          FROM follow_up f JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
         WHERE f.subject_id = $1 /* subject */ AND f.match_id = $2 /* match */ AND f.escalates_at <= $3 /* now */";
    // By whoever is first, the driver or the officer who looks; not when somebody joined meanwhile and it began anew.
    Party TELL_ESCALATED = "
        UPDATE follow_up SET escalated_at = $3 /* now */, look_at = NULL
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ AND escalated_at IS NULL
           AND escalates_at <= $3 /* now */";
    Party FOLLOW_UP_MARKS = "
        SELECT mark, marked_at FROM follow_up_mark
         WHERE subject_id = $1 /* subject */ AND match_id = $2 /* match */ ORDER BY id";
    Party INSERT_MARK = "
        INSERT INTO follow_up_mark (subject_id, match_id, id, mark, marked_at)
        VALUES ($1 /* subject */, $2 /* match */, nextval('follow_up_mark_id'), $3 /* mark */, $4 /* now */)";
}

/// The course that a match begins, or begins anew.
pub struct NewFollowUp {
    /// The match.
    pub match_case: MatchKey,
    /// What happens when.
    pub course: Course,
}

/// A match at which the driver has to look.
pub struct FollowUpToLookAt {
    /// The match.
    pub match_case: MatchKey,
    /// What happens when.
    pub course: Course,
    /// Whether the parties were reminded.
    pub reminded: bool,
    /// The match's name in the log.
    pub log_tag: u128,
    /// The officer's organisation, once there is one.
    pub officer: Option<[u8; 16]>,
}

/// What the driver did about a match.
pub struct FollowUpStepped {
    /// The match.
    pub match_case: MatchKey,
    /// When to look next.
    pub look_at: Option<Timestamp>,
    /// Whether the parties were reminded now.
    pub reminded: bool,
    /// Whether the officer has the task from now on.
    pub escalated: bool,
}

/// A match whose deadline passed, as it stands in the officer's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowUpTaskRow {
    /// The match.
    pub match_case: MatchKey,
    /// Since when it is the officer's, if contact is missing.
    pub escalates_at: Timestamp,
    /// The log does not know yet that the officer has it.
    pub untold: bool,
    /// The match's name in the log.
    pub log_tag: u128,
}

/// Something an officer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkRow {
    /// What.
    pub mark: String,
    /// When.
    pub marked_at: Timestamp,
}

impl Tx<'_, Matcher> {
    /// Begins the course of matches that opened, or that somebody joined.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn start_follow_ups(&self, new: &[NewFollowUp]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = new.iter().map(|new| new.match_case.subject).collect();
        let matches: Vec<i64> = new.iter().map(|new| new.match_case.row).collect();
        let remind: Vec<Timestamp> = new.iter().map(|new| new.course.remind_at).collect();
        let escalate: Vec<Timestamp> = new.iter().map(|new| new.course.escalates_at).collect();
        self.change_exactly(
            &START_FOLLOW_UPS,
            new.len(),
            &[&subjects, &matches, &remind, &escalate],
        )
        .await
    }

    /// Matches of these children that may be in an officer's list.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_ups_overdue(&self, subjects: &[i64]) -> Result<Vec<MatchKey>, StoreError> {
        let rows = self.rows(&FOLLOW_UPS_OVERDUE, &[&subjects, &self.now()]).await?;
        rows.iter().map(match_key).collect()
    }

    /// Children with a match at which the driver has to look, not locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_ups_due(&self, limit: i64) -> Result<Vec<i64>, StoreError> {
        let rows = self.rows(&FOLLOW_UPS_DUE, &[&self.now(), &limit]).await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Their matches at which it has to look, locked; the children must be locked before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_ups_to_look_at(&self, subjects: &[i64]) -> Result<Vec<FollowUpToLookAt>, StoreError> {
        let rows = self
            .rows(&FOLLOW_UPS_TO_LOOK_AT, &[&subjects, &self.now()])
            .await?;
        rows.iter()
            .map(|row| {
                let reminded_at: Option<Timestamp> = row.value("reminded_at")?;
                let officer: Option<uuid::Uuid> = row.value("public_id")?;
                Ok(FollowUpToLookAt {
                    match_case: match_key(row)?,
                    course: Course {
                        remind_at: row.value("remind_at")?,
                        escalates_at: row.value("escalates_at")?,
                    },
                    reminded: reminded_at.is_some(),
                    log_tag: row.tag("log_tag")?,
                    officer: officer.map(uuid::Uuid::into_bytes),
                })
            })
            .collect()
    }

    /// Notes what was done about them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn step_follow_ups(
        &self,
        stepped: &[FollowUpStepped],
        events: &[Event],
    ) -> Result<(), StoreError> {
        let subjects: Vec<i64> = stepped.iter().map(|step| step.match_case.subject).collect();
        let matches: Vec<i64> = stepped.iter().map(|step| step.match_case.row).collect();
        let look_at: Vec<Option<Timestamp>> = stepped.iter().map(|step| step.look_at).collect();
        let reminded: Vec<bool> = stepped.iter().map(|step| step.reminded).collect();
        let escalated: Vec<bool> = stepped.iter().map(|step| step.escalated).collect();
        self.change_exactly(
            &STEP_FOLLOW_UPS,
            stepped.len(),
            &[&self.now(), &subjects, &matches, &look_at, &reminded, &escalated],
        )
        .await?;
        self.record(events).await.map(drop)
    }
}

impl Tx<'_, Party> {
    /// Matches of this officer whose deadline passed, by row. Whether contact is missing in them is another question.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_up_tasks(&self, after: i64, limit: i64) -> Result<Vec<FollowUpTaskRow>, StoreError> {
        let rows = self
            .rows(&FOLLOW_UP_TASKS, &[&after, &limit, &self.now()])
            .await?;
        rows.iter().map(task_row).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_up_task(&self, key: MatchKey) -> Result<Option<FollowUpTaskRow>, StoreError> {
        let row = self
            .optional(&FOLLOW_UP_TASK, &[&key.subject, &key.row, &self.now()])
            .await?;
        row.as_ref().map(task_row).transpose()
    }

    /// Tells the log that the officer has this task, unless it knows.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_escalated(&self, key: MatchKey, event: &Event) -> Result<(), StoreError> {
        let told = self
            .change(&TELL_ESCALATED, &[&key.subject, &key.row, &self.now()])
            .await?;
        if told == 1 {
            self.record_one(event).await?;
        }
        Ok(())
    }

    /// What was done about a task, in the order in which it was noted.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn follow_up_marks(&self, key: MatchKey) -> Result<Vec<MarkRow>, StoreError> {
        let rows = self.rows(&FOLLOW_UP_MARKS, &[&key.subject, &key.row]).await?;
        rows.iter()
            .map(|row| {
                Ok(MarkRow {
                    mark: row.value("mark")?,
                    marked_at: row.value("marked_at")?,
                })
            })
            .collect()
    }

    /// Notes what was done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_mark(&self, key: MatchKey, mark: &str, event: &Event) -> Result<(), StoreError> {
        self.change_exactly(&INSERT_MARK, 1, &[&key.subject, &key.row, &mark, &self.now()])
            .await?;
        self.record_one(event).await.map(drop)
    }
}

fn match_key(row: &tokio_postgres::Row) -> Result<MatchKey, StoreError> {
    Ok(MatchKey {
        subject: row.value("subject_id")?,
        row: row.value("match_id")?,
    })
}

fn task_row(row: &tokio_postgres::Row) -> Result<FollowUpTaskRow, StoreError> {
    Ok(FollowUpTaskRow {
        match_case: match_key(row)?,
        escalates_at: row.value("escalates_at")?,
        untold: row.value("untold")?,
        log_tag: row.tag("log_tag")?,
    })
}
