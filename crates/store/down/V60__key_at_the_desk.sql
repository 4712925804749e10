-- Undoes V60.

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION access_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT r.subject_id FROM rights_request r
           WHERE r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')
             AND r.used_right = 'access' AND r.state = 'given'
             AND (r.municipality_id = current_organisation()
                  OR (is_person(r.subject_id, r.signatory_id, r.letter_id) AND may_fetch_file(r.route, r.made_at))) $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
ALTER TABLE rights_request DROP COLUMN with_key;
