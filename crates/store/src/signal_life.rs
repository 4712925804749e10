//! What becomes of signals, in sets: the children whose rows are due, their signals, what is written of them, and who
//! leaves which match.
//!
//! Nothing becomes true here: every reader derives a signal's state from its instants. What is written tells the log, lets
//! parties leave their matches, and tidies up. The children's rows must be locked.

use domain::event::Event;
use domain::key::{CovenantKey, MatchKey, OrganisationKey, SignalKey};
use domain::signal::{EndedBecause, LeftBecause, Life, SignalState};
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::crypter::Sealed;
use crate::error::StoreError;
use crate::exchange::GoneContent;
use crate::signal::{SignalLife, life_columns};
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

/// The columns that a [`StoredSignal`] is read from, beside those of its life.
macro_rules! stored_columns {
    () => {
        "g.subject_id, g.id, g.organisation_id, g.professional, g.log_tag, g.hidden_until, o.covenant_id, o.public_id"
    };
}
pub(crate) use stored_columns;

statements! {
    Matcher DUE_SUBJECTS = "
        SELECT DISTINCT subject_id FROM (
            (SELECT subject_id FROM signal
              WHERE state IN ('sleeping', 'active', 'paused')
                AND least(expires_at, destroy_at, sleeps_until) <= $1 /* now */
                AND subject_id <> ALL ($3::bigint[] /* set aside */)
              ORDER BY least(expires_at, destroy_at, sleeps_until) LIMIT $2 /* limit */)
            UNION ALL
            (SELECT subject_id FROM signal
              WHERE state IN ('ended', 'expired') AND archive_from <= $1 AND subject_id <> ALL ($3)
              ORDER BY archive_from LIMIT $2)
            UNION ALL
            (SELECT subject_id FROM signal
              WHERE state IN ('ended', 'expired', 'archived') AND least(archive_until, destroy_at) <= $1
                AND subject_id <> ALL ($3)
              ORDER BY least(archive_until, destroy_at) LIMIT $2)) AS due
         ORDER BY subject_id LIMIT $2";
    Matcher SIGNALS_OF_SUBJECTS = concat!("
        SELECT ", stored_columns!(), ", ", life_columns!(), "
          FROM (SELECT * FROM signal WHERE subject_id = ANY ($1::bigint[] /* subjects */) OFFSET 0) AS g
          JOIN organisation o ON o.id = g.organisation_id
         WHERE g.state <> 'moved'
         ORDER BY g.subject_id, g.id");
    // For the replay after a restore, which looks through all of them once.
    Matcher SIGNALS_BY_TAGS = "
        SELECT subject_id, id, log_tag FROM signal
         WHERE log_tag = ANY ($1::uuid[] /* names in the log */) AND state <> 'moved' ORDER BY subject_id, id";
    Matcher WHERE_SIGNALS_ARE = "
        SELECT w.place, coalesce(m.to_subject_id, w.subject_id) AS subject_id
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */) WITH ORDINALITY AS w (subject_id, id, place)
          LEFT JOIN moved_signal m ON m.subject_id = w.subject_id AND m.id = w.id
         ORDER BY w.place";
    Matcher WRITE_LIVES = "
        UPDATE signal g
           SET state = d.state, sleeps_until = d.sleeps_until, paused_from = d.paused_from, ended_at = d.ended_at,
               end_reason = coalesce(d.end_reason, g.end_reason), archive_from = d.archive_from, archive_until = d.archive_until,
               archive_noticed_at = d.archive_noticed_at,
               woken_at = d.woken_at, archive_notice_tag = coalesce(d.notice_tag, g.archive_notice_tag)
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* rows */, $3::text[] /* states */,
                      $4::timestamptz[] /* asleep until */, $5::timestamptz[] /* paused from */,
                      $6::timestamptz[] /* ended at */, $7::text[] /* end reasons */,
                      $8::timestamptz[] /* archive from */, $9::timestamptz[] /* archive until */,
                      $10::timestamptz[] /* archive noticed at */, $11::timestamptz[] /* woken at */,
                      $12::uuid[] /* notices from the archive */)
               AS d (subject_id, id, state, sleeps_until, paused_from, ended_at, end_reason, archive_from,
                     archive_until, archive_noticed_at, woken_at, notice_tag)
         WHERE g.subject_id = d.subject_id AND g.id = d.id AND g.state <> 'moved'";
    Matcher COPY_PAUSES = "
        UPDATE match_party p SET paused_from = d.paused_from
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */, $3::timestamptz[] /* paused from */)
               AS d (subject_id, signal_id, paused_from)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id
           AND p.paused_from IS DISTINCT FROM d.paused_from";
    Matcher LEAVE_MATCHES = "
        UPDATE match_party p SET left_at = d.left_at, left_because = d.because
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */, $3::timestamptz[] /* left at */,
                      $4::text[] /* because */) AS d (subject_id, signal_id, left_at, because)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id AND p.left_at IS NULL
        RETURNING p.subject_id, p.match_id, p.organisation_id, p.left_because,
                  (SELECT m.log_tag FROM match_case m WHERE m.subject_id = p.subject_id AND m.id = p.match_id),
                  (SELECT m.state <> 'closed' FROM match_case m
                    WHERE m.subject_id = p.subject_id AND m.id = p.match_id) AS living,
                  (SELECT o.public_id FROM organisation o WHERE o.id = p.organisation_id)";
    // Who had left before it turned out that it should never have been there.
    Matcher CORRECT_LEFT = "
        UPDATE match_party p SET left_because = d.because
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */, $3::text[] /* because */)
               AS d (subject_id, signal_id, because)
         WHERE p.subject_id = d.subject_id AND p.signal_id = d.signal_id AND p.left_at IS NOT NULL
           AND p.subject_id = ANY ($1)
        RETURNING p.subject_id, p.match_id, p.organisation_id, p.left_because,
                  (SELECT m.log_tag FROM match_case m WHERE m.subject_id = p.subject_id AND m.id = p.match_id),
                  false AS living,
                  (SELECT o.public_id FROM organisation o WHERE o.id = p.organisation_id)";
    Matcher DESTROY_CONTENT_OF = "
        UPDATE message m SET ciphertext = NULL, destroyed_at = $4 /* now */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::int[] /* organisations */)
               AS d (subject_id, match_id, organisation_id)
         WHERE m.subject_id = d.subject_id AND m.match_id = d.match_id
           AND d.organisation_id IN (m.sender_id, m.recipient_id)
           AND m.acknowledged_at IS NULL AND m.destroyed_at IS NULL
        RETURNING m.subject_id, m.id, m.log_tag, m.sent_at IS NULL AS arriving,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag,
                  (SELECT x.log_tag FROM match_case x
                    WHERE x.subject_id = m.subject_id AND x.id = m.match_id) AS match_tag";
    Matcher OTHERS_IN_MATCHES = "
        SELECT p.subject_id, p.match_id, p.organisation_id, p.visible_at, p.left_at, p.expires_at, o.public_id,
               o.covenant_id, m.log_tag
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS d (subject_id, match_id)
          JOIN match_party p USING (subject_id, match_id)
          JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
          JOIN organisation o ON o.id = p.organisation_id
         ORDER BY p.subject_id, p.match_id, p.joined_at, p.organisation_id";
    Matcher INSERT_WAKE_TASKS = "
        INSERT INTO match_task (subject_id) SELECT * FROM unnest($1::bigint[] /* subjects */)";
}

