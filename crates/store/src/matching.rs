//! What the matcher reads and writes, a set of children at a time.
//!
//! The children's rows are locked in a statement of their own; what is read after it sees every submission that
//! committed before the lock was had. So of two simultaneous signals the later task sees both.

use std::collections::{BTreeMap, HashMap};

use domain::event::Event;
use domain::key::{CovenantKey, MatchKey, OrganisationKey};
use domain::match_case::{ClosedMeeting, EarlierDeadline};
use domain::signal::Life;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::exchange::GoneContent;
use crate::signal::life_columns;
use crate::signal_life::{StoredSignal, stored_columns};
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

statements! {
    Matcher TAKE_TASKS = "
        DELETE FROM match_task
         WHERE id = ANY (ARRAY (SELECT id FROM match_task
                                 WHERE not_before IS NULL OR not_before <= $2 /* now */
                                 ORDER BY id LIMIT $1 /* limit */ FOR UPDATE SKIP LOCKED))
        RETURNING subject_id, met_subject_id, organisation_id";
    Matcher TAKE_TASKS_OF = "
        DELETE FROM match_task
         WHERE id = ANY (ARRAY (SELECT id FROM match_task
                                 WHERE id = ANY ($1::bigint[] /* tasks */) AND (not_before IS NULL OR not_before <= $2 /* now */)
                                 FOR UPDATE SKIP LOCKED))
        RETURNING subject_id, met_subject_id, organisation_id";
    Matcher SUBJECTS_WITH_TASKS = "
        SELECT subject_id, array_agg(id ORDER BY id) AS tasks
          FROM (SELECT subject_id, id FROM match_task
                 WHERE not_before IS NULL OR not_before <= $2 /* now */
                 ORDER BY id LIMIT $1 /* limit */) AS waiting
         GROUP BY subject_id ORDER BY subject_id";
    // After 1, 2, 4, 8 ... minutes, and at least once a day.
    Matcher SET_ASIDE = "
        UPDATE match_task
           SET tries = least(tries + 1, 30),
               not_before = $2::timestamptz /* now */ + make_interval(mins => least(1 << least(tries, 20), 1440))
         WHERE id = ANY ($1::bigint[] /* tasks */) AND (not_before IS NULL OR not_before <= $2)";
    Matcher INSERT_LATER_TASKS = "
        INSERT INTO match_task (subject_id, not_before)
        SELECT * FROM unnest($1::bigint[] /* subjects */, $2::timestamptz[] /* not before */)";
    Matcher LOCK_SUBJECTS = "
        SELECT id FROM subject WHERE id = ANY ($1::bigint[] /* subjects */) ORDER BY id FOR NO KEY UPDATE";
    Matcher ACTIVE_SIGNALS = concat!("
        SELECT ", stored_columns!(), ", ", life_columns!(), "
          FROM (SELECT * FROM signal WHERE subject_id = ANY ($1::bigint[] /* subjects */) OFFSET 0) AS g
          JOIN organisation o ON o.id = g.organisation_id
         WHERE g.state = 'active' AND g.expires_at > $2 /* now */ AND g.destroy_at > $2
           AND (g.paused_from IS NULL OR g.paused_from > $2)
         ORDER BY g.subject_id, g.id");
    Matcher OPEN_MATCHES = "
        SELECT m.subject_id, m.id, m.state, m.contact_deadline, m.earlier_deadline, m.deadline_shown_from, m.log_tag,
               p.organisation_id, p.signal_id, p.left_at, p.contact_confirmed_at IS NOT NULL AS confirmed,
               coalesce(p.paused_from <= $2 /* now */, false) AS paused, p.visible_at, o.public_id, o.covenant_id,
               EXISTS (SELECT FROM consent_party a JOIN consent c ON c.subject_id = a.subject_id AND c.id = a.consent_id
                        WHERE c.subject_id = m.subject_id AND c.match_id = m.id
                          AND a.organisation_id = p.organisation_id AND c.requested_at >= p.joined_at) AS asked
          FROM match_case m
          JOIN match_party p ON p.subject_id = m.subject_id AND p.match_id = m.id
          JOIN organisation o ON o.id = p.organisation_id
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.state <> 'closed'
         ORDER BY m.subject_id, p.joined_at, p.organisation_id";
    // Who took part in a closed match until its end, as far as those signals still count.
    Matcher CLOSED_MEETINGS = "
        SELECT m.subject_id, m.id, m.closed_at, p.signal_id, p.visible_at
          FROM match_case m
          JOIN match_party p ON p.subject_id = m.subject_id AND p.match_id = m.id AND p.left_at IS NULL
          JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id AND g.state = 'active'
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.state = 'closed'
         ORDER BY m.subject_id, m.id";
    Matcher DESTROY_CONTENT_OF_CLOSED = "
        UPDATE message m SET ciphertext = NULL, destroyed_at = $2 /* now */
          FROM match_case x
         WHERE x.subject_id = ANY ($1::bigint[] /* subjects */) AND x.state = 'closed'
           AND m.subject_id = x.subject_id AND m.match_id = x.id
           AND m.acknowledged_at IS NULL AND m.destroyed_at IS NULL
        RETURNING m.subject_id, m.id, m.log_tag, m.sent_at IS NULL AS arriving, x.log_tag AS match_tag,
                  (SELECT c.log_tag FROM consent c
                    WHERE c.subject_id = m.subject_id AND c.id = m.consent_id) AS consent_tag";
    Matcher NEXT_MATCH_IDS = "
        SELECT nextval('match_id') AS id FROM generate_series(1, $1::bigint /* count */)";
    Matcher INSERT_MATCHES = "
        INSERT INTO match_case (subject_id, id, state, opened_at, contact_deadline, covenant_id, log_tag)
        SELECT n.subject_id, n.id, 'open', $1 /* now */, n.contact_deadline, n.covenant_id, n.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* ids */, $4::date[] /* deadlines */,
                      $5::int[] /* covenants */, $6::uuid[] /* log tags */)
               AS n (subject_id, id, contact_deadline, covenant_id, log_tag)";
    Matcher INSERT_PARTIES = "
        INSERT INTO match_party (subject_id, match_id, organisation_id, signal_id, joined_at, visible_at, expires_at,
                                 professional, paused_from, hidden_until)
        SELECT n.subject_id, n.match_id, n.organisation_id, n.signal_id, $1 /* now */, n.visible_at, n.expires_at,
               n.professional, n.paused_from, n.hidden_until
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* matches */, $4::int[] /* organisations */,
                      $5::bigint[] /* signals */, $6::timestamptz[] /* visible at */,
                      $7::timestamptz[] /* expires at */, $8::bytea[] /* professionals */,
                      $9::timestamptz[] /* paused from */, $10::timestamptz[] /* hidden until */)
               AS n (subject_id, match_id, organisation_id, signal_id, visible_at, expires_at, professional,
                     paused_from, hidden_until)
            ON CONFLICT (subject_id, match_id, organisation_id)
            DO UPDATE SET signal_id = excluded.signal_id,
                          -- Later than whatever the family was asked about this organisation's earlier membership.
                          joined_at = greatest(excluded.joined_at,
                              (SELECT max(c.requested_at) + interval '1 microsecond' FROM consent c
                                WHERE c.subject_id = excluded.subject_id AND c.match_id = excluded.match_id)),
                          visible_at = excluded.visible_at, expires_at = excluded.expires_at,
                          professional = excluded.professional, paused_from = excluded.paused_from,
                          hidden_until = excluded.hidden_until, contact_confirmed_at = NULL, left_at = NULL,
                          left_because = NULL";
    Matcher REOPEN_MATCHES = "
        UPDATE match_case m SET state = 'open', contact_deadline = n.contact_deadline,
                                earlier_deadline = n.earlier_deadline, deadline_shown_from = n.shown_from
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::date[] /* deadlines */,
                      $4::date[] /* earlier deadlines */, $5::timestamptz[] /* shown from */)
               AS n (subject_id, id, contact_deadline, earlier_deadline, shown_from)
         WHERE m.subject_id = n.subject_id AND m.id = n.id AND m.state <> 'closed'";
}

