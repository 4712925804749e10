-- Undoes V56.

DROP POLICY answers ON organisation;
DROP FUNCTION is_answering_municipality;
DROP FUNCTION person_subject;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION access_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT r.subject_id FROM rights_request r
           WHERE r.municipality_id = current_organisation() AND r.used_right = 'access' AND r.state = 'given'
             AND r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '') $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
DROP FUNCTION may_fetch_file;
