-- What the family's pages show: what each of them decided, in which words, and everything about a child to whom another
-- service confirmed who reads.

-- ---------------------------------------------------------------------------------------------------
-- In which words somebody decided
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE signatory ADD COLUMN language text CHECK (language ~ '^[a-z]{2}$');
COMMENT ON COLUMN signatory.language IS '(plain) in which language they read what they decided; NULL where they read no page here: then it is that of the request';

-- What a signatory decided stands with the signatory as it is now. What they decided before, and had read then, stands here,
-- for themselves: nobody else reads it.
CREATE SEQUENCE signatory_decision_id;
CREATE TABLE signatory_decision (
    subject_id   bigint      NOT NULL,
    id           bigint      NOT NULL,
    signatory_id bigint      NOT NULL,
    decision     text        NOT NULL CHECK (decision IN ('agreed', 'refused', 'withdrawn')),
    decided_at   timestamptz NOT NULL,
    text_version text        NOT NULL,
    language     text        NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    assurance    text        NOT NULL CHECK (assurance IN ('letter', 'oidc', 'assisted', 'attested')),
    method       text        NOT NULL CHECK (method IN ('portal', 'oral', 'written')),
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, signatory_id) REFERENCES signatory (subject_id, id)
);
CREATE INDEX signatory_decision_by_signatory ON signatory_decision (subject_id, signatory_id);
COMMENT ON TABLE  signatory_decision IS 'What one signatory decided, each time: their own history.';
COMMENT ON COLUMN signatory_decision.subject_id   IS '(pseudonym) the child';
COMMENT ON COLUMN signatory_decision.id           IS '(plain) internal number';
COMMENT ON COLUMN signatory_decision.signatory_id IS '(plain) who decided';
COMMENT ON COLUMN signatory_decision.decision     IS '(plain) yes, no, or a consent taken back';
COMMENT ON COLUMN signatory_decision.decided_at   IS '(plain) when';
COMMENT ON COLUMN signatory_decision.text_version IS '(plain) version of the text that was shown';
COMMENT ON COLUMN signatory_decision.language     IS '(plain) in which language they read it, or of their letter where they read no page here';
COMMENT ON COLUMN signatory_decision.assurance    IS '(plain) how sure it is that who decided is who must';
COMMENT ON COLUMN signatory_decision.method       IS '(plain) in which form it was decided';

ALTER TABLE signatory_decision ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON signatory_decision TO tp_party;
CREATE POLICY own ON signatory_decision FOR SELECT TO tp_party USING (is_person(subject_id, signatory_id, NULL));
CREATE POLICY access ON signatory_decision FOR SELECT TO tp_party
    USING (subject_id = access_subject()
           AND EXISTS (SELECT FROM rights_request r
                        WHERE r.subject_id = signatory_decision.subject_id
                          AND r.signatory_id = signatory_decision.signatory_id
                          AND r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')));
GRANT SELECT, INSERT, DELETE, UPDATE (subject_id) ON signatory_decision TO tp_matcher;
GRANT USAGE ON SEQUENCE signatory_decision_id TO tp_matcher;
CREATE POLICY matcher ON signatory_decision TO tp_matcher USING (true);
GRANT SELECT (language), UPDATE (language) ON signatory TO tp_matcher;

-- ---------------------------------------------------------------------------------------------------
-- That somebody reads
-- ---------------------------------------------------------------------------------------------------

-- Each page and each download is the same reading: one leaf an hour tells of it.
ALTER TABLE portal_session ADD COLUMN read_at timestamptz, ADD COLUMN whole_read_at timestamptz;
COMMENT ON COLUMN portal_session.read_at       IS '(plain) when the log was last told that what the letter opens was read in this session';
COMMENT ON COLUMN portal_session.whole_read_at IS '(plain) the same of everything about the child';
GRANT UPDATE (read_at, whole_read_at) ON portal_session TO tp_party;

-- ---------------------------------------------------------------------------------------------------
-- Everything about a child
-- ---------------------------------------------------------------------------------------------------

-- The child about whom the session that is here may read everything: in that session another service confirmed who they are,
-- and the act asked for everything. It runs as the family's own role, which sees no session but this one.
CREATE FUNCTION whole_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT s.subject_id FROM portal_session s
           WHERE NULLIF(current_setting('app.whole', true), '') IS NOT NULL
             AND s.secret_hash = current_credential() AND s.assurance = 'oidc' AND s.stage = 'in'
             AND s.expires_at > clock_timestamp() $$;

-- The child whose file is being made.
CREATE FUNCTION file_subject() RETURNS bigint
    LANGUAGE sql STABLE
    AS $$ SELECT CASE WHEN NULLIF(current_setting('app.access', true), '') IS NOT NULL THEN access_subject()
                      WHEN NULLIF(current_setting('app.whole', true), '') IS NOT NULL THEN whole_subject() END $$;

GRANT tp_party, tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_party, tp_matcher;
ALTER FUNCTION whole_subject OWNER TO tp_party;

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

CREATE OR REPLACE FUNCTION hides_from_reader(p_subject bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT (p_subject = file_subject()
                  OR split_part(NULLIF(current_setting('app.person', true), ''), ':', 2) = p_subject::text) IS TRUE
             AND EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.state <> 'moved'
                            AND g.hidden_until > transaction_time()) $$;
REVOKE CREATE ON SCHEMA public FROM tp_party, tp_matcher;
REVOKE tp_party, tp_matcher FROM CURRENT_USER;

ALTER POLICY access ON signal USING (subject_id = file_subject() AND (hidden_until > transaction_time()) IS NOT TRUE);
ALTER POLICY access ON match_case USING (subject_id = file_subject() AND NOT is_hidden_match(subject_id, id));
ALTER POLICY access ON match_party
    USING (subject_id = file_subject() AND visible_at <= transaction_time() AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON viewing USING (subject_id = file_subject() AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON message USING (subject_id = file_subject() AND NOT is_hidden_match(subject_id, match_id));
ALTER POLICY access ON consent USING (subject_id = file_subject() AND NOT is_hidden_organisation(subject_id, requested_by));
ALTER POLICY access ON consent_party
    USING (subject_id = file_subject() AND NOT is_hidden_organisation(subject_id, organisation_id));
ALTER POLICY access ON disclosure USING (subject_id = file_subject());

-- Nothing is decided without a leaf.
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON signatory_decision
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
