//! Two children that turned out to be one, because organisations independently sent tokens of both.
//!
//! The child with the smaller number survives. Tags and signals of the other move there, each signal with its number, its
//! name in the log and its life; what hung on the other (matches, notices, consents, messages) stays where it is, and its
//! matches are left by everybody. The caller holds the network's keys, so no submission is under way meanwhile.

use std::collections::BTreeSet;

use domain::event::Event;

use crate::error::StoreError;
use crate::hanging::HANGING;
use crate::matching::MatchTask;
use crate::statement::statements;
use crate::work::{Matcher, Parameters, RowExt, Tx};

statements! {
    Matcher HOLD_NETWORK = "
        SELECT keys_version, log_tag FROM network WHERE id = $1 /* network */ FOR UPDATE";
    // Who has no tag any more became another child meanwhile. Two that have tags of one epoch have two identifiers and are
    // two children, whoever says otherwise.
    Matcher INSERT_PAIRS = "
        INSERT INTO subject_pair (subject_id, other_subject_id, organisation_id, network_id, seen_at)
        SELECT DISTINCT least(p.one, p.other), greatest(p.one, p.other), p.organisation_id, $4::smallint /* network */,
               $5::timestamptz /* now */
          FROM unnest($1::bigint[] /* subjects */, $2::bigint[] /* others */, $3::int[] /* organisations */)
               AS p (one, other, organisation_id)
         WHERE EXISTS (SELECT FROM subject_tag t WHERE t.subject_id = p.one)
           AND EXISTS (SELECT FROM subject_tag t WHERE t.subject_id = p.other)
           AND NOT EXISTS (SELECT FROM subject_tag t JOIN subject_tag u USING (net_epoch)
                            WHERE t.subject_id = p.one AND u.subject_id = p.other)
            ON CONFLICT (subject_id, other_subject_id, organisation_id) DO NOTHING";
    // What an organisation says counts while it has a signal about either that the family, where it is asked, agreed to: a
    // signal that sleeps has no effect that others can see.
    Matcher READY_PAIRS = "
        SELECT p.subject_id, p.other_subject_id FROM subject_pair p
         WHERE p.network_id = $1 /* network */ AND p.subject_id <> ALL ($3::bigint[] /* set aside */)
           AND NOT EXISTS (SELECT FROM subject_tag t JOIN subject_tag u USING (net_epoch)
                            WHERE t.subject_id = p.subject_id AND u.subject_id = p.other_subject_id)
           AND EXISTS (SELECT FROM signal g WHERE g.subject_id IN (p.subject_id, p.other_subject_id)
                          AND g.organisation_id + 0 = p.organisation_id AND g.state NOT IN ('sleeping', 'moved'))
         GROUP BY p.subject_id, p.other_subject_id HAVING count(*) >= $2 /* organisations */
         ORDER BY p.subject_id, p.other_subject_id LIMIT 1";
    Matcher MOVE_TAGS = "
        UPDATE subject_tag SET subject_id = $1 /* survivor */ WHERE subject_id = $2 /* other */";
    Matcher COPY_SIGNALS = "
        INSERT INTO signal (subject_id, id, organisation_id, state, basis, submitted_at, planned_end, expires_at,
                            destroy_by, destroy_at, sleeps_until, woken_at, paused_from, hidden_until, ended_at,
                            end_reason, archive_from, archive_until, archive_noticed_at, archive_notice_tag, suite,
                            blinded_by_client, professional, professional_key, delegate_id, log_tag)
        SELECT $1 /* survivor */, g.id, g.organisation_id, g.state, g.basis, g.submitted_at, g.planned_end, g.expires_at,
               g.destroy_by, g.destroy_at, g.sleeps_until, g.woken_at, g.paused_from, g.hidden_until, g.ended_at,
               g.end_reason, g.archive_from, g.archive_until, g.archive_noticed_at, g.archive_notice_tag, g.suite,
               g.blinded_by_client, g.professional, g.professional_key, g.delegate_id, g.log_tag
          FROM signal g WHERE g.subject_id = $2 /* other */ AND g.state <> 'moved'";
    // What is left where it was says where it went, and nothing of whom it was.
    Matcher MARK_MOVED = "
        UPDATE signal SET state = 'moved', professional = '', professional_key = NULL, sleeps_until = NULL
         WHERE subject_id = $1 /* other */ AND state <> 'moved'";
    // A signal keeps the public id it was given out under: one row for each, however often it moves.
    Matcher FORWARD_MOVED = "
        UPDATE moved_signal SET to_subject_id = $1 /* survivor */ WHERE to_subject_id = $2 /* other */";
    Matcher INSERT_MOVED = "
        INSERT INTO moved_signal (subject_id, id, to_subject_id, organisation_id)
        SELECT g.subject_id, g.id, $1 /* survivor */, g.organisation_id
          FROM signal g
         WHERE g.subject_id = $2 /* other */ AND g.state = 'moved'
           AND NOT EXISTS (SELECT FROM moved_signal m WHERE m.to_subject_id = $1 AND m.id = g.id)";
    Matcher LEAVE_ALL_MATCHES = "
        UPDATE match_party SET left_at = $2 /* now */, left_because = 'joined'
         WHERE subject_id = $1 /* other */ AND left_at IS NULL";
    Matcher REPOINT_PAIRS = "
        INSERT INTO subject_pair (subject_id, other_subject_id, organisation_id, network_id, seen_at)
        SELECT least(p.third, $1 /* survivor */), greatest(p.third, $1), p.organisation_id, p.network_id, p.seen_at
          FROM (SELECT CASE WHEN subject_id = $2 /* other */ THEN other_subject_id ELSE subject_id END AS third,
                       organisation_id, network_id, seen_at
                  FROM subject_pair WHERE subject_id = $2 OR other_subject_id = $2) AS p
         WHERE p.third <> $1
            ON CONFLICT (subject_id, other_subject_id, organisation_id) DO NOTHING";
    Matcher DELETE_PAIRS = "
        DELETE FROM subject_pair WHERE subject_id = $1 /* other */ OR other_subject_id = $1";
    Matcher INSERT_TASK = "
        INSERT INTO match_task (subject_id) VALUES ($1 /* survivor */)";
}

