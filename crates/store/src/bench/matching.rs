//! The floor of matching: raw SQL that writes in sets what the matcher writes for the same tasks.
//!
//! It works in the product's own tables, on children of its own, with the same locks, keys and indexes. Two things it has
//! for itself, made like the product's: its queue, so that nobody else takes its tasks, and the table of its leaves, which
//! belong into no log.

use super::failed;
use crate::error::StoreError;
use crate::pool::Store;
use crate::work::Owner;

/// What the floor has for itself.
const OWN_TABLES: &str = "
    CREATE TABLE IF NOT EXISTS floor_task (LIKE match_task INCLUDING ALL);
    CREATE TABLE IF NOT EXISTS floor_pending (LIKE audit.pending INCLUDING ALL);
    CREATE TABLE IF NOT EXISTS waiting_task (subject_id bigint NOT NULL)";

/// One set of tasks in one transaction and one round trip.
const FUNCTION: &str = "
    CREATE OR REPLACE FUNCTION floor_match(p_limit integer) RETURNS bigint LANGUAGE plpgsql
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $floor$
    DECLARE
        subjects bigint[]; met bigint[]; ids bigint[]; tags uuid[]; events uuid[]; tasks bigint;
        at timestamptz := clock_timestamp();
        shown timestamptz := date_trunc('hour', clock_timestamp()) + interval '1 hour';
    BEGIN
        WITH taken AS (
            DELETE FROM floor_task
             WHERE id = ANY (ARRAY (SELECT id FROM floor_task ORDER BY id LIMIT p_limit FOR UPDATE SKIP LOCKED))
            RETURNING subject_id)
        SELECT array_agg(DISTINCT subject_id), count(*) INTO subjects, tasks FROM taken;
        IF tasks = 0 THEN RETURN 0; END IF;
        PERFORM FROM subject WHERE id = ANY (subjects) ORDER BY id FOR NO KEY UPDATE;
        INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
        SELECT subject_id, id, 0, paused_from - interval '10 days' FROM signal
         WHERE subject_id = ANY (subjects) AND paused_from IS NOT NULL
            ON CONFLICT DO NOTHING;
        SELECT array_agg(subject_id), array_agg(nextval('match_id')), array_agg(gen_random_uuid())
          INTO met, ids, tags
          FROM (SELECT subject_id FROM signal
                 WHERE subject_id = ANY (subjects) AND state = 'active' AND expires_at > at AND destroy_at > at
                 GROUP BY subject_id HAVING count(*) > 1) AS g
         WHERE NOT EXISTS (SELECT FROM match_case m WHERE m.subject_id = g.subject_id AND m.state <> 'closed');
        IF met IS NULL THEN RETURN tasks; END IF;
        INSERT INTO match_case (subject_id, id, state, opened_at, contact_deadline, covenant_id, log_tag)
        SELECT n.subject_id, n.id, 'open', at, at::date + 10, (SELECT min(id) FROM covenant), n.tag
          FROM unnest(met, ids, tags) AS n (subject_id, id, tag);
        INSERT INTO match_party (subject_id, match_id, organisation_id, signal_id, joined_at, visible_at, expires_at,
                                 professional, paused_from, hidden_until)
        SELECT n.subject_id, n.id, g.organisation_id, g.id, at, shown, g.expires_at, g.professional, g.paused_from,
               g.hidden_until
          FROM unnest(met, ids) AS n (subject_id, id) JOIN signal g ON g.subject_id = n.subject_id AND g.state = 'active';
        INSERT INTO follow_up (subject_id, match_id, remind_at, escalates_at, look_at)
        SELECT n.subject_id, n.id, at + interval '5 days', at + interval '10 days', at + interval '5 days'
          FROM unnest(met, ids) AS n (subject_id, id);
        WITH laid AS (
            INSERT INTO notice (subject_id, id, match_id, organisation_id, kind, created_at, visible_at, unread_from, about_tag,
                                log_tag)
            SELECT p.subject_id, nextval('notice_id'), p.match_id, p.organisation_id, 'match-opened', at, shown,
                   shown + interval '3 days', n.tag, gen_random_uuid()
              FROM unnest(met, ids, tags) AS n (subject_id, id, tag)
              JOIN match_party p ON p.subject_id = n.subject_id AND p.match_id = n.id
            RETURNING log_tag)
        SELECT array_agg(gen_random_uuid()) INTO events FROM (SELECT log_tag FROM laid UNION ALL SELECT unnest(tags)) AS all_of;
        INSERT INTO floor_pending (event_id, leaf)
        SELECT e, convert_to(rpad(e::text, $leaf$, 'x'), 'UTF8') FROM unnest(events) AS e;
        RETURN tasks;
    END $floor$";

