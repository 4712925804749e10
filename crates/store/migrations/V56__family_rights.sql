-- In the portal the family follows what it asked for, and fetches the file that access gave.

GRANT tp_party, tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_party, tp_matcher;

-- The child of the person who is here, by what the statement that let them in has put.
CREATE FUNCTION person_subject() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT NULLIF(split_part(current_setting('app.person', true), ':', 2), '')::bigint $$;

-- Whether the session that is here may fetch the file of a request made so and then. A letter alone does not show everything
-- about a child: another service confirmed in this session who they are, or an official did when the request was made, of the
-- very person who had chosen the PIN of this access before. It runs as the family's own role, which sees no session but this one.
CREATE FUNCTION may_fetch_file(p_route text, p_made_at timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM portal_session s
                           JOIN family_access a ON a.subject_id = s.subject_id AND a.id = s.access_id
                          WHERE s.secret_hash = current_credential() AND s.stage = 'in'
                            AND s.expires_at > clock_timestamp()
                            AND (s.assurance = 'oidc' OR (p_route = 'assisted' AND a.made_at <= p_made_at))) $$;
ALTER FUNCTION may_fetch_file OWNER TO tp_party;

-- The child whose file is being made because access was given: in the transaction of the municipality that gave it, or of the
-- person who asked for it.
CREATE OR REPLACE FUNCTION access_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT r.subject_id FROM rights_request r
           WHERE r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')
             AND r.used_right = 'access' AND r.state = 'given'
             AND (r.municipality_id = current_organisation()
                  OR (is_person(r.subject_id, r.signatory_id, r.letter_id) AND may_fetch_file(r.route, r.made_at))) $$;

-- The municipalities that a person of the family has to do with: those that decide on what they asked for, and those that
-- would decide on what they can ask.
CREATE FUNCTION is_answering_municipality(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM objection o
                          WHERE o.subject_id = person_subject() AND o.municipality_id = p_organisation
                            AND is_person(o.subject_id, o.signatory_id, o.letter_id))
              OR EXISTS (SELECT FROM rights_request r
                          WHERE r.subject_id = person_subject() AND r.municipality_id = p_organisation
                            AND is_person(r.subject_id, r.signatory_id, r.letter_id))
              OR EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = person_subject()
                            AND municipality_for_signal(g.subject_id, g.id) = p_organisation) $$;
ALTER FUNCTION is_answering_municipality OWNER TO tp_matcher;

REVOKE CREATE ON SCHEMA public FROM tp_party, tp_matcher;
REVOKE tp_party, tp_matcher FROM CURRENT_USER;

CREATE POLICY answers ON organisation FOR SELECT TO tp_party USING (is_answering_municipality(id));
