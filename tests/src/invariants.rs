//! What must hold in the database whatever happened before, asked by SQL that shares nothing with the product's.

use std::collections::BTreeMap;

use crate::Region;

/// What must not be: each question counts offenders.
const OFFENCES: &[(&str, &str)] = &[
    (
        "two active signals about one child, of two organisations, that are not in exactly one match",
        "SELECT count(*) FROM signal a JOIN signal b
             ON a.subject_id = b.subject_id AND a.organisation_id < b.organisation_id
          WHERE a.state = 'active' AND b.state = 'active'
            AND 1 <> (SELECT count(*) FROM match_party p JOIN match_party q
                          ON p.subject_id = q.subject_id AND p.match_id = q.match_id
                       WHERE p.subject_id = a.subject_id AND p.signal_id = a.id AND q.signal_id = b.id
                         AND p.left_at IS NULL AND q.left_at IS NULL)",
    ),
    (
        "a party whose signal is another organisation's",
        "SELECT count(*) FROM match_party p JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
          WHERE g.organisation_id <> p.organisation_id OR g.expires_at <> p.expires_at",
    ),
    (
        "two living signals of one organisation about one child",
        "SELECT count(*) FROM (SELECT FROM signal WHERE state IN ('sleeping', 'active', 'paused')
                               GROUP BY subject_id, organisation_id HAVING count(*) > 1) AS twice",
    ),
    (
        "two open matches about one child",
        "SELECT count(*) FROM (SELECT FROM match_case WHERE state <> 'closed'
                               GROUP BY subject_id HAVING count(*) > 1) AS twice",
    ),
    (
        "an open match with fewer than two parties, or a closed one with more",
        "SELECT count(*) FROM match_case m
          WHERE ((SELECT count(*) FROM match_party p WHERE p.subject_id = m.subject_id AND p.match_id = m.id
                     AND p.left_at IS NULL) < 2) <> (m.state = 'closed')
            AND coalesce(m.outcome, 'signals_ended') = 'signals_ended'",
    ),
    (
        "a party not told of its match, or told of it oftener than it gave signals",
        "SELECT count(*) FROM match_party p
          WHERE (SELECT count(*) FROM notice n WHERE n.subject_id = p.subject_id AND n.match_id = p.match_id
                    AND n.organisation_id = p.organisation_id AND n.kind = 'match-opened')
                NOT BETWEEN 1 AND (SELECT count(*) FROM signal g WHERE g.subject_id = p.subject_id
                                      AND g.organisation_id = p.organisation_id)
                                + (SELECT count(*) FROM leaves WHERE name = 'signal.destroyed')",
    ),
    (
        // Who enters together is told together. Numbers of notices are drawn under the child's lock, so they say who
        // came later; times are read before the lock is had and do not.
        "a party told another number of times that others joined than others did",
        "WITH told AS (SELECT *, dense_rank() OVER (PARTITION BY subject_id, match_id ORDER BY first) AS wave
                         FROM (SELECT n.*, min(n.id) OVER (PARTITION BY subject_id, match_id, created_at) AS first
                                 FROM notice n WHERE kind = 'match-opened') AS opened)
         SELECT count(*) FROM told t
          WHERE (SELECT count(*) FROM notice n WHERE n.subject_id = t.subject_id AND n.match_id = t.match_id
                    AND n.organisation_id = t.organisation_id AND n.kind = 'match-joined')
             <> (SELECT max(wave) - t.wave FROM told o WHERE o.subject_id = t.subject_id AND o.match_id = t.match_id)
            AND NOT EXISTS (SELECT FROM told again WHERE again.subject_id = t.subject_id
                               AND again.match_id = t.match_id AND again.organisation_id = t.organisation_id
                               AND again.id <> t.id)",
    ),
    (
        "a notice of a match to who is no party or before the match shows, or of a signal of another",
        "SELECT count(*) FROM notice n
          WHERE n.match_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM match_party p WHERE p.subject_id = n.subject_id AND p.match_id = n.match_id
                        AND p.organisation_id = n.organisation_id AND p.visible_at <= n.visible_at)
             OR n.signal_id IS NOT NULL AND NOT EXISTS (
                    SELECT FROM signal g WHERE g.subject_id = n.subject_id AND g.id = n.signal_id
                        AND g.organisation_id = n.organisation_id)",
    ),
    (
        "a match that is not over without its course of follow-up, or one of which the log was told too early",
        "SELECT (SELECT count(*) FROM match_case m WHERE m.state <> 'closed' AND NOT EXISTS (
                    SELECT FROM follow_up f WHERE f.subject_id = m.subject_id AND f.match_id = m.id))
              + (SELECT count(*) FROM follow_up WHERE escalated_at < escalates_at OR reminded_at < remind_at)",
    ),
    (
        // A child that turned out to be another has no tag any more; nor has one of which only an epoch was known that
        // ended.
        "a child without a signal, a tag or a network, or a signal without its child",
        "SELECT (SELECT count(*) FROM subject s WHERE NOT EXISTS (SELECT FROM signal g WHERE g.subject_id = s.id)
                     OR NOT (EXISTS (SELECT FROM subject_tag t WHERE t.subject_id = s.id)
                             OR EXISTS (SELECT FROM client_reference r WHERE r.subject_id = s.id)
                             OR EXISTS (SELECT FROM moved_signal m WHERE m.subject_id = s.id)
                             OR EXISTS (SELECT FROM network_epoch e WHERE e.state = 'ended')))
              + (SELECT count(*) FROM subject_tag t WHERE NOT EXISTS (SELECT FROM subject s WHERE s.id = t.subject_id))",
    ),
    (
        "a child with a number and a service key, or a tag of one among those of the other",
        "SELECT (SELECT count(*) FROM client_reference r JOIN subject_tag t USING (subject_id))
              + (SELECT count(*) FROM subject_tag WHERE kind <> 1)
              + (SELECT count(*) FROM shared_tag WHERE kind NOT IN (16, 32))",
    ),
    (
        "a shared tag of which no signal came, or a signal in a circle twice",
        "SELECT (SELECT count(*) FROM shared_tag t
                  WHERE NOT EXISTS (SELECT FROM signal_circle c WHERE c.circle_id = t.circle_id))
              + (SELECT count(*) FROM signal_circle c JOIN signal g ON g.subject_id = c.subject_id AND g.id = c.signal_id
                  WHERE g.state = 'moved')",
    ),
    (
        "a soft match that not every organisation denied or confirmed, joined; or one that stands of children that are one",
        "SELECT (SELECT count(*) FROM soft_match s WHERE s.state = 'confirmed'
                    AND NOT EXISTS (SELECT FROM moved_signal m WHERE m.subject_id = s.other_subject_id)
                    AND NOT EXISTS (SELECT FROM moved_signal m WHERE m.subject_id = s.subject_id))
              + (SELECT count(*) FROM soft_match s JOIN soft_match_party p
                     ON p.subject_id IN (s.subject_id, s.other_subject_id)
                    AND p.other_subject_id IN (s.subject_id, s.other_subject_id)
                  WHERE s.state = 'confirmed' AND p.same_child IS DISTINCT FROM true AND p.ends_at > s.closed_at)",
    ),
    (
        "a family match of one child, or of one organisation",
        "SELECT count(*) FROM family_match f
          WHERE f.ended_at IS NULL
            AND (SELECT least(count(DISTINCT p.subject_id), count(DISTINCT p.organisation_id))
                   FROM family_match_party p WHERE p.family_match_id = f.id) < 2",
    ),
    (
        "a signal that moved and is not where it went, a living one where it was, or a child of two numbers joined halfway",
        "SELECT (SELECT count(*) FROM signal g WHERE g.state = 'moved'
                    AND NOT EXISTS (SELECT FROM signal n WHERE n.id = g.id AND n.state <> 'moved'))
              + (SELECT count(*) FROM moved_signal m JOIN signal g ON g.subject_id = m.subject_id AND g.id = m.id
                  WHERE g.state <> 'moved')
              + (SELECT count(*) FROM moved_signal m LEFT JOIN signal g ON g.subject_id = m.to_subject_id AND g.id = m.id
                  WHERE g.organisation_id IS DISTINCT FROM m.organisation_id)",
    ),
    (
        "a signal that sleeps or is archived and takes part in a match, or whose copy there is not as it is",
        "SELECT count(*) FROM match_party p JOIN signal g ON g.subject_id = p.subject_id AND g.id = p.signal_id
          WHERE g.state <> 'moved' AND p.left_at IS NULL
            AND (g.state NOT IN ('active', 'paused') OR p.paused_from IS DISTINCT FROM g.paused_from
                 OR p.hidden_until IS DISTINCT FROM g.hidden_until OR p.professional <> g.professional)",
    ),
    (
        "a contact kept of a signal of which nothing is left, or a party without a signal that has not left",
        "SELECT count(*) FROM match_party
          WHERE signal_id IS NULL AND (professional <> '' OR left_at IS NULL)",
    ),
    (
        "a match of which no party has a signal any more",
        "SELECT count(*) FROM match_case m
          WHERE NOT EXISTS (SELECT FROM match_party p WHERE p.subject_id = m.subject_id AND p.match_id = m.id
                               AND p.signal_id IS NOT NULL)",
    ),
    (
        "an archived signal that was told of twice, or to its own organisation",
        "SELECT (SELECT count(*) FROM (SELECT FROM leaves WHERE name = 'archive.noticed'
                                        GROUP BY sub HAVING count(*) > 1) AS twice)
              + (SELECT count(*) FROM signal g JOIN notice n ON n.log_tag = g.archive_notice_tag
                  WHERE n.organisation_id = g.organisation_id)",
    ),
    (
        "signals that ended, were archived or were destroyed another number of times than the log says",
        "SELECT (SELECT abs((SELECT count(*) FROM leaves WHERE name IN ('signal.expired', 'signal.ended'))
                          - (SELECT count(*) FROM signal WHERE state IN ('expired', 'ended', 'archived'))
                          - (SELECT count(*) FROM leaves WHERE name = 'signal.destroyed'
                                AND old IN ('expired', 'ended', 'archived'))))
              + (SELECT abs((SELECT count(*) FROM leaves WHERE name = 'signal.archived')
                          - (SELECT count(*) FROM signal WHERE state = 'archived')
                          - (SELECT count(*) FROM leaves WHERE name = 'signal.destroyed' AND old = 'archived')))
              + (SELECT abs((SELECT count(*) FROM leaves WHERE name = 'signal.submitted')
                          - (SELECT count(*) FROM signal WHERE state <> 'moved')
                          - (SELECT count(*) FROM leaves WHERE name = 'signal.destroyed')))",
    ),
    (
        "something that the log can still say of a signal that was destroyed",
        "SELECT count(*) FROM audit.opening o JOIN leaves l ON l.sub = 's_' || replace(o.about::text, '-', '')
          WHERE l.name = 'signal.destroyed' AND NOT EXISTS (SELECT FROM erasure_task t WHERE t.log_tag = o.about)",
    ),
    (
        "a consent without the signatures it needs, or with a record that is not what was hashed",
        "SELECT count(*) FROM consent c
          WHERE (state IN ('given', 'withdrawn', 'replaced')
                 AND (EXISTS (SELECT FROM signatory s WHERE s.subject_id = c.subject_id AND s.consent_id = c.id
                                 AND s.decision IS DISTINCT FROM 'agreed')
                      OR record_hash IS DISTINCT FROM sha256(convert_to(record, 'UTF8'))
                      OR record_signature IS NULL))
             OR (state IN ('requested', 'partially_given', 'refused') AND record IS NOT NULL)",
    ),
    (
        "an age boundary, or who would sign from it on, kept beyond the life of the request",
        "SELECT (SELECT count(*) FROM consent
                  WHERE state NOT IN ('requested', 'partially_given') AND boundary_at IS NOT NULL)
              + (SELECT count(*) FROM signatory s JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                  WHERE c.state NOT IN ('requested', 'partially_given') AND s.begins_at IS NOT NULL)",
    ),
    (
        "a signal that woke without a consent for it that was given, or one that sleeps with one",
        "SELECT count(*) FROM signal g
          WHERE g.basis = 'consent_first' AND g.state IN ('sleeping', 'active', 'paused')
            AND (g.state = 'sleeping') = EXISTS (SELECT FROM consent c WHERE c.subject_id = g.subject_id
                                                    AND c.signal_id = g.id AND c.state IN ('given', 'expired')
                                                    AND c.record IS NOT NULL)",
    ),
    (
        "a consent that covers who is no party, or a consent for a signal that names another than who gave it",
        "SELECT count(*) FROM consent_party cp JOIN consent c ON c.subject_id = cp.subject_id AND c.id = cp.consent_id
          WHERE NOT EXISTS (SELECT FROM match_party p WHERE p.subject_id = c.subject_id AND p.match_id = c.match_id
                               AND p.organisation_id = cp.organisation_id)
            AND NOT EXISTS (SELECT FROM signal g WHERE g.subject_id = c.subject_id AND g.id = c.signal_id
                               AND g.organisation_id = cp.organisation_id)",
    ),
    (
        "a message between organisations its consent does not cover",
        "SELECT count(*) FROM message m
          WHERE 2 <> (SELECT count(*) FROM consent_party cp
                       WHERE cp.subject_id = m.subject_id AND cp.consent_id = m.consent_id
                         AND cp.organisation_id IN (m.sender_id, m.recipient_id))",
    ),
    (
        "content under a consent that was withdrawn, or under one that never was given",
        "SELECT count(*) FROM message m JOIN consent c ON c.subject_id = m.subject_id AND c.id = m.consent_id
          WHERE (c.state = 'withdrawn' AND m.destroyed_at IS NULL AND m.acknowledged_at IS NULL)
             OR (c.state IN ('requested', 'partially_given', 'refused'))",
    ),
    (
        "an attachment that counts as whole and is not, that is whole and does not count, or that left a part behind",
        "SELECT count(*) FROM message m
           LEFT JOIN LATERAL (SELECT count(*) AS parts, coalesce(sum(octet_length(p.ciphertext)), 0) AS bytes
                                FROM message_part p WHERE p.subject_id = m.subject_id AND p.message_row = m.id) AS there ON true
          WHERE m.kind = 'message' AND there.parts > 0
             OR m.kind = 'attachment' AND CASE
                    WHEN m.destroyed_at IS NOT NULL OR m.acknowledged_at IS NOT NULL THEN there.parts > 0
                    ELSE (m.sent_at IS NOT NULL) <> (there.bytes = m.sealed_bytes) END",
    ),
    (
        "a leaf out of its place, a head that is not the leaves', an opening without its leaf",
        "SELECT (SELECT count(*) FROM (SELECT index, row_number() OVER (ORDER BY index) - 1 AS place FROM audit.leaf) AS l
                  WHERE index <> place)
              + (SELECT count(*) FROM audit.head WHERE size <> (SELECT count(*) FROM audit.leaf))
              + (SELECT count(*) FROM audit.opening o
                  WHERE NOT EXISTS (SELECT FROM audit.leaf l WHERE l.event_id = o.event_id)
                    AND NOT EXISTS (SELECT FROM audit.pending p WHERE p.event_id = o.event_id))
              + (SELECT count(*) FROM audit.pending p JOIN audit.leaf l USING (event_id))",
    ),
];

