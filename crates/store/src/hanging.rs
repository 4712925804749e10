//! What hangs on a child: every table with a `subject_id`, what of it goes when a signal, a match or the child is
//! destroyed, and what moves when two children turn out to be one.
//!
//! One line a table, in the order in which rows are deleted: what refers to a row stands before it. The statements are made
//! from the lines, and a test holds them against the schema, so that nothing of a child is forgotten.

use crate::statement::Statement;
use crate::work::{Matcher, Role};

/// One table.
pub(crate) struct Hanging {
    /// Its name.
    #[cfg_attr(not(test), expect(dead_code, reason = "held against the schema"))]
    pub(crate) table: &'static str,
    /// Deletes what goes with signals: subjects and rows of these.
    pub(crate) with_signals: Option<Statement>,
    /// Deletes what goes with matches: subjects and rows of these.
    pub(crate) with_matches: Option<Statement>,
    /// Deletes what is left of children.
    pub(crate) with_children: Statement,
    /// Moves a table's rows to the child that survives; none when they stay.
    pub(crate) at_joining: Option<Statement>,
}

/// Deletes rows. Those with a name in the log leave it behind, so that what the log can say about them is erased.
macro_rules! deletion {
    (named $table:literal, $with:literal, $which:expr) => {
        statement!(
            $table,
            $with,
            concat!(
                "WITH gone AS (DELETE FROM ",
                $table,
                " t ",
                $which,
                " RETURNING t.log_tag)
             INSERT INTO erasure_task (log_tag) SELECT log_tag FROM gone"
            )
        )
    };
    (nameless $table:literal, $with:literal, $which:expr) => {
        statement!($table, $with, concat!("DELETE FROM ", $table, " t ", $which))
    };
}

macro_rules! statement {
    ($table:literal, $with:literal, $sql:expr) => {
        Statement {
            name: concat!("HANGING ", $table, " ", $with),
            role: Matcher::DATABASE_ROLE,
            sql: concat!("/* HANGING ", $table, " ", $with, " */ ", $sql),
        }
    };
}

macro_rules! joining {
    (stays $table:literal) => {
        None
    };
    (stays $table:literal $sql:literal) => {
        Some(statement!($table, "at joining", $sql))
    };
    (moves $table:literal) => {
        Some(statement!(
            $table,
            "at joining",
            concat!(
                "UPDATE ",
                $table,
                " t SET subject_id = $1 /* survivor */ WHERE t.subject_id = $2 /* other */"
            )
        ))
    };
}

