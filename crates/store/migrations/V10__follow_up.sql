-- Notices about signals and who should have read them; the follow-up of matches; statistics.

-- ---------------------------------------------------------------------------------------------------
-- Notices
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE notice
    ADD COLUMN unread_from timestamptz,
    ADD COLUMN unread_at   timestamptz,
    ADD COLUMN about_tag   uuid,
    ADD CONSTRAINT notice_about_one CHECK (num_nonnulls(match_id, signal_id) = 1);
-- Notices that lay there before. The owner is under row-level security like everybody.
ALTER TABLE notice     NO FORCE ROW LEVEL SECURITY;
ALTER TABLE match_case NO FORCE ROW LEVEL SECURITY;
UPDATE notice n
   SET unread_from = n.visible_at + interval '4 days', about_tag = m.log_tag
  FROM match_case m WHERE m.subject_id = n.subject_id AND m.id = n.match_id;
ALTER TABLE match_case FORCE ROW LEVEL SECURITY;
ALTER TABLE notice     FORCE ROW LEVEL SECURITY;
ALTER TABLE notice
    ALTER COLUMN unread_from SET NOT NULL,
    ALTER COLUMN about_tag SET NOT NULL,
    ADD CONSTRAINT notice_unread CHECK (unread_from >= visible_at);
CREATE INDEX notice_unread ON notice (unread_from) WHERE acknowledged_at IS NULL AND unread_at IS NULL;
COMMENT ON COLUMN notice.unread_from IS '(plain) from when it is the coordinator''s, if nobody acknowledges it';
COMMENT ON COLUMN notice.unread_at   IS '(plain) when the audit log was told that nobody had';
COMMENT ON COLUMN notice.about_tag   IS '(pseudonym) random name in the audit log of what it is about';

-- A party may tell the others of its match something, as far as it sees them, and remind itself.
GRANT INSERT ON notice TO tp_party;
GRANT USAGE ON SEQUENCE notice_id TO tp_party;
GRANT UPDATE (unread_at) ON notice TO tp_matcher;
CREATE POLICY party_tells ON notice FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM match_party p
                         WHERE p.subject_id = notice.subject_id AND p.match_id = notice.match_id
                           AND p.organisation_id = notice.organisation_id)
                OR (signal_id IS NOT NULL AND organisation_id = current_organisation()));

-- ---------------------------------------------------------------------------------------------------
-- Follow-up
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE follow_up (
    subject_id   bigint      NOT NULL,
    match_id     bigint      NOT NULL,
    remind_at    timestamptz NOT NULL,
    escalates_at timestamptz NOT NULL,
    look_at      timestamptz,
    reminded_at  timestamptz,
    escalated_at timestamptz,
    PRIMARY KEY (subject_id, match_id),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id)
);
CREATE INDEX follow_up_to_look_at ON follow_up (look_at) WHERE look_at IS NOT NULL;
COMMENT ON TABLE  follow_up IS 'The course of a match''s contact deadline. Whether contact is missing is derived from the match, each time one looks.';
COMMENT ON COLUMN follow_up.subject_id   IS '(pseudonym) the child';
COMMENT ON COLUMN follow_up.match_id     IS '(plain) the match';
COMMENT ON COLUMN follow_up.remind_at    IS '(plain) when parties are reminded';
COMMENT ON COLUMN follow_up.escalates_at IS '(plain) from when the officer has a task, if contact is missing';
COMMENT ON COLUMN follow_up.look_at      IS '(plain) when the driver has to look next; NULL when nothing is to come, because contact was made or the officer has the task';
COMMENT ON COLUMN follow_up.reminded_at  IS '(plain) when parties were reminded';
COMMENT ON COLUMN follow_up.escalated_at IS '(plain) when the audit log was told that the officer has a task';

CREATE SEQUENCE follow_up_mark_id;
CREATE TABLE follow_up_mark (
    subject_id bigint      NOT NULL,
    match_id   bigint      NOT NULL,
    id         bigint      NOT NULL,
    mark       text        NOT NULL CHECK (mark IN ('called_both', 'called_one', 'no_answer', 'meeting_planned')),
    marked_at  timestamptz NOT NULL,
    PRIMARY KEY (subject_id, match_id, id),
    FOREIGN KEY (subject_id, match_id) REFERENCES follow_up (subject_id, match_id)
);
COMMENT ON TABLE  follow_up_mark IS 'What follow-up officers did about tasks.';
COMMENT ON COLUMN follow_up_mark.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN follow_up_mark.match_id   IS '(plain) the match';
COMMENT ON COLUMN follow_up_mark.id         IS '(plain) internal number';
COMMENT ON COLUMN follow_up_mark.mark       IS '(plain) what was done';
COMMENT ON COLUMN follow_up_mark.marked_at  IS '(plain) when it was noted';

