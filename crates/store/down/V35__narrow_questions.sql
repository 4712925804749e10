-- Undoes V35.

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION municipality_for_signal(p_subject bigint, p_signal bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT coalesce((SELECT m.municipality_id FROM match_party p
                             JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
                            WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND m.state <> 'closed'
                            ORDER BY m.id DESC LIMIT 1), c.municipality_id)
            FROM signal g JOIN organisation o ON o.id = g.organisation_id JOIN covenant c ON c.id = o.covenant_id
           WHERE g.subject_id = p_subject AND g.id = p_signal $$;
CREATE OR REPLACE FUNCTION state_of_objection(p_subject bigint, p_objection bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT CASE WHEN o.state = 'open' AND o.signal_id IS NULL THEN 'lapsed' ELSE o.state END
            FROM objection o
           WHERE o.subject_id = p_subject AND o.id = p_objection $$;
CREATE OR REPLACE FUNCTION signal_of_objection(p_subject bigint, p_objection bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.signal_id FROM objection o WHERE o.subject_id = p_subject AND o.id = p_objection $$;
CREATE OR REPLACE FUNCTION tag_of_objection(p_subject bigint, p_objection bigint) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.log_tag FROM objection o WHERE o.subject_id = p_subject AND o.id = p_objection $$;
CREATE OR REPLACE FUNCTION follows_up(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM follow_up f
                           JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
                           JOIN covenant c ON c.id = m.covenant_id
                          WHERE f.subject_id = p_subject AND f.match_id = p_match
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND m.state <> 'closed'
                            AND coalesce(m.municipality_id, c.follow_up_officer_id) = current_organisation()) $$;
DROP FUNCTION is_asked_for_advice;
DROP FUNCTION hides_from_reader;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