/// A signal on record, as the service itself reads it.
pub struct StoredSignal {
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
    /// Until when the family is not shown it.
    pub hidden_until: Option<Timestamp>,
    /// Reference and work contact, encrypted for that organisation.
    pub professional: Sealed,
    /// Its name in the log.
    pub log_tag: u128,
}

impl StoredSignal {
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            key: SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            },
            organisation: OrganisationKey(row.value("organisation_id")?),
            organisation_id: row.tag("public_id")?.to_be_bytes(),
            covenant: CovenantKey(row.value("covenant_id")?),
            life: SignalLife::read(row)?,
            hidden_until: row.value("hidden_until")?,
            professional: Sealed(row.value("professional")?),
            log_tag: row.tag("log_tag")?,
        })
    }
}

/// What is to be written of a signal.
#[derive(Debug, Clone, Copy)]
pub struct WrittenLife {
    /// Which.
    pub key: SignalKey,
    /// Its state from now on.
    pub state: SignalState,
    /// Its facts from now on.
    pub facts: Life,
    /// Why it ended early, if it did.
    pub ended_because: Option<EndedBecause>,
    /// The name in the log of the notice by which it is told of, if it is told of now.
    pub archive_notice: Option<u128>,
}

/// A signal that no longer counts.
#[derive(Debug, Clone, Copy)]
pub struct LeavingSignal {
    /// Which.
    pub key: SignalKey,
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub because: LeftBecause,
}