macro_rules! hanging {
    ($($table:literal $named:ident $joining:ident {
        $(signal: $signal:literal,)?
        $(matching: $matching:literal,)?
        $(child: $child:literal,)?
        $(joining: $joined:literal,)?
    })+) => {
        /// The table.
        pub(crate) static HANGING: &[Hanging] = &[$(Hanging {
            table: $table,
            with_signals: optional!($(deletion!($named $table, "with signals", concat!(
                "USING unnest($1::bigint[] /* subjects */, $2::bigint[] /* signals */) AS d (subject_id, id)
                 WHERE t.subject_id = d.subject_id AND ", $signal)))?),
            with_matches: optional!($(deletion!($named $table, "with matches", concat!(
                "USING unnest($1::bigint[] /* subjects */, $2::bigint[] /* matches */) AS d (subject_id, id)
                 WHERE t.subject_id = d.subject_id AND ", $matching)))?),
            with_children: deletion!($named $table, "with children",
                child!($($child)?)),
            at_joining: joining!($joining $table $($joined)?),
        }),+];
    };
}

macro_rules! optional {
    () => {
        None
    };
    ($some:expr) => {
        Some($some)
    };
}

macro_rules! child {
    () => {
        "WHERE t.subject_id = ANY ($1::bigint[] /* subjects */)"
    };
    ($which:literal) => {
        concat!("WHERE ", $which)
    };
}

hanging! {
    "message_part" nameless stays {
        matching: "t.message_row IN (SELECT m.id FROM message m WHERE m.subject_id = d.subject_id AND m.match_id = d.id)",
    }
    "message" named stays {
        matching: "t.match_id = d.id",
    }
    "viewing" nameless stays {
        matching: "t.match_id = d.id",
    }
    // Whether it is delivered depends on its notice alone; with that it would go anyway.
    "webhook_delivery" nameless stays {
        signal: "t.notice_id IS NOT NULL
             AND t.notice_id IN (SELECT n.id FROM notice n WHERE n.subject_id = d.subject_id AND n.signal_id = d.id)",
        matching: "t.notice_id IS NOT NULL
             AND t.notice_id IN (SELECT n.id FROM notice n WHERE n.subject_id = d.subject_id AND n.match_id = d.id)",
        child: "t.subject_id = ANY ($1::bigint[] /* subjects */) AND t.notice_id IS NOT NULL",
    }
    "notice" nameless stays {
        signal: "t.signal_id = d.id",
        matching: "t.match_id = d.id",
    }
    "portal_session" nameless stays {
        signal: "(t.signatory_id IN (SELECT s.id FROM signatory s
                    JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                   WHERE s.subject_id = d.subject_id AND c.signal_id = d.id)
              OR t.letter_id IN (SELECT l.id FROM letter l WHERE l.subject_id = d.subject_id AND l.signal_id = d.id))",
        matching: "t.signatory_id IN (SELECT s.id FROM signatory s
                      JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                     WHERE s.subject_id = d.subject_id AND c.match_id = d.id)",
    }
    "family_access" nameless stays {
        signal: "(t.signatory_id IN (SELECT s.id FROM signatory s
                    JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                   WHERE s.subject_id = d.subject_id AND c.signal_id = d.id)
              OR t.letter_id IN (SELECT l.id FROM letter l WHERE l.subject_id = d.subject_id AND l.signal_id = d.id))",
        matching: "t.signatory_id IN (SELECT s.id FROM signatory s
                      JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                     WHERE s.subject_id = d.subject_id AND c.match_id = d.id)",
    }
    // Moves with the signatory, in the statement that moves what is asked about a signal.
    "signatory_decision" nameless stays {
        signal: "t.signatory_id IN (SELECT s.id FROM signatory s
                    JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                   WHERE s.subject_id = d.subject_id AND c.signal_id = d.id)",
        matching: "t.signatory_id IN (SELECT s.id FROM signatory s
                      JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
                     WHERE s.subject_id = d.subject_id AND c.match_id = d.id)",
    }
    "signatory" nameless stays {
        signal: "t.consent_id IN (SELECT c.id FROM consent c WHERE c.subject_id = d.subject_id AND c.signal_id = d.id)",
        matching: "t.consent_id IN (SELECT c.id FROM consent c WHERE c.subject_id = d.subject_id AND c.match_id = d.id)",
    }
    "consent_party" nameless stays {
        signal: "t.consent_id IN (SELECT c.id FROM consent c WHERE c.subject_id = d.subject_id AND c.signal_id = d.id)",
        matching: "t.consent_id IN (SELECT c.id FROM consent c WHERE c.subject_id = d.subject_id AND c.match_id = d.id)",
    }
    // What is asked about a signal goes where the signal goes, with all that hangs on it: in one statement, at whose end the
    // references hold again.
    "consent" named stays {
        signal: "t.signal_id = d.id",
        matching: "t.match_id = d.id",
        joining: "WITH asked AS (SELECT c.id FROM consent c
                                  WHERE c.subject_id = $2 /* other */ AND c.signal_id IS NOT NULL),
                       sessions AS (UPDATE portal_session t SET subject_id = $1 /* survivor */
                                     WHERE t.subject_id = $2 AND t.signatory_id IN
                                           (SELECT s.id FROM signatory s
                                             WHERE s.subject_id = $2 AND s.consent_id IN (SELECT id FROM asked))),
                       accesses AS (UPDATE family_access t SET subject_id = $1
                                     WHERE t.subject_id = $2 AND t.signatory_id IN
                                           (SELECT s.id FROM signatory s
                                             WHERE s.subject_id = $2 AND s.consent_id IN (SELECT id FROM asked))),
                       decisions AS (UPDATE signatory_decision t SET subject_id = $1
                                      WHERE t.subject_id = $2 AND t.signatory_id IN
                                            (SELECT s.id FROM signatory s
                                              WHERE s.subject_id = $2 AND s.consent_id IN (SELECT id FROM asked))),
                       signatories AS (UPDATE signatory t SET subject_id = $1
                                        WHERE t.subject_id = $2 AND t.consent_id IN (SELECT id FROM asked)),
                       parties AS (UPDATE consent_party t SET subject_id = $1
                                    WHERE t.subject_id = $2 AND t.consent_id IN (SELECT id FROM asked))
                  UPDATE consent t SET subject_id = $1
                   WHERE t.subject_id = $2 AND t.id IN (SELECT id FROM asked)",
    }
    "match_party" nameless stays {
        matching: "t.match_id = d.id",
    }
    "follow_up_mark" nameless stays {
        matching: "t.match_id = d.id",
    }
    "follow_up" nameless stays {
        matching: "t.match_id = d.id",
    }
    "match_case" named stays {
        matching: "t.id = d.id",
    }
    // An objection outlives its signal, so that those who made and decided it can still read what came of it.
    "objection_advice" nameless stays {}
    "objection" named moves {}
    "rights_request" named moves {}
    // With those who came in with it.
    "letter" nameless stays {
        signal: "t.signal_id = d.id",
        joining: "WITH sessions AS (UPDATE portal_session t SET subject_id = $1 /* survivor */
                                     WHERE t.subject_id = $2 /* other */ AND t.letter_id IS NOT NULL),
                       accesses AS (UPDATE family_access t SET subject_id = $1
                                     WHERE t.subject_id = $2 AND t.letter_id IS NOT NULL)
                  UPDATE letter t SET subject_id = $1 WHERE t.subject_id = $2",
    }
    "disclosure" nameless moves {
        signal: "t.signal_id = d.id",
    }
    "disclosure_watch" nameless moves {
        signal: "t.signal_id = d.id",
    }
    "postponement" nameless moves {
        signal: "t.signal_id = d.id",
    }
    "soft_match_party" nameless stays {
        signal: "t.signal_id = d.id",
    }
    // Repointed by statements of its own: it names two children.
    "soft_match" named stays {
        child: "t.subject_id = ANY ($1::bigint[] /* subjects */) OR t.other_subject_id = ANY ($1::bigint[])",
    }
    "family_match_party" nameless moves {
        signal: "t.signal_id = d.id",
    }
    "signal_circle" nameless moves {
        signal: "t.signal_id = d.id",
    }
    "client_reference" nameless moves {}
    // Where a signal went; the row it left there goes with it.
    "moved_signal" nameless stays {
        signal: "t.id = d.id",
    }
    "signal" named stays {
        signal: "t.id = d.id",
    }
    // Moved by statements of their own: a tag is the way to a child, and pairs name two.
    "subject_tag" nameless stays {}
    "subject_pair" nameless stays {
        child: "t.subject_id = ANY ($1::bigint[] /* subjects */) OR t.other_subject_id = ANY ($1::bigint[])",
    }
    "match_task" nameless stays {
        child: "t.subject_id = ANY ($1::bigint[] /* subjects */)",
    }
    "subject" nameless stays {
        child: "t.id = ANY ($1::bigint[] /* subjects */)",
    }
}