-- Matches that were open before. The owner is under row-level security like everybody.
ALTER TABLE match_case NO FORCE ROW LEVEL SECURITY;
INSERT INTO follow_up (subject_id, match_id, remind_at, escalates_at, look_at)
SELECT m.subject_id, m.id, d.remind_at, d.escalates_at, d.remind_at
  FROM match_case m
 CROSS JOIN LATERAL (SELECT (m.contact_deadline + time '09:00') AT TIME ZONE 'Europe/Amsterdam' AS remind_at,
                            (m.contact_deadline + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam' AS escalates_at) AS d
 WHERE m.state <> 'closed';
ALTER TABLE match_case FORCE ROW LEVEL SECURITY;

-- The questions that policies ask. They run as the matcher, because a policy that reads its own table would recurse.
CREATE FUNCTION follows_up(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM follow_up f
                           JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
                           JOIN covenant c ON c.id = m.covenant_id
                          WHERE f.subject_id = p_subject AND f.match_id = p_match
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND m.state <> 'closed'
                            AND coalesce(m.municipality_id, c.follow_up_officer_id) = current_organisation()) $$;
CREATE FUNCTION follows_up_consent(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.id = p_consent
                            AND follows_up(c.subject_id, c.match_id)) $$;
-- The name of an organisation in a match that this officer follows up. For everyone but officers the first question is the
-- last.
CREATE FUNCTION follows_up_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM organisation o WHERE o.id = current_organisation() AND o.role = 'municipality')
             AND EXISTS (SELECT FROM follow_up f JOIN match_party p USING (subject_id, match_id)
                          WHERE p.organisation_id = p_organisation AND p.visible_at <= transaction_time()
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND follows_up(f.subject_id, f.match_id)) $$;

ALTER TABLE follow_up      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE follow_up_mark ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE, DELETE ON follow_up TO tp_matcher;
GRANT SELECT, DELETE ON follow_up_mark TO tp_matcher;
CREATE POLICY matcher ON follow_up      TO tp_matcher USING (true);
CREATE POLICY matcher ON follow_up_mark TO tp_matcher USING (true);

-- The officer's view: only matches whose deadline passed without contact, and of them what the rules need to say whether
-- contact is still missing. No signal, no notice, no message.
GRANT SELECT, UPDATE (escalated_at, look_at) ON follow_up TO tp_party;
GRANT SELECT, INSERT ON follow_up_mark TO tp_party;
GRANT USAGE ON SEQUENCE follow_up_mark_id TO tp_party;
CREATE POLICY officer ON follow_up TO tp_party USING (follows_up(subject_id, match_id));
CREATE POLICY officer ON follow_up_mark TO tp_party USING (follows_up(subject_id, match_id));
-- That an officer looked is told to the family like any other look.
CREATE POLICY officer ON viewing TO tp_party
    USING (organisation_id = current_organisation() AND follows_up(subject_id, match_id));
CREATE POLICY officer_reads ON match_case FOR SELECT TO tp_party USING (follows_up(subject_id, id));
CREATE POLICY officer_reads ON match_party FOR SELECT TO tp_party
    USING (visible_at <= transaction_time() AND follows_up(subject_id, match_id));
CREATE POLICY officer_reads ON consent FOR SELECT TO tp_party USING (follows_up(subject_id, match_id));
CREATE POLICY officer_reads ON consent_party FOR SELECT TO tp_party
    USING (follows_up_consent(subject_id, consent_id));
CREATE POLICY officer_reads ON organisation FOR SELECT TO tp_party USING (follows_up_organisation(id));

-- ---------------------------------------------------------------------------------------------------
-- Statistics
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE statistics_place (
    only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    next_leaf bigint  NOT NULL
);
INSERT INTO statistics_place (next_leaf) VALUES (0);
COMMENT ON TABLE  statistics_place IS 'One row: how far the audit log has been counted.';
COMMENT ON COLUMN statistics_place.only_one  IS '(plain) holds the table to one row';
COMMENT ON COLUMN statistics_place.next_leaf IS '(plain) the first leaf that was not';

CREATE TABLE statistics_following (
    log_tag     uuid        PRIMARY KEY,
    covenant_id integer     NOT NULL REFERENCES covenant,
    due_at      timestamptz
);
COMMENT ON TABLE  statistics_following IS 'Matches and consents whose end has yet to be counted.';
COMMENT ON COLUMN statistics_following.log_tag     IS '(pseudonym) random name of the record in the audit log';
COMMENT ON COLUMN statistics_following.covenant_id IS '(plain) the covenant for which it is counted';
COMMENT ON COLUMN statistics_following.due_at      IS '(plain) until when contact is in time, of a match';
-- The covenant of a match is looked up once, when the leaf of its opening is counted.
CREATE INDEX match_case_by_log_tag ON match_case (log_tag);

CREATE TABLE statistics_count (
    quarter     text    NOT NULL CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    covenant_id integer NOT NULL REFERENCES covenant,
    measure     text    NOT NULL,
    count       bigint  NOT NULL CHECK (count > 0),
    PRIMARY KEY (quarter, covenant_id, measure)
);
COMMENT ON TABLE  statistics_count IS 'What was counted in a quarter that is not over; goes when the quarter is published. No door reads it.';
COMMENT ON COLUMN statistics_count.quarter     IS '(plain) the quarter';
COMMENT ON COLUMN statistics_count.covenant_id IS '(plain) the covenant';
COMMENT ON COLUMN statistics_count.measure     IS '(plain) what is counted';
COMMENT ON COLUMN statistics_count.count       IS '(plain) how many';

CREATE TABLE statistics_quarter (
    quarter    text        PRIMARY KEY CHECK (quarter ~ '^[0-9]{4}-Q[1-4]$'),
    counted_at timestamptz NOT NULL
);
COMMENT ON TABLE  statistics_quarter IS 'Quarters that are over and counted, once and for all.';
COMMENT ON COLUMN statistics_quarter.quarter    IS '(plain) the quarter';
COMMENT ON COLUMN statistics_quarter.counted_at IS '(plain) when';

CREATE TABLE statistics (
    quarter     text    NOT NULL REFERENCES statistics_quarter,
    covenant_id integer REFERENCES covenant,
    measure     text    NOT NULL,
    count       bigint  CHECK (count >= 10),
    UNIQUE NULLS NOT DISTINCT (quarter, covenant_id, measure)
);
COMMENT ON TABLE  statistics IS 'What is published of a quarter. A number that is withheld is not kept either.';
COMMENT ON COLUMN statistics.quarter     IS '(plain) the quarter';
COMMENT ON COLUMN statistics.covenant_id IS '(plain) the covenant; NULL for the network';
COMMENT ON COLUMN statistics.measure     IS '(plain) what was counted';
COMMENT ON COLUMN statistics.count       IS '(plain) how many; NULL when it is withheld';

ALTER TABLE statistics       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE statistics_count ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE statistics_following ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Counted by who orders the log. It reads of the tables only which covenant a record belongs to.
GRANT SELECT (public_id, covenant_id) ON organisation TO tp_log;
GRANT SELECT (log_tag, covenant_id) ON match_case TO tp_log;
GRANT SELECT (log_tag) ON consent TO tp_log;
CREATE POLICY counting ON organisation FOR SELECT TO tp_log USING (true);
CREATE POLICY counting ON match_case   FOR SELECT TO tp_log USING (true);
CREATE POLICY counting ON consent      FOR SELECT TO tp_log USING (true);
GRANT SELECT, UPDATE ON statistics_place TO tp_log;
GRANT SELECT, INSERT, UPDATE, DELETE ON statistics_count, statistics_following TO tp_log;
-- What is published is never changed.
GRANT SELECT, INSERT ON statistics_quarter, statistics TO tp_log;
CREATE POLICY counting ON statistics_count     TO tp_log USING (true);
CREATE POLICY counting ON statistics_following TO tp_log USING (true);
CREATE POLICY counting ON statistics           TO tp_log USING (true);
GRANT SELECT ON statistics_quarter, statistics TO tp_party;
CREATE POLICY municipality ON statistics FOR SELECT TO tp_party USING (is_municipality_of(covenant_id));
CREATE POLICY supervisor   ON statistics FOR SELECT TO tp_party USING (is_supervisor());

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION follows_up OWNER TO tp_matcher;
ALTER FUNCTION follows_up_consent OWNER TO tp_matcher;
ALTER FUNCTION follows_up_organisation OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
