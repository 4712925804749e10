-- Undoes V55.

ALTER POLICY access ON signal USING (subject_id = access_subject() AND (hidden_until > transaction_time()) IS NOT TRUE);
ALTER POLICY access ON match_case USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, id));
ALTER POLICY access ON match_party
    USING (subject_id = access_subject() AND visible_at <= transaction_time()
           AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON viewing USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON message USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON consent
    USING (subject_id = access_subject() AND NOT is_hidden_organisation(subject_id, requested_by));
ALTER POLICY access ON consent_party
    USING (subject_id = access_subject() AND NOT is_hidden_organisation(subject_id, organisation_id));
ALTER POLICY access ON disclosure USING (subject_id = access_subject());

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION is_in_access_file(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = access_subject() AND p_organisation IN (g.organisation_id, g.delegate_id)
                            AND (g.hidden_until > transaction_time()) IS NOT TRUE)
              OR EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = access_subject() AND p.organisation_id = p_organisation
                            AND NOT is_hidden_match(p.subject_id, p.match_id))
              OR EXISTS (SELECT FROM consent_party n
                          WHERE n.subject_id = access_subject() AND n.organisation_id = p_organisation
                            AND NOT is_hidden_organisation(n.subject_id, n.organisation_id)) $$;
CREATE OR REPLACE FUNCTION hides_from_reader(p_subject bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT (p_subject = access_subject()
                  OR split_part(NULLIF(current_setting('app.person', true), ''), ':', 2) = p_subject::text) IS TRUE
             AND EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.state <> 'moved'
                            AND g.hidden_until > transaction_time()) $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
DROP FUNCTION file_subject;
DROP FUNCTION whole_subject;

REVOKE UPDATE (read_at, whole_read_at) ON portal_session FROM tp_party;
ALTER TABLE portal_session DROP COLUMN read_at, DROP COLUMN whole_read_at;
DROP TABLE signatory_decision;
DROP SEQUENCE signatory_decision_id;
ALTER TABLE signatory DROP COLUMN language;