/// Every statement of the table.
#[cfg(test)]
pub(crate) fn statements() -> impl Iterator<Item = &'static Statement> {
    HANGING.iter().flat_map(|hanging| {
        [
            hanging.with_signals.as_ref(),
            hanging.with_matches.as_ref(),
            Some(&hanging.with_children),
            hanging.at_joining.as_ref(),
        ]
        .into_iter()
        .flatten()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use super::*;
    use crate::test_util::TestDatabase;

    /// What of a child lies elsewhere than in the table is forgotten when the child is destroyed, and its rows would stop
    /// the deleting of others.
    #[tokio::test]
    async fn everything_that_hangs_on_a_child_stands_in_the_table_and_is_deleted_before_what_it_refers_to() {
        let database = TestDatabase::new(Arc::new(|bytes: &mut [u8]| bytes.fill(7))).await;
        let client = database.superuser().await;
        let strings = async |sql: &str| -> Vec<(String, String)> {
            let rows = client.query(sql, &[]).await.unwrap();
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        };
        let tables = strings(
            "SELECT DISTINCT c.relname::text, '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
                AND (a.attname LIKE '%subject_id' OR c.relname = 'subject')",
        )
        .await;
        let known: BTreeSet<&str> = HANGING.iter().map(|hanging| hanging.table).collect();
        let there: BTreeSet<&str> = tables.iter().map(|(table, _)| table.as_str()).collect();
        assert_eq!(known, there);
        assert_eq!(known.len(), HANGING.len(), "a table stands twice");

        let place = |table: &str| HANGING.iter().position(|hanging| hanging.table == table);
        let references = strings(
            "SELECT f.relname::text, t.relname::text FROM pg_constraint k
               JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
              WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND NOT k.condeferred",
        )
        .await;
        for (from, to) in references {
            if let (Some(from_place), Some(to_place)) = (place(&from), place(&to)) {
                assert!(
                    from_place < to_place,
                    "{from} refers to {to} and is deleted after it"
                );
            }
        }
        // What has a name in the log leaves it behind.
        let named = strings(
            "SELECT c.relname::text, '' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
              WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
                AND a.attname = 'log_tag'",
        )
        .await;
        for (table, _) in named {
            // No event about a notice, or about a soft match in its party's name, has an opening.
            let nothing_said = ["notice", "soft_match_party"].contains(&table.as_str());
            if let Some(at) = place(&table).filter(|_| !nothing_said) {
                assert!(
                    HANGING[at].with_children.sql.contains("erasure_task"),
                    "{table} leaves what the log says of it"
                );
            }
        }
    }
}
