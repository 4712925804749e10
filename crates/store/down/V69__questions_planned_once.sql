-- Undoes V69.

ALTER POLICY party ON organisation
    USING (id = current_organisation() OR is_counterpart(id) OR is_named_to_family(id)
           OR id = (SELECT c.organisation_id FROM client c WHERE c.id = current_client()));
ALTER POLICY delegation ON organisation RENAME TO principal;
ALTER POLICY alerted ON organisation RENAME TO supervisor;

CREATE OR REPLACE FUNCTION app_now(p_network smallint) RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp()
                 + coalesce((SELECT n.clock_offset FROM network n WHERE n.id = p_network), interval '0') $$;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
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

CREATE OR REPLACE FUNCTION follows_up_consent(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.id = p_consent
                            AND follows_up(c.subject_id, c.match_id)) $$;

CREATE OR REPLACE FUNCTION follows_up_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM organisation o WHERE o.id = current_organisation() AND o.role = 'municipality')
             AND EXISTS (SELECT FROM follow_up f JOIN match_party p USING (subject_id, match_id)
                          WHERE p.organisation_id = p_organisation AND p.visible_at <= transaction_time()
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND follows_up(f.subject_id, f.match_id)) $$;

CREATE OR REPLACE FUNCTION is_answering_municipality(p_organisation integer) RETURNS boolean
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

CREATE OR REPLACE FUNCTION is_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party mine
                           JOIN match_party theirs USING (subject_id, match_id)
                          WHERE mine.organisation_id = current_organisation()
                            AND mine.visible_at <= transaction_time()
                            AND theirs.organisation_id = p_organisation
                            AND theirs.visible_at <= transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_covered(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.id = p.consent_id
                          WHERE p.subject_id = p_subject AND p.consent_id = p_consent
                            AND p.organisation_id = current_organisation()
                            AND (c.signal_id IS NOT NULL
                                 OR EXISTS (SELECT FROM match_party m
                                             WHERE m.subject_id = c.subject_id AND m.match_id = c.match_id
                                               AND m.organisation_id = p.organisation_id
                                               AND m.visible_at <= transaction_time()
                                               AND m.joined_at <= c.requested_at))) $$;

CREATE OR REPLACE FUNCTION is_family_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.match_id = p_match
                            AND current_family(c.subject_id, c.id)) $$;

CREATE OR REPLACE FUNCTION is_family_match_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM family_match_party mine
                           JOIN family_match_party theirs USING (family_match_id)
                          WHERE mine.organisation_id = current_organisation()
                            AND mine.visible_at <= transaction_time()
                            AND theirs.organisation_id = p_organisation
                            AND theirs.visible_at <= transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_family_match_party(p_family_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM family_match_party p
                          WHERE p.family_match_id = p_family_match AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_family_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.signal_id = p_signal
                            AND current_family(c.subject_id, c.id)) $$;

CREATE OR REPLACE FUNCTION is_hidden_from_family(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                          WHERE current_family(c.subject_id, c.id)
                            AND p.organisation_id = p_organisation AND p.hidden_until > transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_hidden_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_hidden_organisation(p_subject bigint, p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.organisation_id = p_organisation
                            AND g.hidden_until > transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_in_access_file(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = file_subject() AND p_organisation IN (g.organisation_id, g.delegate_id)
                            AND (g.hidden_until > transaction_time()) IS NOT TRUE)
              OR EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = file_subject() AND p.organisation_id = p_organisation
                            AND NOT is_hidden_match(p.subject_id, p.match_id))
              OR EXISTS (SELECT FROM consent_party n
                          WHERE n.subject_id = file_subject() AND n.organisation_id = p_organisation
                            AND NOT is_hidden_organisation(n.subject_id, n.organisation_id)) $$;

CREATE OR REPLACE FUNCTION is_letter_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM letter l JOIN signal g ON g.subject_id = l.subject_id AND g.id = l.signal_id
                          WHERE p_organisation IN (g.organisation_id, g.delegate_id)
                            AND is_person(l.subject_id, NULL, l.id)) $$;

CREATE OR REPLACE FUNCTION is_letter_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM letter l
                          WHERE l.subject_id = p_subject AND l.signal_id = p_signal
                            AND is_person(l.subject_id, NULL, l.id) AND l.until > transaction_time())
              OR EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                           JOIN consent_party n ON n.subject_id = c.subject_id AND n.consent_id = c.id
                                               AND n.organisation_id = p.organisation_id
                          WHERE p.subject_id = p_subject AND p.signal_id = p_signal
                            AND p.visible_at <= transaction_time() AND current_family(c.subject_id, c.id)) $$;

CREATE OR REPLACE FUNCTION is_match_hidden_from_family(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_named_to_family(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent_party p
                          WHERE p.organisation_id = p_organisation AND current_family(p.subject_id, p.consent_id)) $$;

CREATE OR REPLACE FUNCTION is_objected_to(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM objection o
                          WHERE o.organisation_id = p_organisation AND o.municipality_id = current_organisation()) $$;

CREATE OR REPLACE FUNCTION is_party(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time()) $$;

CREATE OR REPLACE FUNCTION is_supervisor() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM organisation o
                          WHERE o.id = current_organisation() AND o.role = 'supervisor') $$;

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