/// Children with signals that nobody matched yet, three of four with one and the fourth with two, by partners in turn.
const CHILDREN: &str = "
    WITH partner AS MATERIALIZED (SELECT array_agg(id ORDER BY id) AS ids FROM organisation WHERE role = 'partner'),
    template AS MATERIALIZED (SELECT * FROM signal WHERE state = 'active' ORDER BY subject_id, id LIMIT 1),
    born AS (
        INSERT INTO subject (id, network_id)
        SELECT nextval('subject_id'), (SELECT min(id) FROM network) FROM generate_series(1, $1::bigint * 4 / 5)
        RETURNING id),
    given AS (
        INSERT INTO signal (subject_id, id, organisation_id, state, basis, submitted_at, planned_end, expires_at, destroy_by,
                            destroy_at, paused_from, archive_from, archive_until, suite, blinded_by_client, professional,
                            professional_key, log_tag)
        SELECT b.id, nextval('signal_id'), partner.ids[1 + (b.id + second) % cardinality(partner.ids)], x.state, x.basis,
               x.submitted_at, x.planned_end, x.expires_at, x.destroy_by, x.destroy_at, x.paused_from, x.archive_from,
               x.archive_until, x.suite, x.blinded_by_client, x.professional, x.professional_key, gen_random_uuid()
          FROM template x, partner, born b, generate_series(0, 1) second
         WHERE second = 0 OR b.id % 4 = 3
        RETURNING subject_id)
    INSERT INTO waiting_task (subject_id) SELECT subject_id FROM given";

/// Whose tasks they become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The product's matcher takes them.
    Product,
    /// The floor does.
    Floor,
}

/// Makes what the floor needs. So many bytes has each of its leaves; openings have neither they nor the product's.
///
/// # Errors
/// [`StoreError`].
pub async fn prepare(store: &Store, leaf: usize) -> Result<(), StoreError> {
    let client = store.connection::<Owner>().await?;
    let function = FUNCTION.replace("$leaf$", &leaf.to_string());
    for sql in [OWN_TABLES, &function] {
        client.batch_execute(sql).await.map_err(failed("prepare"))?;
    }
    Ok(())
}

/// Lays about so many tasks aside: one for each signal of new children. Gives how many.
///
/// # Errors
/// [`StoreError`].
pub async fn lay_aside(store: &Store, tasks: u64) -> Result<u64, StoreError> {
    let client = store.connection::<Owner>().await?;
    let count = i64::try_from(tasks).unwrap_or(i64::MAX);
    client
        .execute(CHILDREN, &[&count])
        .await
        .map_err(failed("lay_aside"))
}

/// Gives what was laid aside into a queue, all at once.
///
/// # Errors
/// [`StoreError`].
pub async fn queue(store: &Store, whose: Whose) -> Result<(), StoreError> {
    let client = store.connection::<Owner>().await?;
    let sql = match whose {
        Whose::Product => "WITH laid AS (DELETE FROM waiting_task RETURNING subject_id)
                           INSERT INTO match_task (subject_id) SELECT subject_id FROM laid ORDER BY subject_id",
        Whose::Floor => "WITH laid AS (DELETE FROM waiting_task RETURNING subject_id)
                         INSERT INTO floor_task (subject_id) SELECT subject_id FROM laid ORDER BY subject_id",
    };
    client.execute(sql, &[]).await.map(drop).map_err(failed("queue"))
}

/// How many tasks wait for the product's matcher.
///
/// # Errors
/// [`StoreError`].
pub async fn waiting(store: &Store) -> Result<u64, StoreError> {
    let client = store.connection::<Owner>().await?;
    let row = client.query_one("SELECT count(*) FROM match_task", &[]).await;
    let count: i64 = row.and_then(|row| row.try_get(0)).map_err(failed("waiting"))?;
    Ok(count.unsigned_abs())
}

/// The floor works off its queue, in sets of this size; gives how many tasks it was.
///
/// # Errors
/// [`StoreError`].
pub async fn work_off(store: &Store, set: i32) -> Result<u64, StoreError> {
    let client = store.connection::<Owner>().await?;
    let statement = client
        .prepare("SELECT floor_match($1)")
        .await
        .map_err(failed("work_off"))?;
    let mut done = 0;
    loop {
        let row = client
            .query_one(&statement, &[&set])
            .await
            .map_err(failed("work_off"))?;
        match row.try_get::<_, i64>(0).map_err(failed("work_off"))? {
            0 => return Ok(done),
            tasks => done += tasks.unsigned_abs(),
        }
    }
}

/// Seconds from the commit of a match's second signal to that of the match, in order, for matches after this moment. The
/// server must keep the times of commits.
///
/// # Errors
/// [`StoreError`].
pub async fn detections(store: &Store, after: jiff::Timestamp) -> Result<Vec<f64>, StoreError> {
    let client = store.connection::<Owner>().await?;
    let sql = "
        SELECT extract(epoch FROM pg_xact_commit_timestamp(m.xmin)
                    - (SELECT max(pg_xact_commit_timestamp(g.xmin)) FROM match_party p
                         JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
                        WHERE p.subject_id = m.subject_id AND p.match_id = m.id))::float8 AS seconds
          FROM match_case m WHERE m.opened_at >= $1 ORDER BY seconds";
    let rows = client.query(sql, &[&after]).await.map_err(failed("detections"))?;
    rows.iter()
        .map(|row| row.try_get(0).map_err(failed("detections")))
        .collect()
}