/// A party that left a match.
#[derive(Debug, Clone, Copy)]
pub struct LeftMatch {
    /// Which match.
    pub match_case: MatchKey,
    /// Its name in the log.
    pub match_tag: u128,
    /// Who left.
    pub organisation: OrganisationKey,
    /// Its public id.
    pub organisation_id: [u8; 16],
    /// Why.
    pub because: LeftBecause,
    /// Whether the match was not over yet.
    pub living: bool,
}

impl LeftMatch {
    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            match_case: MatchKey {
                subject: row.value("subject_id")?,
                row: row.value("match_id")?,
            },
            match_tag: row.tag("log_tag")?,
            organisation: OrganisationKey(row.value("organisation_id")?),
            organisation_id: row.tag("public_id")?.to_be_bytes(),
            living: row.value("living")?,
            because: LeftBecause::from_slug(row.value("left_because")?).map_err(|_| StoreError::Column {
                column: "left_because",
            })?,
        })
    }
}

/// Whoever is or was in a match.
#[derive(Debug, Clone, Copy)]
pub struct PartyToTell {
    /// The match.
    pub match_case: MatchKey,
    /// Its name in the log.
    pub match_tag: u128,
    /// Who.
    pub organisation: OrganisationKey,
    /// Its public id.
    pub organisation_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// From when it is shown the match.
    pub visible_at: Timestamp,
    /// When it left, if it did.
    pub left_at: Option<Timestamp>,
    /// The end of its signal as it was planned.
    pub expires_at: Timestamp,
}