/// A child whose signals changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchTask {
    /// The child.
    pub subject: i64,
    /// The child to which a newer token led, and who sent the tokens; the same child unless two are known for them.
    pub met: Option<(i64, OrganisationKey)>,
}

/// A child for which tasks wait, as rows of their own: a queue has no index on the child.
#[derive(Debug, Clone)]
pub struct WaitingChild {
    tasks: Vec<i64>,
}

/// A match that is not closed, with its parties.
pub struct OpenMatch {
    /// Its key.
    pub key: MatchKey,
    /// `open` or `contact_confirmed`.
    pub state: String,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// The deadline that is shown until somebody who joined is.
    pub earlier_deadline: Option<EarlierDeadline>,
    /// Its name in the log.
    pub log_tag: u128,
    /// Who takes part or took part.
    pub parties: Vec<MatchedParty>,
}

/// A party of an open match.
pub struct MatchedParty {
    /// Who.
    pub organisation: OrganisationKey,
    /// Its public id.
    pub organisation_id: [u8; 16],
    /// The covenant it signed.
    pub covenant: CovenantKey,
    /// The row of the signal with which it takes part; none once nothing of that is left.
    pub signal_row: Option<i64>,
    /// When its signal ended, if it did.
    pub left_at: Option<Timestamp>,
    /// It did what is asked of it: it confirmed contact, the family was asked about it, or its signal is paused.
    pub is_done: bool,
    /// From when every door shows it, and to it the match.
    pub visible_at: Timestamp,
}

