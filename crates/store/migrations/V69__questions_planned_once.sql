-- The questions that row-level security asks, word for word, in PL/pgSQL. PostgreSQL reads and plans the body of an SQL function
-- anew in each statement that calls it, and it cannot be made part of that statement where it is SECURITY DEFINER: four in five
-- parts of what a request spent in the database went there. A session plans the body of a PL/pgSQL function once.
--
-- What is asked on behalf of a family, of a person or of who reads a file is answered at once where nobody of them is here:
-- the tables would be read to the end to find that out, and they grow.

CREATE OR REPLACE FUNCTION app_now(p_network smallint) RETURNS timestamptz
    LANGUAGE plpgsql VOLATILE
    AS $$ BEGIN
        RETURN clock_timestamp()
               + coalesce((SELECT n.clock_offset FROM network n WHERE n.id = p_network), interval '0');
    END $$;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION follows_up(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN NULLIF(current_setting('app.person', true), '') IS NULL
             AND NULLIF(current_setting('app.family', true), '') IS NULL
             AND NULLIF(current_setting('app.access', true), '') IS NULL
             AND EXISTS (SELECT FROM follow_up f
                           JOIN match_case m ON m.subject_id = f.subject_id AND m.id = f.match_id
                           JOIN covenant c ON c.id = m.covenant_id
                          WHERE f.subject_id = p_subject AND f.match_id = p_match
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND m.state <> 'closed'
                            AND coalesce(m.municipality_id, c.follow_up_officer_id) = current_organisation());
    END $$;

CREATE OR REPLACE FUNCTION follows_up_consent(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.id = p_consent
                            AND follows_up(c.subject_id, c.match_id));
    END $$;

CREATE OR REPLACE FUNCTION follows_up_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM organisation o WHERE o.id = current_organisation() AND o.role = 'municipality')
             AND EXISTS (SELECT FROM follow_up f JOIN match_party p USING (subject_id, match_id)
                          WHERE p.organisation_id = p_organisation AND p.visible_at <= transaction_time()
                            AND f.escalates_at <= transaction_time()
                            AND (f.escalated_at IS NOT NULL OR f.look_at IS NOT NULL)
                            AND follows_up(f.subject_id, f.match_id));
    END $$;

CREATE OR REPLACE FUNCTION is_answering_municipality(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.person', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM objection o
                          WHERE o.subject_id = person_subject() AND o.municipality_id = p_organisation
                            AND is_person(o.subject_id, o.signatory_id, o.letter_id))
              OR EXISTS (SELECT FROM rights_request r
                          WHERE r.subject_id = person_subject() AND r.municipality_id = p_organisation
                            AND is_person(r.subject_id, r.signatory_id, r.letter_id))
              OR EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = person_subject()
                            AND municipality_for_signal(g.subject_id, g.id) = p_organisation);
    END $$;

-- From either's matches to the next of the other's that is not before it: whoever has few decides how long it takes.
CREATE OR REPLACE FUNCTION is_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ DECLARE
        v_mine   bigint;
        v_theirs bigint := 0;
    BEGIN
        LOOP
            SELECT p.match_id INTO v_mine FROM match_party p
             WHERE p.organisation_id = current_organisation() AND p.match_id >= v_theirs
               AND p.visible_at <= transaction_time()
             ORDER BY p.match_id LIMIT 1;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            SELECT p.match_id INTO v_theirs FROM match_party p
             WHERE p.organisation_id = p_organisation AND p.match_id >= v_mine
               AND p.visible_at <= transaction_time()
             ORDER BY p.match_id LIMIT 1;
            IF NOT FOUND THEN
                RETURN false;
            END IF;
            -- Numbers of matches are given out once.
            IF v_mine = v_theirs THEN
                RETURN true;
            END IF;
        END LOOP;
    END $$;

CREATE OR REPLACE FUNCTION is_covered(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM consent_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.id = p.consent_id
                          WHERE p.subject_id = p_subject AND p.consent_id = p_consent
                            AND p.organisation_id = current_organisation()
                            AND (c.signal_id IS NOT NULL
                                 OR EXISTS (SELECT FROM match_party m
                                             WHERE m.subject_id = c.subject_id AND m.match_id = c.match_id
                                               AND m.organisation_id = p.organisation_id
                                               AND m.visible_at <= transaction_time()
                                               AND m.joined_at <= c.requested_at)));
    END $$;

CREATE OR REPLACE FUNCTION is_family_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.family', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.match_id = p_match
                            AND current_family(c.subject_id, c.id));
    END $$;

