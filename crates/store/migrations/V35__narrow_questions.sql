-- Questions that run as the matcher answer only whom they concern, so that nobody who can put them learns of the records of
-- others by their numbers.

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;

-- The municipality is asked for by whoever holds a letter that opens the signal.
CREATE OR REPLACE FUNCTION municipality_for_signal(p_subject bigint, p_signal bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT coalesce((SELECT m.municipality_id FROM match_party p
                             JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
                            WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND m.state <> 'closed'
                            ORDER BY m.id DESC LIMIT 1), c.municipality_id)
            FROM signal g JOIN organisation o ON o.id = g.organisation_id JOIN covenant c ON c.id = o.covenant_id
           WHERE g.subject_id = p_subject AND g.id = p_signal
             AND (is_letter_signal(g.subject_id, g.id) OR is_family_signal(g.subject_id, g.id)) $$;

-- Of an objection its organisation reads beside the question for its advice only these.
CREATE FUNCTION is_asked_for_advice(p_subject bigint, p_objection bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM objection_advice a
                          WHERE a.subject_id = p_subject AND a.objection_id = p_objection
                            AND a.organisation_id = current_organisation()) $$;

CREATE OR REPLACE FUNCTION state_of_objection(p_subject bigint, p_objection bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT CASE WHEN o.state = 'open' AND o.signal_id IS NULL THEN 'lapsed' ELSE o.state END
            FROM objection o
           WHERE o.subject_id = p_subject AND o.id = p_objection AND is_asked_for_advice(o.subject_id, o.id) $$;

CREATE OR REPLACE FUNCTION signal_of_objection(p_subject bigint, p_objection bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.signal_id FROM objection o
           WHERE o.subject_id = p_subject AND o.id = p_objection AND is_asked_for_advice(o.subject_id, o.id) $$;

CREATE OR REPLACE FUNCTION tag_of_objection(p_subject bigint, p_objection bigint) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.log_tag FROM objection o
           WHERE o.subject_id = p_subject AND o.id = p_objection AND is_asked_for_advice(o.subject_id, o.id) $$;

-- Whoever acts for a family at a desk, or makes its file, is no follow-up officer in that transaction, though the
-- municipality may have both roles: what is read for the family is what the family may see.
CREATE OR REPLACE FUNCTION follows_up(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT NULLIF(current_setting('app.person', true), '') IS NULL
             AND NULLIF(current_setting('app.family', true), '') IS NULL
             AND NULLIF(current_setting('app.access', true), '') IS NULL
             AND EXISTS (SELECT FROM follow_up f
                           JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
                           JOIN covenant c ON c.id = m.covenant_id
                          WHERE f.subject_id = p_subject AND f.match_id = p_match
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND m.state <> 'closed'
                            AND coalesce(m.municipality_id, c.follow_up_officer_id) = current_organisation()) $$;

-- Whether something about a child is hidden from its family at this moment: asked by the family itself, or in the
-- transaction that makes its file. What tells of somebody who is hidden is not shown then.
CREATE FUNCTION hides_from_reader(p_subject bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT (p_subject = access_subject()
                  OR split_part(NULLIF(current_setting('app.person', true), ''), ':', 2) = p_subject::text) IS TRUE
             AND EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.state <> 'moved'
                            AND g.hidden_until > transaction_time()) $$;

ALTER FUNCTION is_asked_for_advice OWNER TO tp_matcher;
ALTER FUNCTION hides_from_reader OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