/// How many rows there are, and how many leaves of which event must say so.
const RECORDED: &[(&str, &str)] = &[
    (
        "network.epoch_destroyed",
        "SELECT count(*) FROM network_epoch WHERE state = 'ended'",
    ),
    ("match.opened", "SELECT count(*) FROM match_case"),
    (
        "match.closed",
        "SELECT count(*) FROM match_case WHERE state = 'closed'",
    ),
    ("notice.delivered", "SELECT count(*) FROM notice"),
    (
        "notice.acknowledged",
        "SELECT count(*) FROM notice WHERE acknowledged_at IS NOT NULL",
    ),
    ("consent.requested", "SELECT count(*) FROM consent"),
    (
        "consent.opened",
        "SELECT count(*) FROM signatory WHERE opened_at IS NOT NULL",
    ),
    (
        "consent.given",
        "SELECT count(*) FROM consent WHERE state IN ('given', 'withdrawn', 'replaced')",
    ),
    (
        "consent.withdrawn",
        "SELECT count(*) FROM consent WHERE state = 'withdrawn'",
    ),
    (
        "consent.refused",
        "SELECT count(*) FROM consent WHERE state = 'refused'",
    ),
    (
        "consent.replaced",
        "SELECT count(*) FROM consent WHERE state = 'replaced'",
    ),
    (
        "content.begun",
        "SELECT count(*) FROM message WHERE kind = 'attachment'",
    ),
    (
        "content.sent",
        "SELECT count(*) FROM message WHERE sent_at IS NOT NULL",
    ),
    (
        "content.acknowledged",
        "SELECT count(*) FROM message WHERE acknowledged_at IS NOT NULL",
    ),
    (
        "content.destroyed",
        "SELECT count(*) FROM message WHERE destroyed_at IS NOT NULL",
    ),
    ("audit.exported", "SELECT count(*) FROM audit_export"),
    ("organisation.registered", "SELECT count(*) FROM organisation"),
    ("client.registered", "SELECT count(*) FROM client"),
    (
        "covenant.changed",
        "SELECT coalesce(sum(version), 0)::bigint FROM covenant",
    ),
];

