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
          WHERE (state = 'closed') <> ((SELECT count(*) FROM match_party p WHERE p.subject_id = m.subject_id
                                          AND p.match_id = m.id AND p.left_at IS NULL) < 2)",
    ),
    (
        "a party not told of its match, or told of it oftener than it gave signals",
        "SELECT count(*) FROM match_party p
          WHERE (SELECT count(*) FROM notice n WHERE n.subject_id = p.subject_id AND n.match_id = p.match_id
                    AND n.organisation_id = p.organisation_id AND n.kind = 'match-opened')
                NOT BETWEEN 1 AND (SELECT count(*) FROM signal g WHERE g.subject_id = p.subject_id
                                      AND g.organisation_id = p.organisation_id)",
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
        "a notice to who is no party",
        "SELECT count(*) FROM notice n WHERE NOT EXISTS (
            SELECT FROM match_party p WHERE p.subject_id = n.subject_id AND p.match_id = n.match_id
                AND p.organisation_id = n.organisation_id AND p.visible_at <= n.visible_at)",
    ),
    (
        // A child that turned out to be another has no tag any more; nor has one of which only an epoch was known that
        // ended.
        "a child without a signal, a tag or a network, or a signal without its child",
        "SELECT (SELECT count(*) FROM subject s WHERE NOT EXISTS (SELECT FROM signal g WHERE g.subject_id = s.id)
                     OR NOT (EXISTS (SELECT FROM subject_tag t WHERE t.subject_id = s.id)
                             OR EXISTS (SELECT FROM moved_signal m WHERE m.subject_id = s.id)
                             OR EXISTS (SELECT FROM network_epoch e WHERE e.state = 'ended')))
              + (SELECT count(*) FROM subject_tag t WHERE NOT EXISTS (SELECT FROM subject s WHERE s.id = t.subject_id))",
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
        "an age boundary kept beyond the life of the request",
        "SELECT count(*) FROM consent
          WHERE state NOT IN ('requested', 'partially_given') AND boundary_at IS NOT NULL",
    ),
    (
        "a consent that covers who is no party",
        "SELECT count(*) FROM consent_party cp JOIN consent c ON c.subject_id = cp.subject_id AND c.id = cp.consent_id
          WHERE NOT EXISTS (SELECT FROM match_party p WHERE p.subject_id = c.subject_id AND p.match_id = c.match_id
                               AND p.organisation_id = cp.organisation_id)",
    ),
    (
        "a message between organisations its consent does not cover",
        "SELECT count(*) FROM message m
          WHERE 2 <> (SELECT count(*) FROM consent_party cp
                       WHERE cp.subject_id = m.subject_id AND cp.consent_id = m.consent_id
                         AND cp.organisation_id IN (m.sender_id, m.recipient_id))",
    ),
    (
        "ciphertext that nobody fetched under a consent that was withdrawn, or destroyed under one that was not",
        "SELECT count(*) FROM message m JOIN consent c ON c.subject_id = m.subject_id AND c.id = m.consent_id
          WHERE (c.state = 'withdrawn' AND m.ciphertext IS NOT NULL AND m.fetched_at IS NULL)
             OR (c.state IN ('requested', 'partially_given', 'refused'))",
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
        "signal.submitted",
        "SELECT count(*) FROM signal WHERE state <> 'moved'",
    ),
    (
        "network.epoch_destroyed",
        "SELECT count(*) FROM network_epoch WHERE state = 'ended'",
    ),
    (
        "signal.expired",
        "SELECT count(*) FROM signal WHERE state = 'expired'",
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
    ("content.sent", "SELECT count(*) FROM message"),
    (
        "content.destroyed",
        "SELECT count(*) FROM message WHERE ciphertext IS NULL AND fetched_at IS NULL",
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
        assert_eq!(region.count(question).await, 0, "{offence}");
    }
    let events = events(region).await;
    for (event, question) in RECORDED {
        let recorded = events.get(*event).copied().unwrap_or_default();
        assert_eq!(recorded, region.count(question).await, "{event}");
    }
}

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