CREATE OR REPLACE FUNCTION is_family_match_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM family_match_party mine
                           JOIN family_match_party theirs USING (family_match_id)
                          WHERE mine.organisation_id = current_organisation()
                            AND mine.visible_at <= transaction_time()
                            AND theirs.organisation_id = p_organisation
                            AND theirs.visible_at <= transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_family_match_party(p_family_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM family_match_party p
                          WHERE p.family_match_id = p_family_match AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_family_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.family', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.signal_id = p_signal
                            AND current_family(c.subject_id, c.id));
    END $$;

CREATE OR REPLACE FUNCTION is_hidden_from_family(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.family', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                          WHERE current_family(c.subject_id, c.id)
                            AND p.organisation_id = p_organisation AND p.hidden_until > transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_hidden_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_hidden_organisation(p_subject bigint, p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.organisation_id = p_organisation
                            AND g.hidden_until > transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_in_access_file(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.access', true), '') IS NULL AND NULLIF(current_setting('app.whole', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = file_subject() AND p_organisation IN (g.organisation_id, g.delegate_id)
                            AND (g.hidden_until > transaction_time()) IS NOT TRUE)
              OR EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = file_subject() AND p.organisation_id = p_organisation
                            AND NOT is_hidden_match(p.subject_id, p.match_id))
              OR EXISTS (SELECT FROM consent_party n
                          WHERE n.subject_id = file_subject() AND n.organisation_id = p_organisation
                            AND NOT is_hidden_organisation(n.subject_id, n.organisation_id));
    END $$;

CREATE OR REPLACE FUNCTION is_letter_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.person', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM letter l JOIN signal g ON g.subject_id = l.subject_id AND g.id = l.signal_id
                          WHERE p_organisation IN (g.organisation_id, g.delegate_id)
                            AND is_person(l.subject_id, NULL, l.id));
    END $$;

CREATE OR REPLACE FUNCTION is_letter_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.person', true), '') IS NULL AND NULLIF(current_setting('app.family', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM letter l
                          WHERE l.subject_id = p_subject AND l.signal_id = p_signal
                            AND is_person(l.subject_id, NULL, l.id) AND l.until > transaction_time())
              OR EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                           JOIN consent_party n ON n.subject_id = c.subject_id AND n.consent_id = c.id
                                               AND n.organisation_id = p.organisation_id
                          WHERE p.subject_id = p_subject AND p.signal_id = p_signal
                            AND p.visible_at <= transaction_time() AND current_family(c.subject_id, c.id));
    END $$;

CREATE OR REPLACE FUNCTION is_match_hidden_from_family(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_named_to_family(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.family', true), '') IS NULL THEN
            RETURN false;
        END IF;
        RETURN EXISTS (SELECT FROM consent_party p
                          WHERE p.organisation_id = p_organisation AND current_family(p.subject_id, p.consent_id));
    END $$;

CREATE OR REPLACE FUNCTION is_objected_to(p_organisation integer) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM objection o
                          WHERE o.organisation_id = p_organisation AND o.municipality_id = current_organisation());
    END $$;

CREATE OR REPLACE FUNCTION is_party(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time());
    END $$;

CREATE OR REPLACE FUNCTION is_supervisor() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        RETURN EXISTS (SELECT FROM organisation o
                          WHERE o.id = current_organisation() AND o.role = 'supervisor');
    END $$;

CREATE OR REPLACE FUNCTION access_subject() RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ BEGIN
        IF NULLIF(current_setting('app.access', true), '') IS NULL THEN
            RETURN NULL;
        END IF;
        RETURN (
        SELECT r.subject_id FROM rights_request r
        WHERE r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')
          AND r.used_right = 'access' AND r.state = 'given'
          AND (r.municipality_id = current_organisation()
               OR (is_person(r.subject_id, r.signatory_id, r.letter_id)
                   AND may_fetch_file(CASE WHEN r.with_key THEN r.route ELSE 'portal' END, r.made_at))));
    END $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

-- Policies of one table are asked in the reverse order of their names. The one that nearly always says yes comes first now, and
-- in it what can be told without a look at matches.
ALTER POLICY supervisor ON organisation RENAME TO alerted;
ALTER POLICY principal ON organisation RENAME TO delegation;
ALTER POLICY party ON organisation
    USING (id = current_organisation()
           OR id = (SELECT c.organisation_id FROM client c WHERE c.id = current_client())
           OR is_counterpart(id) OR is_named_to_family(id));