/// Asks every question of a database at rest.
pub async fn assert_sound(region: &Region) {
    region.quiet().await;
    for (offence, question) in OFFENCES {
        let asked = match question.strip_prefix("WITH ") {
            Some(rest) => format!("{LEAVES}, {rest}"),
            None => format!("{LEAVES} {question}"),
        };
        assert_eq!(region.count(&asked).await, 0, "{offence}");
    }
    for table in region.texts(HANGING).await {
        let orphans = format!(
            "SELECT count(*) FROM {table} t WHERE NOT EXISTS (SELECT FROM subject s WHERE s.id = t.subject_id)"
        );
        assert_eq!(
            region.count(&orphans).await,
            0,
            "{table} has rows of a child that is gone"
        );
    }
    let events = events(region).await;
    let destroyed = events.contains_key("signal.destroyed");
    for (event, question) in RECORDED {
        let recorded = events.get(*event).copied().unwrap_or_default();
        let there = region.count(question).await;
        // What hung on a child goes with its last signal; its leaves stay.
        if destroyed && HANGS_ON_A_CHILD.iter().any(|name| event.starts_with(name)) {
            assert!(recorded >= there, "{event}: {recorded} leaves for {there}");
        } else {
            assert_eq!(recorded, there, "{event}");
        }
    }
}

