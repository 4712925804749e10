//! Soft matches: two children of one service key, and each organisation's side of it.
//!
//! A party reads its own side alone, with a copy of what it may know; the matcher reads all sides and writes the copies.

use domain::event::Event;
use domain::key::{OrganisationKey, SignalKey, SoftMatchKey};
use domain::soft_match::SoftMatchState;
use jiff::Timestamp;
use tokio_postgres::Row;
use uuid::Uuid;

use crate::error::StoreError;
use crate::merging::SubjectPair;
use crate::signal::life_columns;
use crate::signal_life::{StoredSignal, stored_columns};
use crate::statement::statements;
use crate::work::{Matcher, Party, RowExt, Tx};

/// Within a statement on `soft_match s`: the sides `p` of it.
macro_rules! sides {
    () => {
        "p.subject_id IN (s.subject_id, s.other_subject_id) AND p.other_subject_id IN (s.subject_id, s.other_subject_id)"
    };
}

statements! {
    // Of a key under which there are very many the first: the rules compare few.
    Matcher LOOKALIKES = concat!("
        SELECT w.circle_id, ", stored_columns!(), ", ", life_columns!(), "
          FROM unnest($1::bigint[] /* circles */) AS w (circle_id)
         CROSS JOIN LATERAL (SELECT c.subject_id, c.signal_id
                               FROM signal_circle c JOIN signal s ON s.subject_id = c.subject_id AND s.id = c.signal_id
                              WHERE c.circle_id = w.circle_id AND c.kind = 16 AND s.state = 'active'
                                AND s.expires_at > $2 /* now */ AND s.destroy_at > $2
                                AND (s.paused_from IS NULL OR s.paused_from > $2)
                              ORDER BY c.signal_id LIMIT $3 /* limit */) AS n
          JOIN signal g ON g.subject_id = n.subject_id AND g.id = n.signal_id
          JOIN organisation o ON o.id = g.organisation_id
         ORDER BY w.circle_id, g.id");
    Matcher SOFT_MATCHES_OF = "
        SELECT subject_id, other_subject_id, state, log_tag FROM soft_match
         WHERE subject_id = ANY ($1::bigint[] /* children */) OR other_subject_id = ANY ($1)";
    // Locked, so that no answer changes meanwhile.
    Matcher ASKED_PARTIES = concat!("
        SELECT p.id AS party_id, p.other_subject_id, p.same_child, p.visible_at, p.log_tag AS soft_tag, ",
               stored_columns!(), ", ", life_columns!(), "
          FROM soft_match_party p
          JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
          JOIN organisation o ON o.id = g.organisation_id
         WHERE p.subject_id = ANY ($1::bigint[] /* children */) AND p.other_subject_id IS NOT NULL AND p.state IS NULL
         ORDER BY p.subject_id, p.id FOR UPDATE OF p");
    Matcher INSERT_SOFT_MATCHES = "
        INSERT INTO soft_match (subject_id, other_subject_id, state, found_at, log_tag)
        SELECT n.subject_id, n.other_subject_id, 'asked', $1 /* now */, n.log_tag
          FROM unnest($2::bigint[] /* children */, $3::bigint[] /* others */, $4::uuid[] /* log tags */)
               AS n (subject_id, other_subject_id, log_tag)";
    // When it ends is put right after, by the signals.
    Matcher INSERT_SOFT_PARTIES = "
        INSERT INTO soft_match_party (subject_id, id, other_subject_id, signal_id, organisation_id, visible_at, ends_at,
                                      log_tag)
        SELECT n.subject_id, nextval('soft_match_party_id'), n.other_subject_id, n.signal_id, n.organisation_id,
               n.visible_at, n.visible_at, n.log_tag
          FROM unnest($1::bigint[] /* children */, $2::bigint[] /* others */, $3::bigint[] /* signals */,
                      $4::int[] /* organisations */, $5::timestamptz[] /* visible at */, $6::uuid[] /* log tags */)
               AS n (subject_id, other_subject_id, signal_id, organisation_id, visible_at, log_tag)";
    Matcher REFRESH_SOFT_ENDS = concat!("
        UPDATE soft_match_party p SET ends_at = s.ends_at
          FROM (SELECT m.subject_id, m.other_subject_id,
                       least((SELECT coalesce(max(least(g.expires_at, g.destroy_at, g.ended_at)), $2 /* now */)
                                FROM signal g
                               WHERE g.subject_id = m.subject_id AND g.state NOT IN ('sleeping', 'moved')),
                             (SELECT coalesce(max(least(g.expires_at, g.destroy_at, g.ended_at)), $2)
                                FROM signal g
                               WHERE g.subject_id = m.other_subject_id AND g.state NOT IN ('sleeping', 'moved')))
                       AS ends_at
                  FROM soft_match m
                 WHERE m.state = 'asked'
                   AND EXISTS (SELECT FROM signal_circle c
                                WHERE c.circle_id = ANY ($1::bigint[] /* circles */)
                                  AND c.subject_id IN (m.subject_id, m.other_subject_id))) AS s
         WHERE ", sides!(), " AND p.state IS NULL AND p.ends_at <> s.ends_at");
    // One no, or of all that count a yes and none that waits or is paused.
    Matcher ANSWERED_SOFT_MATCHES = concat!("
        SELECT s.subject_id, s.other_subject_id FROM soft_match s
         WHERE s.state = 'asked'
           AND EXISTS (SELECT FROM soft_match_party p WHERE ", sides!(), " AND p.same_child IS NOT NULL)
           AND (EXISTS (SELECT FROM soft_match_party p WHERE ", sides!(), " AND NOT p.same_child)
                OR NOT EXISTS (SELECT FROM soft_match_party p
                                 JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
                                WHERE ", sides!(), " AND p.state IS NULL AND g.state IN ('active', 'paused')
                                  AND g.expires_at > $1 /* now */ AND g.destroy_at > $1
                                  AND (p.same_child IS NULL OR g.paused_from <= $1)))
           AND NOT EXISTS (SELECT FROM soft_match_party p WHERE ", sides!(), " AND p.ends_at <= $1
                              AND p.same_child IS DISTINCT FROM false)
         ORDER BY s.found_at LIMIT $2 /* limit */");
    Matcher CLOSE_SOFT_MATCH = "
        UPDATE soft_match SET state = $3 /* state */, closed_at = $4 /* now */
         WHERE subject_id = $1 /* child */ AND other_subject_id = $2 /* other */ AND state = 'asked'";
    Matcher TELL_SOFT_PARTIES = "
        UPDATE soft_match_party SET state = $3 /* state */, told_at = $4 /* told at */
         WHERE subject_id IN ($1 /* child */, $2 /* other */) AND other_subject_id IN ($1, $2) AND state IS NULL";
    // What was denied of the child that goes is denied of the one that stays.
    Matcher REPOINT_DENIED = "
        INSERT INTO soft_match (subject_id, other_subject_id, state, found_at, closed_at, log_tag)
        SELECT least(d.third, $1 /* survivor */), greatest(d.third, $1), 'denied', d.found_at, d.closed_at, d.log_tag
          FROM (SELECT CASE WHEN subject_id = $2 /* other */ THEN other_subject_id ELSE subject_id END AS third,
                       found_at, closed_at, log_tag
                  FROM soft_match WHERE $2 IN (subject_id, other_subject_id) AND state = 'denied') AS d
         WHERE d.third <> $1
            ON CONFLICT (subject_id, other_subject_id)
            DO UPDATE SET state = 'denied', closed_at = excluded.closed_at WHERE soft_match.state = 'asked'";
    Matcher TELL_REPOINTED = concat!("
        UPDATE soft_match_party p SET state = 'denied', told_at = $2 /* now */
          FROM soft_match s
         WHERE ", sides!(), " AND p.state IS NULL AND s.state = 'denied'
           AND $1 /* survivor */ IN (s.subject_id, s.other_subject_id)");
    Matcher END_SOFT_PARTIES = "
        UPDATE soft_match_party SET ends_at = least(ends_at, $3 /* now */)
         WHERE $2 /* other */ IN (subject_id, other_subject_id) AND $1 /* survivor */ NOT IN (subject_id, other_subject_id)
           AND state IS NULL";
    Matcher DELETE_REPOINTED = "
        DELETE FROM soft_match
         WHERE $2 /* other */ IN (subject_id, other_subject_id) AND $1 /* survivor */ NOT IN (subject_id, other_subject_id)";
    Party OWN_SOFT_MATCHES = "
        SELECT p.subject_id, p.id, coalesce(m.subject_id, p.subject_id) AS shown_subject_id, p.signal_id, p.visible_at,
               p.ends_at, p.same_child, p.answered_at, p.state, p.told_at, p.log_tag
          FROM soft_match_party p
          LEFT JOIN moved_signal m ON m.to_subject_id = p.subject_id AND m.id = p.signal_id
         WHERE p.organisation_id = current_organisation() AND p.id < $1 /* before */ ORDER BY p.id DESC LIMIT $2 /* limit */";
    Party OWN_SOFT_MATCH = "
        SELECT p.subject_id, p.id, coalesce(m.subject_id, p.subject_id) AS shown_subject_id, p.signal_id, p.visible_at,
               p.ends_at, p.same_child, p.answered_at, p.state, p.told_at, p.log_tag
          FROM soft_match_party p
          LEFT JOIN moved_signal m ON m.to_subject_id = p.subject_id AND m.id = p.signal_id
         WHERE p.subject_id = $1 /* child */ AND p.id = $2 /* row */ AND p.organisation_id = current_organisation()";
    Party OWN_SOFT_MATCH_FOR_UPDATE = "
        SELECT p.subject_id, p.id, coalesce(m.subject_id, p.subject_id) AS shown_subject_id, p.signal_id, p.visible_at,
               p.ends_at, p.same_child, p.answered_at, p.state, p.told_at, p.log_tag
          FROM soft_match_party p
          LEFT JOIN moved_signal m ON m.to_subject_id = p.subject_id AND m.id = p.signal_id
         WHERE p.subject_id = $1 /* child */ AND p.id = $2 /* row */ AND p.organisation_id = current_organisation()
           FOR UPDATE OF p";
    Party ANSWER_SOFT_MATCH = "
        UPDATE soft_match_party SET same_child = $3 /* same child */, answered_at = $4 /* now */
         WHERE subject_id = $1 /* child */ AND id = $2 /* row */ AND organisation_id = current_organisation()";
}

/// A soft match that is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftMatchRow {
    /// Its children; the one with the smaller number would stay.
    pub pair: SubjectPair,
    /// What came of it.
    pub state: SoftMatchState,
    /// Its name in the log.
    pub log_tag: u128,
}

/// An organisation that is asked, with the signal for which it is.
pub struct AskedParty {
    /// Its row.
    pub row: i64,
    /// The child that may be that of its signal.
    pub other: i64,
    /// What it answered.
    pub same_child: Option<bool>,
    /// Its signal.
    pub signal: StoredSignal,
    /// Name of the soft match in the log.
    pub log_tag: u128,
}

/// A soft match to be put on record.
#[derive(Debug, Clone, Copy)]
pub struct NewSoftMatch {
    /// Its children.
    pub pair: SubjectPair,
    /// Its name in the log.
    pub log_tag: u128,
}

/// An organisation to be asked.
#[derive(Debug, Clone, Copy)]
pub struct NewSoftParty {
    /// Its signal.
    pub signal: SignalKey,
    /// The child that may be that of its signal.
    pub other: i64,
    /// Whom.
    pub organisation: OrganisationKey,
    /// From when.
    pub visible_at: Timestamp,
    /// Name of the soft match in the log.
    pub log_tag: u128,
}

/// An organisation's own side of a soft match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoftMatchSide {
    /// Its key.
    pub key: SoftMatchKey,
    /// The key that the public id of the organisation's signal is made of.
    pub signal: SignalKey,
    /// From when it is asked.
    pub visible_at: Timestamp,
    /// From when one of the children has no signal that counts.
    pub ends_at: Timestamp,
    /// What it answered, and when.
    pub answer: Option<(bool, Timestamp)>,
    /// What came of it, and from when it is told.
    pub closed: Option<(SoftMatchState, Timestamp)>,
    /// Name of the soft match in the log.
    pub log_tag: u128,
}

impl Tx<'_, Matcher> {
    /// Active signals that came with these service keys, with their circles, at most `limit` of each, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn lookalikes(
        &self,
        circles: &[i64],
        limit: i64,
    ) -> Result<Vec<(i64, StoredSignal)>, StoreError> {
        let rows = self.rows(&LOOKALIKES, &[&circles, &self.now(), &limit]).await?;
        rows.iter()
            .map(|row| Ok((row.value("circle_id")?, StoredSignal::read(row)?)))
            .collect()
    }

    /// The soft matches of these children, whatever came of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn soft_matches_of(&self, children: &[i64]) -> Result<Vec<SoftMatchRow>, StoreError> {
        let rows = self.rows(&SOFT_MATCHES_OF, &[&children]).await?;
        rows.iter()
            .map(|row| {
                Ok(SoftMatchRow {
                    pair: pair(row)?,
                    state: state(row.value("state")?)?,
                    log_tag: row.tag("log_tag")?,
                })
            })
            .collect()
    }

    /// Who is asked about these children, with their answers so far, which are held.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn asked_parties(&self, children: &[i64]) -> Result<Vec<AskedParty>, StoreError> {
        let rows = self.rows(&ASKED_PARTIES, &[&children]).await?;
        rows.iter()
            .map(|row| {
                Ok(AskedParty {
                    row: row.value("party_id")?,
                    other: row.value("other_subject_id")?,
                    same_child: row.value("same_child")?,
                    signal: StoredSignal::read(row)?,
                    log_tag: row.tag("soft_tag")?,
                })
            })
            .collect()
    }

    /// Asks: puts soft matches on record, and the sides of organisations in these and in earlier ones. The children must be
    /// locked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_whether_same_child(
        &self,
        new: &[NewSoftMatch],
        parties: &[NewSoftParty],
        events: &[Event],
    ) -> Result<(), StoreError> {
        let children: Vec<i64> = new.iter().map(|new| new.pair.survivor).collect();
        let others: Vec<i64> = new.iter().map(|new| new.pair.other).collect();
        let tags: Vec<Uuid> = new.iter().map(|new| Uuid::from_u128(new.log_tag)).collect();
        self.change_exactly(
            &INSERT_SOFT_MATCHES,
            new.len(),
            &[&self.now(), &children, &others, &tags],
        )
        .await?;
        let children: Vec<i64> = parties.iter().map(|party| party.signal.subject).collect();
        let others: Vec<i64> = parties.iter().map(|party| party.other).collect();
        let signals: Vec<i64> = parties.iter().map(|party| party.signal.row).collect();
        let organisations: Vec<i32> = parties.iter().map(|party| party.organisation.0).collect();
        let visible: Vec<Timestamp> = parties.iter().map(|party| party.visible_at).collect();
        let tags: Vec<Uuid> = parties
            .iter()
            .map(|party| Uuid::from_u128(party.log_tag))
            .collect();
        self.change_exactly(
            &INSERT_SOFT_PARTIES,
            parties.len(),
            &[&children, &others, &signals, &organisations, &visible, &tags],
        )
        .await?;
        self.record(events).await.map(drop)
    }

    /// Puts right until when the questions about children of these circles stand, by their signals.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refresh_soft_ends(&self, circles: &[i64]) -> Result<(), StoreError> {
        self.change(&REFRESH_SOFT_ENDS, &[&circles, &self.now()])
            .await
            .map(drop)
    }

    /// Soft matches of which something may have come, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answered_soft_matches(&self, limit: i64) -> Result<Vec<SubjectPair>, StoreError> {
        let rows = self.rows(&ANSWERED_SOFT_MATCHES, &[&self.now(), &limit]).await?;
        rows.iter().map(pair).collect()
    }

    /// Writes down what came of a soft match, to be told from `told_at` on.
    ///
    /// # Errors
    /// [`StoreError::RowCount`] when it was closed before.
    pub async fn close_soft_match(
        &self,
        pair: SubjectPair,
        state: SoftMatchState,
        told_at: Timestamp,
        events: &[Event],
    ) -> Result<(), StoreError> {
        let SubjectPair { survivor, other } = pair;
        self.change_exactly(
            &CLOSE_SOFT_MATCH,
            1,
            &[&survivor, &other, &state.slug(), &self.now()],
        )
        .await?;
        self.change(&TELL_SOFT_PARTIES, &[&survivor, &other, &state.slug(), &told_at])
            .await?;
        self.record(events).await.map(drop)
    }

    /// Two children turned out to be one: what was denied of the one that goes is denied of the other, and what was asked
    /// about it is over; the matcher asks anew about the one that stays.
    pub(crate) async fn repoint_soft_matches(&self, pair: SubjectPair) -> Result<(), StoreError> {
        let SubjectPair { survivor, other } = pair;
        self.change(&REPOINT_DENIED, &[&survivor, &other]).await?;
        self.change(&TELL_REPOINTED, &[&survivor, &self.now()]).await?;
        self.change(&END_SOFT_PARTIES, &[&survivor, &other, &self.now()])
            .await?;
        self.change(&DELETE_REPOINTED, &[&survivor, &other])
            .await
            .map(drop)
    }
}