/// A match to be opened.
pub struct NewMatch {
    /// Its key; the row from [`Tx::next_match_ids`].
    pub key: MatchKey,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// The covenant whose municipality answers for it.
    pub covenant: CovenantKey,
    /// Its name in the log.
    pub log_tag: u128,
}

/// A match that somebody joins.
pub struct JoinedMatch {
    /// Which.
    pub key: MatchKey,
    /// Last day to confirm contact from now on.
    pub contact_deadline: Date,
    /// The deadline that is shown until whoever joined is.
    pub earlier_deadline: Option<EarlierDeadline>,
}

/// A party that enters a match.
pub struct NewMatchParty<'s> {
    /// Which match.
    pub match_case: MatchKey,
    /// With which signal.
    pub signal: &'s StoredSignal,
    /// From when every door shows it.
    pub visible_at: Timestamp,
}

impl Tx<'_, Matcher> {
    /// Takes at most `limit` tasks.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_tasks(&self, limit: i64) -> Result<Vec<MatchTask>, StoreError> {
        let rows = self.rows(&TAKE_TASKS, &[&limit, &self.now()]).await?;
        rows.iter().map(match_task).collect()
    }

    /// Takes these tasks, which are of one child.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn take_tasks_of(&self, child: &WaitingChild) -> Result<Vec<MatchTask>, StoreError> {
        let rows = self.rows(&TAKE_TASKS_OF, &[&child.tasks, &self.now()]).await?;
        rows.iter().map(match_task).collect()
    }

    /// The children of at most `limit` tasks, which stay.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn subjects_with_tasks(&self, limit: i64) -> Result<Vec<WaitingChild>, StoreError> {
        let rows = self.rows(&SUBJECTS_WITH_TASKS, &[&limit, &self.now()]).await?;
        rows.iter()
            .map(|row| {
                let tasks = row.value("tasks")?;
                Ok(WaitingChild { tasks })
            })
            .collect()
    }

    /// Leaves these tasks of a child alone for a while, longer each time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn set_aside(&self, child: &WaitingChild) -> Result<u64, StoreError> {
        self.change(&SET_ASIDE, &[&child.tasks, &self.now()]).await
    }

    /// Has the matcher look at these children, each at its time.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_later_tasks(&self, later: &[(i64, Timestamp)]) -> Result<(), StoreError> {
        let (subjects, times): (Vec<i64>, Vec<Timestamp>) = later.iter().copied().unzip();
        self.change_exactly(&INSERT_LATER_TASKS, later.len(), &[&subjects, &times])
            .await
    }

    /// Destroys the content in closed matches of these children. `event` makes the leaf of each.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn destroy_content_of_closed(
        &self,
        subjects: &[i64],
        event: impl Fn(&GoneContent) -> Event,
    ) -> Result<(), StoreError> {
        self.await_senders_in_closed(subjects).await?;
        let rows = self
            .rows(&DESTROY_CONTENT_OF_CLOSED, &[&subjects, &self.now()])
            .await?;
        let events: Vec<Event> = self.parts_gone(&rows).await?.iter().map(event).collect();
        self.record(&events).await.map(drop)
    }

    /// The matches of these children that are closed and in which signals that still count took part, by child.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn closed_meetings(
        &self,
        subjects: &[i64],
    ) -> Result<HashMap<i64, Vec<ClosedMeeting>>, StoreError> {
        let rows = self.rows(&CLOSED_MEETINGS, &[&subjects]).await?;
        let mut meetings: BTreeMap<(i64, i64), ClosedMeeting> = BTreeMap::new();
        for row in &rows {
            let closed_at = row.value("closed_at")?;
            let meeting = meetings
                .entry((row.value("subject_id")?, row.value("id")?))
                .or_insert_with(|| ClosedMeeting {
                    closed_at,
                    signals: Vec::new(),
                });
            meeting
                .signals
                .push((row.value("signal_id")?, row.value("visible_at")?));
        }
        let mut by_child: HashMap<i64, Vec<ClosedMeeting>> = HashMap::new();
        for ((subject, _), meeting) in meetings {
            by_child.entry(subject).or_default().push(meeting);
        }
        Ok(by_child)
    }

    /// Locks these children.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lock_subjects(&self, subjects: &[i64]) -> Result<(), StoreError> {
        self.rows(&LOCK_SUBJECTS, &[&subjects]).await.map(drop)
    }

    /// Their signals that count now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn active_signals(&self, subjects: &[i64]) -> Result<Vec<StoredSignal>, StoreError> {
        let rows = self.rows(&ACTIVE_SIGNALS, &[&subjects, &self.now()]).await?;
        rows.iter().map(StoredSignal::read).collect()
    }

    /// Their matches that are not closed, by child.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_matches(&self, subjects: &[i64]) -> Result<HashMap<i64, OpenMatch>, StoreError> {
        let rows = self.rows(&OPEN_MATCHES, &[&subjects, &self.now()]).await?;
        let mut matches: HashMap<i64, OpenMatch> = HashMap::new();
        for row in &rows {
            let subject: i64 = row.value("subject_id")?;
            let party = MatchedParty {
                organisation: OrganisationKey(row.value("organisation_id")?),
                organisation_id: row.tag("public_id")?.to_be_bytes(),
                covenant: CovenantKey(row.value("covenant_id")?),
                signal_row: row.value("signal_id")?,
                left_at: row.value("left_at")?,
                is_done: row.value("confirmed")? || row.value("asked")? || row.value("paused")?,
                visible_at: row.value("visible_at")?,
            };
            if let Some(known) = matches.get_mut(&subject) {
                known.parties.push(party);
                continue;
            }
            let open = OpenMatch {
                key: MatchKey {
                    subject,
                    row: row.value("id")?,
                },
                state: row.value("state")?,
                contact_deadline: row.value("contact_deadline")?,
                earlier_deadline: row
                    .value::<Option<Date>>("earlier_deadline")?
                    .zip(row.value::<Option<Timestamp>>("deadline_shown_from")?)
                    .map(|(last_day, until)| EarlierDeadline { last_day, until }),
                log_tag: row.tag("log_tag")?,
                parties: vec![party],
            };
            matches.insert(subject, open);
        }
        Ok(matches)
    }

    /// Numbers for new matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_match_ids(&self, count: usize) -> Result<Vec<i64>, StoreError> {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.rows(&NEXT_MATCH_IDS, &[&count])
            .await?
            .iter()
            .map(|row| row.value("id"))
            .collect()
    }

    /// Opens matches.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_matches(&self, new: &[NewMatch], events: &[Event]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = new.iter().map(|new| new.key.subject).collect();
        let ids: Vec<i64> = new.iter().map(|new| new.key.row).collect();
        let deadlines: Vec<Date> = new.iter().map(|new| new.contact_deadline).collect();
        let covenants: Vec<i32> = new.iter().map(|new| new.covenant.0).collect();
        let tags: Vec<Uuid> = new.iter().map(|new| Uuid::from_u128(new.log_tag)).collect();
        self.change_exactly(
            &INSERT_MATCHES,
            new.len(),
            &[&self.now(), &subjects, &ids, &deadlines, &covenants, &tags],
        )
        .await?;
        self.record(events).await.map(drop)
    }

    /// Lets parties enter matches; a party that had left enters anew.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_parties(&self, new: &[NewMatchParty<'_>]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = new.iter().map(|new| new.match_case.subject).collect();
        let matches: Vec<i64> = new.iter().map(|new| new.match_case.row).collect();
        let organisations: Vec<i32> = new.iter().map(|new| new.signal.organisation.0).collect();
        let signals: Vec<i64> = new.iter().map(|new| new.signal.key.row).collect();
        let visible: Vec<Timestamp> = new.iter().map(|new| new.visible_at).collect();
        let facts: Vec<&Life> = new.iter().map(|new| &new.signal.life.facts).collect();
        let expires: Vec<Timestamp> = facts
            .iter()
            .map(|life| life.expires_at.min(life.destroy_at))
            .collect();
        let paused: Vec<Option<Timestamp>> = facts.iter().map(|life| life.paused_from).collect();
        let hidden: Vec<Option<Timestamp>> = new.iter().map(|new| new.signal.hidden_until).collect();
        let professionals: Vec<&[u8]> = new
            .iter()
            .map(|new| new.signal.professional.0.as_slice())
            .collect();
        self.change_exactly(
            &INSERT_PARTIES,
            new.len(),
            &[
                &self.now(),
                &subjects,
                &matches,
                &organisations,
                &signals,
                &visible,
                &expires,
                &professionals,
                &paused,
                &hidden,
            ],
        )
        .await
    }

    /// Puts matches that somebody joined back to `open`, with a new deadline.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn reopen_matches(&self, joined: &[JoinedMatch], events: &[Event]) -> Result<(), StoreError> {
        let subjects: Vec<i64> = joined.iter().map(|joined| joined.key.subject).collect();
        let ids: Vec<i64> = joined.iter().map(|joined| joined.key.row).collect();
        let deadlines: Vec<Date> = joined.iter().map(|joined| joined.contact_deadline).collect();
        let earlier = joined.iter().map(|joined| joined.earlier_deadline);
        let (last_days, shown_from): (Vec<Option<Date>>, Vec<Option<Timestamp>>) = earlier
            .map(|earlier| (earlier.map(|it| it.last_day), earlier.map(|it| it.until)))
            .unzip();
        let parameters: Parameters<'_> = &[&subjects, &ids, &deadlines, &last_days, &shown_from];
        self.change_exactly(&REOPEN_MATCHES, joined.len(), parameters)
            .await?;
        self.record(events).await.map(drop)
    }
}

fn match_task(row: &Row) -> Result<MatchTask, StoreError> {
    let met: Option<i64> = row.value("met_subject_id")?;
    let organisation: Option<i32> = row.value("organisation_id")?;
    Ok(MatchTask {
        subject: row.value("subject_id")?,
        met: met.zip(organisation.map(OrganisationKey)),
    })
}
