-- The code of a letter opens at a municipality's desk also after it was exchanged, by whomever. Only who brings the return key
-- shows there that the access is theirs.

ALTER TABLE rights_request ADD COLUMN with_key boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN rights_request.with_key IS '(plain) whether it was made at a desk with the return key; else with the code of a letter, or in the portal';

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION access_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT r.subject_id FROM rights_request r
           WHERE r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')
             AND r.used_right = 'access' AND r.state = 'given'
             AND (r.municipality_id = current_organisation()
                  OR (is_person(r.subject_id, r.signatory_id, r.letter_id)
                      AND may_fetch_file(CASE WHEN r.with_key THEN r.route ELSE 'portal' END, r.made_at))) $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