/// Two children that are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SubjectPair {
    /// The one with the smaller number, which stays.
    pub survivor: i64,
    /// The other.
    pub other: i64,
}

impl Tx<'_, Matcher> {
    /// Locks the network's keys against submissions and changes; gives their number and the network's name in the log.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hold_network(&self) -> Result<(i64, u128), StoreError> {
        let row = self.one(&HOLD_NETWORK, &[&self.store().network().0]).await?;
        Ok((row.value("keys_version")?, row.tag("log_tag")?))
    }

    /// Keeps what tasks tell of children that may be one; gives whether any did.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn insert_pairs(&self, tasks: &[MatchTask]) -> Result<bool, StoreError> {
        let met: BTreeSet<(i64, i64, i32)> = tasks
            .iter()
            .filter_map(|task| {
                let (other, organisation) = task.met?;
                (other != task.subject).then_some((task.subject, other, organisation.0))
            })
            .collect();
        if met.is_empty() {
            return Ok(false);
        }
        let one: Vec<i64> = met.iter().map(|(one, ..)| *one).collect();
        let other: Vec<i64> = met.iter().map(|(_, other, _)| *other).collect();
        let organisations: Vec<i32> = met.iter().map(|(.., organisation)| *organisation).collect();
        let network = self.store().network().0;
        let parameters: Parameters<'_> = &[&one, &other, &organisations, &network, &self.now()];
        self.change(&INSERT_PAIRS, parameters).await?;
        Ok(true)
    }

    /// A pair of children that at least this many organisations say are one, but those of survivors set aside.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ready_pair(
        &self,
        organisations: i64,
        set_aside: &[i64],
    ) -> Result<Option<SubjectPair>, StoreError> {
        let network = self.store().network().0;
        let row = self
            .optional(&READY_PAIRS, &[&network, &organisations, &set_aside])
            .await?;
        row.map(|row| {
            Ok(SubjectPair {
                survivor: row.value("subject_id")?,
                other: row.value("other_subject_id")?,
            })
        })
        .transpose()
    }

    /// Moves tags and signals (so many), lets everybody leave the other child's matches, and has the matcher look at the
    /// survivor. No organisation may have living signals about both any more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn merge(&self, pair: SubjectPair, moving: usize, events: &[Event]) -> Result<(), StoreError> {
        let SubjectPair { survivor, other } = pair;
        self.change(&MOVE_TAGS, &[&survivor, &other]).await?;
        self.change_exactly(&COPY_SIGNALS, moving, &[&survivor, &other])
            .await?;
        self.change_exactly(&MARK_MOVED, moving, &[&other]).await?;
        for hanging in HANGING {
            if let Some(statement) = &hanging.at_joining {
                self.change(statement, &[&survivor, &other]).await?;
            }
        }
        self.change(&FORWARD_MOVED, &[&survivor, &other]).await?;
        self.change(&INSERT_MOVED, &[&survivor, &other]).await?;
        self.change(&LEAVE_ALL_MATCHES, &[&other, &self.now()]).await?;
        self.change(&REPOINT_PAIRS, &[&survivor, &other]).await?;
        self.change(&DELETE_PAIRS, &[&other]).await?;
        self.repoint_soft_matches(pair).await?;
        self.change_exactly(&INSERT_TASK, 1, &[&survivor]).await?;
        self.record(events).await.map(drop)
    }
}