/// The leaves as a table of names, records and states before and after, for the questions.
const LEAVES: &str = "WITH leaves AS (
    SELECT l ->> 'e' AS name, l ->> 'sub' AS sub, l ->> 'from' AS old, l ->> 'to' AS new
      FROM (SELECT convert_from(leaf, 'UTF8')::json AS l FROM audit.leaf
            UNION ALL SELECT convert_from(leaf, 'UTF8')::json FROM audit.pending) AS parsed)";

/// The tables of which each row is about one child.
const HANGING: &str = "SELECT c.relname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'subject_id'
       AND a.attnotnull AND c.relname <> 'match_task' ORDER BY 1";

/// Events of records that are destroyed with a child.
const HANGS_ON_A_CHILD: &[&str] = &["match.", "notice.", "consent.", "content."];

/// The leaves by name, in the tree or still waiting.
pub async fn events(region: &Region) -> BTreeMap<String, i64> {
    let names = region
        .texts(
            "SELECT convert_from(leaf, 'UTF8')::json ->> 'e' FROM
                 (SELECT leaf FROM audit.leaf UNION ALL SELECT leaf FROM audit.pending) AS leaves",
        )
        .await;
    let mut events = BTreeMap::new();
    for name in names {
        *events.entry(name).or_default() += 1;
    }
    events
}
