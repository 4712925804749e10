//! What the matcher reads and writes, a set of children at a time.
//!
//! The children's rows are locked in a statement of their own; what is read after it sees every submission that
//! committed before the lock was had. So of two simultaneous signals the later task sees both.

use std::collections::HashMap;

use domain::event::Event;
use domain::key::{CovenantKey, MatchKey, OrganisationKey};
use domain::signal::Life;
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use crate::error::StoreError;
use crate::signal::life_columns;
use crate::signal_life::{StoredSignal, stored_columns};
use crate::statement::statements;
use crate::work::{Matcher, RowExt, Tx};

statements! {
    Matcher TAKE_TASKS = "
        DELETE FROM match_task
         WHERE id IN (SELECT id FROM match_task ORDER BY id LIMIT $1 /* limit */ FOR UPDATE SKIP LOCKED)
        RETURNING subject_id, met_subject_id, organisation_id";
    Matcher LOCK_SUBJECTS = "
        SELECT id FROM subject WHERE id = ANY ($1::bigint[] /* subjects */) ORDER BY id FOR NO KEY UPDATE";
    Matcher ACTIVE_SIGNALS = concat!("
        SELECT ", stored_columns!(), ", ", life_columns!(), "
          FROM signal g JOIN organisation o ON o.id = g.organisation_id
         WHERE g.subject_id = ANY ($1::bigint[] /* subjects */)
           AND g.state = 'active' AND g.expires_at > $2 /* now */ AND g.destroy_at > $2
           AND (g.paused_from IS NULL OR g.paused_from > $2)
         ORDER BY g.subject_id, g.id");
    Matcher OPEN_MATCHES = "
        SELECT m.subject_id, m.id, m.state, m.contact_deadline, m.log_tag, p.organisation_id, p.signal_id,
               p.left_at IS NULL AS present, p.contact_confirmed_at IS NOT NULL AS confirmed, p.visible_at,
               o.public_id, o.covenant_id
          FROM match_case m
          JOIN match_party p ON p.subject_id = m.subject_id AND p.match_id = m.id
          JOIN organisation o ON o.id = p.organisation_id
         WHERE m.subject_id = ANY ($1::bigint[] /* subjects */) AND m.state <> 'closed'
         ORDER BY m.subject_id, p.joined_at, p.organisation_id";
    Matcher NEXT_MATCH_IDS = "
        SELECT nextval('match_id') AS id FROM generate_series(1, $1::bigint /* count */)";
    Matcher INSERT_MATCHES = "
        INSERT INTO match_case (subject_id, id, state, opened_at, contact_deadline, log_tag)
        SELECT n.subject_id, n.id, 'open', $1 /* now */, n.contact_deadline, n.log_tag
          FROM unnest($2::bigint[] /* subjects */, $3::bigint[] /* ids */, $4::date[] /* deadlines */,
                      $5::uuid[] /* log tags */) AS n (subject_id, id, contact_deadline, log_tag)";
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
            DO UPDATE SET signal_id = excluded.signal_id, joined_at = excluded.joined_at,
                          visible_at = excluded.visible_at, expires_at = excluded.expires_at,
                          professional = excluded.professional, paused_from = excluded.paused_from,
                          hidden_until = excluded.hidden_until, contact_confirmed_at = NULL, left_at = NULL,
                          left_because = NULL";
    Matcher REOPEN_MATCHES = "
        UPDATE match_case m SET state = 'open', contact_deadline = n.contact_deadline
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */, $3::date[] /* deadlines */)
               AS n (subject_id, id, contact_deadline)
         WHERE m.subject_id = n.subject_id AND m.id = n.id";
}

/// A child whose signals changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MatchTask {
    /// The child.
    pub subject: i64,
    /// The child to which a newer token led, and who sent the tokens; the same child unless two are known for them.
    pub met: Option<(i64, OrganisationKey)>,
}

/// A match that is not closed, with its parties.
pub struct OpenMatch {
    /// Its key.
    pub key: MatchKey,
    /// `open` or `contact_confirmed`.
    pub state: String,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
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
    /// Its signal has not ended.
    pub present: bool,
    /// It confirmed contact.
    pub contact_confirmed: bool,
    /// From when every door shows it, and to it the match.
    pub visible_at: Timestamp,
}

/// A match to be opened.
pub struct NewMatch {
    /// Its key; the row from [`Tx::next_match_ids`].
    pub key: MatchKey,
    /// Last day to confirm contact.
    pub contact_deadline: Date,
    /// Its name in the log.
    pub log_tag: u128,
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
        let rows = self.rows(&TAKE_TASKS, &[&limit]).await?;
        rows.iter()
            .map(|row| {
                let met: Option<i64> = row.value("met_subject_id")?;
                let organisation: Option<i32> = row.value("organisation_id")?;
                Ok(MatchTask {
                    subject: row.value("subject_id")?,
                    met: met.zip(organisation.map(OrganisationKey)),
                })
            })
            .collect()
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
        let rows = self.rows(&OPEN_MATCHES, &[&subjects]).await?;
        let mut matches: HashMap<i64, OpenMatch> = HashMap::new();
        for row in &rows {
            let subject: i64 = row.value("subject_id")?;
            let party = MatchedParty {
                organisation: OrganisationKey(row.value("organisation_id")?),
                organisation_id: row.tag("public_id")?.to_be_bytes(),
                covenant: CovenantKey(row.value("covenant_id")?),
                signal_row: row.value("signal_id")?,
                present: row.value("present")?,
                contact_confirmed: row.value("confirmed")?,
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
        let tags: Vec<Uuid> = new.iter().map(|new| Uuid::from_u128(new.log_tag)).collect();
        self.change_exactly(
            &INSERT_MATCHES,
            new.len(),
            &[&self.now(), &subjects, &ids, &deadlines, &tags],
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
        let expires: Vec<Timestamp> = facts.iter().map(|life| life.expires_at).collect();
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
    pub async fn reopen_matches(
        &self,
        joined: &[(MatchKey, Date)],
        events: &[Event],
    ) -> Result<(), StoreError> {
        let subjects: Vec<i64> = joined.iter().map(|(key, _)| key.subject).collect();
        let ids: Vec<i64> = joined.iter().map(|(key, _)| key.row).collect();
        let deadlines: Vec<Date> = joined.iter().map(|(_, deadline)| *deadline).collect();
        self.change_exactly(&REOPEN_MATCHES, joined.len(), &[&subjects, &ids, &deadlines])
            .await?;
        self.record(events).await.map(drop)
    }
}