impl Tx<'_, Party> {
    /// What this organisation is or was asked, before a row, newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_soft_matches(&self, before: i64, limit: i64) -> Result<Vec<SoftMatchSide>, StoreError> {
        let rows = self.rows(&OWN_SOFT_MATCHES, &[&before, &limit]).await?;
        rows.iter().map(side).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_soft_match(&self, key: SoftMatchKey) -> Result<Option<SoftMatchSide>, StoreError> {
        let row = self.optional(&OWN_SOFT_MATCH, &[&key.subject, &key.row]).await?;
        row.as_ref().map(side).transpose()
    }

    /// One of them, held until the end of the transaction.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn own_soft_match_for_update(
        &self,
        key: SoftMatchKey,
    ) -> Result<Option<SoftMatchSide>, StoreError> {
        let row = self
            .optional(&OWN_SOFT_MATCH_FOR_UPDATE, &[&key.subject, &key.row])
            .await?;
        row.as_ref().map(side).transpose()
    }

    /// Keeps this organisation's answer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn answer_soft_match(
        &self,
        key: SoftMatchKey,
        same_child: bool,
        event: &Event,
    ) -> Result<(), StoreError> {
        self.change_exactly(
            &ANSWER_SOFT_MATCH,
            1,
            &[&key.subject, &key.row, &same_child, &self.now()],
        )
        .await?;
        self.record_one(event).await.map(drop)
    }

    /// Notes that this organisation looked at what it is asked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn soft_matches_viewed(&self, events: &[Event]) -> Result<(), StoreError> {
        self.record(events).await.map(drop)
    }
}

fn pair(row: &Row) -> Result<SubjectPair, StoreError> {
    Ok(SubjectPair {
        survivor: row.value("subject_id")?,
        other: row.value("other_subject_id")?,
    })
}

fn state(slug: &str) -> Result<SoftMatchState, StoreError> {
    SoftMatchState::from_slug(slug).map_err(|_| StoreError::Column { column: "state" })
}

fn side(row: &Row) -> Result<SoftMatchSide, StoreError> {
    let subject = row.value("subject_id")?;
    let same_child: Option<bool> = row.value("same_child")?;
    let closed: Option<&str> = row.value("state")?;
    let closed = closed.map(state).transpose()?;
    Ok(SoftMatchSide {
        key: SoftMatchKey {
            subject,
            row: row.value("id")?,
        },
        signal: SignalKey {
            subject: row.value("shown_subject_id")?,
            row: row.value("signal_id")?,
        },
        visible_at: row.value("visible_at")?,
        ends_at: row.value("ends_at")?,
        answer: same_child.zip(row.value("answered_at")?),
        closed: closed.zip(row.value("told_at")?),
        log_tag: row.tag("log_tag")?,
    })
}