impl Tx<'_, Matcher> {
    /// Children with a signal of which something is to be written down, but those set aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn due_subjects(&self, limit: i64, set_aside: &[i64]) -> Result<Vec<i64>, StoreError> {
        let rows = self
            .rows(&DUE_SUBJECTS, &[&self.now(), &limit, &set_aside])
            .await?;
        rows.iter().map(|row| row.value("subject_id")).collect()
    }

    /// Every signal of these children.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signals_of(&self, subjects: &[i64]) -> Result<Vec<StoredSignal>, StoreError> {
        let rows = self.rows(&SIGNALS_OF_SUBJECTS, &[&subjects]).await?;
        rows.iter().map(StoredSignal::read).collect()
    }

    /// The signals of these names in the log that are still there, with their names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signals_by_tags(&self, tags: &[u128]) -> Result<Vec<(SignalKey, u128)>, StoreError> {
        let tags: Vec<Uuid> = tags.iter().map(|tag| Uuid::from_u128(*tag)).collect();
        let rows = self.rows(&SIGNALS_BY_TAGS, &[&tags]).await?;
        let key = |row: &tokio_postgres::Row| {
            let key = SignalKey {
                subject: row.value("subject_id")?,
                row: row.value("id")?,
            };
            Ok((key, row.tag("log_tag")?))
        };
        rows.iter().map(key).collect()
    }

    /// Where these signals are now, in the order given: two children may have turned out to be one since a key was given
    /// out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn where_signals_are(&self, keys: &[SignalKey]) -> Result<Vec<SignalKey>, StoreError> {
        let (subjects, rows) = columns(keys.iter().copied());
        self.rows(&WHERE_SIGNALS_ARE, &[&subjects, &rows])
            .await?
            .iter()
            .zip(keys)
            .map(|(row, key)| {
                Ok(SignalKey {
                    subject: row.value("subject_id")?,
                    row: key.row,
                })
            })
            .collect()
    }

    /// Writes what became of these signals, and their copies in matches: the one place where either changes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn write_lives(&self, written: &[WrittenLife], events: &[Event]) -> Result<(), StoreError> {
        let (subjects, rows) = columns(written.iter().map(|written| written.key));
        let facts: Vec<Life> = written.iter().map(|written| written.facts).collect();
        let states: Vec<&str> = written.iter().map(|written| written.state.slug()).collect();
        let asleep: Vec<Option<Timestamp>> = facts.iter().map(|life| life.sleeps_until).collect();
        let paused: Vec<Option<Timestamp>> = facts.iter().map(|life| life.paused_from).collect();
        let ended: Vec<Option<Timestamp>> = facts.iter().map(|life| life.ended_at).collect();
        let because: Vec<Option<&str>> = written
            .iter()
            .map(|written| written.ended_because.map(EndedBecause::slug))
            .collect();
        let archived: Vec<Timestamp> = facts.iter().map(|life| life.archive.from).collect();
        let kept: Vec<Timestamp> = facts.iter().map(|life| life.archive.until).collect();
        let noticed: Vec<Option<Timestamp>> = facts.iter().map(|life| life.archive.noticed_at).collect();
        let woken: Vec<Option<Timestamp>> = facts.iter().map(|life| life.woken_at).collect();
        let notices: Vec<Option<Uuid>> = written
            .iter()
            .map(|written| written.archive_notice.map(Uuid::from_u128))
            .collect();
        let parameters: Parameters<'_> = &[
            &subjects, &rows, &states, &asleep, &paused, &ended, &because, &archived, &kept, &noticed,
            &woken, &notices,
        ];
        self.change_exactly(&WRITE_LIVES, written.len(), parameters)
            .await?;
        self.queue_circles(&subjects).await?;
        self.change(&COPY_PAUSES, &[&subjects, &rows, &paused]).await?;
        self.record(events).await.map(drop)
    }

    /// Lets these signals' organisations leave their matches, and destroys what was sent to or by them there. `leaves` makes
    /// the leaf of each that left, `destroyed` that of each message or attachment.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn leave_matches(
        &self,
        leaving: &[LeavingSignal],
        leaves: impl Fn(&LeftMatch) -> Event,
        destroyed: impl Fn(&GoneContent) -> Event,
    ) -> Result<Vec<LeftMatch>, StoreError> {
        let (subjects, rows) = columns(leaving.iter().map(|leaving| leaving.key));
        let at: Vec<Timestamp> = leaving.iter().map(|leaving| leaving.at).collect();
        let because: Vec<&str> = leaving.iter().map(|leaving| leaving.because.slug()).collect();
        let left = self
            .rows(&LEAVE_MATCHES, &[&subjects, &rows, &at, &because])
            .await?
            .iter()
            .map(LeftMatch::read)
            .collect::<Result<Vec<LeftMatch>, StoreError>>()?;
        let subjects: Vec<i64> = left.iter().map(|left| left.match_case.subject).collect();
        let matches: Vec<i64> = left.iter().map(|left| left.match_case.row).collect();
        let organisations: Vec<i32> = left.iter().map(|left| left.organisation.0).collect();
        self.await_senders(&subjects, &matches).await?;
        let parameters: Parameters<'_> = &[&subjects, &matches, &organisations, &self.now()];
        // Nobody leaves a match that is over.
        let mut events: Vec<Event> = left.iter().filter(|left| left.living).map(leaves).collect();
        let rows = self.rows(&DESTROY_CONTENT_OF, parameters).await?;
        events.extend(self.parts_gone(&rows).await?.iter().map(destroyed));
        self.record(&events).await?;
        Ok(left)
    }

    /// Notes of these signals, whose organisations had left their matches before, why they should never have been there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn correct_left(&self, gone: &[LeavingSignal]) -> Result<Vec<LeftMatch>, StoreError> {
        if gone.is_empty() {
            return Ok(Vec::new());
        }
        let (subjects, rows) = columns(gone.iter().map(|gone| gone.key));
        let because: Vec<&str> = gone.iter().map(|gone| gone.because.slug()).collect();
        self.rows(&CORRECT_LEFT, &[&subjects, &rows, &because])
            .await?
            .iter()
            .map(LeftMatch::read)
            .collect()
    }

    /// Everybody who is or was in these matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn parties_to_tell(&self, matches: &[MatchKey]) -> Result<Vec<PartyToTell>, StoreError> {
        let subjects: Vec<i64> = matches.iter().map(|key| key.subject).collect();
        let rows: Vec<i64> = matches.iter().map(|key| key.row).collect();
        let rows = self.rows(&OTHERS_IN_MATCHES, &[&subjects, &rows]).await?;
        rows.iter()
            .map(|row| {
                Ok(PartyToTell {
                    match_case: MatchKey {
                        subject: row.value("subject_id")?,
                        row: row.value("match_id")?,
                    },
                    match_tag: row.tag("log_tag")?,
                    organisation: OrganisationKey(row.value("organisation_id")?),
                    organisation_id: row.tag("public_id")?.to_be_bytes(),
                    covenant: CovenantKey(row.value("covenant_id")?),
                    visible_at: row.value("visible_at")?,
                    left_at: row.value("left_at")?,
                    expires_at: row.value("expires_at")?,
                })
            })
            .collect()
    }

    /// Has the matcher look at these children.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_wake_tasks(&self, subjects: &[i64]) -> Result<(), StoreError> {
        self.change_exactly(&INSERT_WAKE_TASKS, subjects.len(), &[&subjects])
            .await
    }
}

/// Keys as columns.
pub(crate) fn columns(keys: impl Iterator<Item = SignalKey>) -> (Vec<i64>, Vec<i64>) {
    keys.map(|key| (key.subject, key.row)).unzip()
}
