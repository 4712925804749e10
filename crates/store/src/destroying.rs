//! Destroying signals, and with the last of them everything that hung on them: a match when nothing of its parties' signals
//! is left, the child with its tags when it has no signal.
//!
//! A party's row in a match outlives its signal as long as the match stays, without its contact, so that the others can
//! still be shown what happened.

use domain::event::Event;
use domain::key::SignalKey;

use crate::error::StoreError;
use crate::hanging::HANGING;
use crate::signal_life::columns;
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    // The rows that a signal left behind under children it was known by before: wherever it passed, also where no public
    // id of it was given out. It keeps its number.
    Matcher FORMER_PLACES = "
        SELECT f.subject_id, f.id
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) AS d (subject_id, id)
          JOIN signal g ON g.subject_id = d.subject_id AND g.id = d.id
          JOIN signal f ON f.organisation_id = g.organisation_id AND f.id = g.id AND f.state = 'moved'";
    Matcher LET_GO_OF_SIGNALS = "
        UPDATE match_party p SET signal_id = NULL, professional = ''
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id";
    Matcher LET_GO_OF_OBJECTED = "
        UPDATE objection o SET signal_id = NULL
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, signal_id)
         WHERE o.subject_id = d.subject_id AND o.signal_id = d.signal_id";
    Matcher FORSAKEN_MATCHES = "
        SELECT m.subject_id, m.id FROM match_case m
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */)
           AND NOT EXISTS (SELECT FROM match_party p WHERE p.subject_id = m.subject_id AND p.match_id = m.id
                              AND p.signal_id IS NOT NULL)
         ORDER BY m.subject_id, m.id";
    // What was said of two children by an organisation that no longer has a signal about either.
    Matcher FORGET_PAIRS = "
        DELETE FROM subject_pair p
         WHERE (p.subject_id = ANY ($1::bigint[] /* subjects */) OR p.other_subject_id = ANY ($1))
           AND NOT EXISTS (SELECT FROM signal g WHERE g.subject_id IN (p.subject_id, p.other_subject_id)
                              AND g.organisation_id + 0 = p.organisation_id AND g.state <> 'moved')";
    Matcher CHILDREN_WITHOUT_SIGNAL = "
        SELECT w.subject_id FROM unnest($1::bigint[] /* subjects */) AS w (subject_id)
         WHERE NOT EXISTS (SELECT FROM signal g WHERE g.subject_id = w.subject_id)";
    // A submission that knows the child by a tag holds the tag: it is waited for, and its signal seen by the next statement;
    // one that comes later waits, and finds that the tag is gone.
    Matcher LOCK_TAGS = "
        SELECT t.subject_id FROM subject_tag t WHERE t.subject_id = ANY ($1::bigint[] /* subjects */) FOR UPDATE";
    // The same for a child that is known by its organisations' references.
    Matcher LOCK_REFERENCES = "
        SELECT c.subject_id FROM client_reference c WHERE c.subject_id = ANY ($1::bigint[] /* subjects */) FOR UPDATE";
    // Who was asked whether one of them is the same child still sees that it was.
    Matcher LET_GO_OF_LOOKALIKES = "
        UPDATE soft_match_party p SET other_subject_id = NULL, ends_at = least(p.ends_at, $2 /* now */)
         WHERE p.other_subject_id = ANY ($1::bigint[] /* subjects */)";
}

impl Tx<'_, Matcher> {
    /// Destroys these signals and whatever no other signal keeps. Their children must be locked, and their organisations
    /// must have left their matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_signals(&self, signals: &[SignalKey], events: &[Event]) -> Result<(), StoreError> {
        if signals.is_empty() {
            return Ok(());
        }
        let (subjects, rows) = columns(signals.iter().copied());
        let mut all = signals.to_vec();
        for row in self.rows(&FORMER_PLACES, &[&subjects, &rows]).await? {
            all.push(SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            });
        }
        let (subjects, rows) = columns(all.iter().copied());
        self.lock_subjects(&subjects).await?;
        self.queue_circles(&subjects).await?;
        self.change(&LET_GO_OF_SIGNALS, &[&subjects, &rows]).await?;
        self.change(&LET_GO_OF_OBJECTED, &[&subjects, &rows]).await?;
        for hanging in HANGING {
            if let Some(statement) = &hanging.with_signals {
                self.change(statement, &[&subjects, &rows]).await?;
            }
        }
        self.destroy_forsaken(&subjects).await?;
        self.change(&FORGET_PAIRS, &[&subjects]).await?;
        self.destroy_children(subjects).await?;
        self.record(events).await.map(drop)
    }

    /// Matches of which no party has a signal on record, closed long since.
    async fn destroy_forsaken(&self, subjects: &[i64]) -> Result<(), StoreError> {
        let rows = self.rows(&FORSAKEN_MATCHES, &[&subjects]).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let subjects: Vec<i64> = rows
            .iter()
            .map(|row| row.value("subject_id"))
            .collect::<Result<_, _>>()?;
        let matches: Vec<i64> = rows.iter().map(|row| row.value("id")).collect::<Result<_, _>>()?;
        for hanging in HANGING {
            if let Some(statement) = &hanging.with_matches {
                self.change(statement, &[&subjects, &matches]).await?;
            }
        }
        Ok(())
    }

    /// Those of these children that nobody has a signal about any more.
    async fn destroy_children(&self, mut subjects: Vec<i64>) -> Result<(), StoreError> {
        subjects.sort_unstable();
        subjects.dedup();
        let without = async |subjects: &[i64]| -> Result<Vec<i64>, StoreError> {
            let rows = self.rows(&CHILDREN_WITHOUT_SIGNAL, &[&subjects]).await?;
            rows.iter().map(|row| row.value("subject_id")).collect()
        };
        let perhaps = without(&subjects).await?;
        if perhaps.is_empty() {
            return Ok(());
        }
        self.rows(&LOCK_TAGS, &[&perhaps]).await?;
        self.rows(&LOCK_REFERENCES, &[&perhaps]).await?;
        let gone = without(&perhaps).await?;
        if gone.is_empty() {
            return Ok(());
        }
        self.change(&LET_GO_OF_LOOKALIKES, &[&gone, &self.now()]).await?;
        for hanging in HANGING {
            self.change(&hanging.with_children, &[&gone]).await?;
        }
        Ok(())
    }
}
