-- Consent for a signal, across age boundaries, and as a professional was told; and what of it which role may touch.

-- ---------------------------------------------------------------------------------------------------
-- Consents
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE consent
    ALTER COLUMN match_id DROP NOT NULL,
    ADD COLUMN signal_id     bigint,
    ADD COLUMN one_guardian  boolean NOT NULL DEFAULT false,
    ADD COLUMN superseded_by bigint,
    DROP CONSTRAINT consent_state_check,
    ADD CONSTRAINT consent_state_check CHECK (state IN
        ('requested', 'partially_given', 'given', 'refused', 'withdrawn', 'replaced', 'expired', 'superseded_by_age')),
    ADD CONSTRAINT consent_about CHECK (num_nonnulls(match_id, signal_id) = 1),
    ADD CONSTRAINT consent_superseded CHECK ((state = 'superseded_by_age') = (superseded_by IS NOT NULL)),
    ADD FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id),
    -- What supersedes is stored after what it supersedes has ended: there is one question at a time.
    ADD FOREIGN KEY (subject_id, superseded_by) REFERENCES consent (subject_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE consent ALTER COLUMN one_guardian DROP DEFAULT;
CREATE INDEX consent_by_signal ON consent (subject_id, signal_id) WHERE signal_id IS NOT NULL;
CREATE UNIQUE INDEX consent_one_pending_of_signal ON consent (subject_id, signal_id)
    WHERE state IN ('requested', 'partially_given') AND signal_id IS NOT NULL;
CREATE INDEX consent_by_answer ON consent (answer_by) WHERE state IN ('requested', 'partially_given');
CREATE INDEX consent_by_end ON consent (valid_until) WHERE state = 'given';
COMMENT ON COLUMN consent.match_id      IS '(plain) the match within which exchange is asked; NULL when it is about a signal';
COMMENT ON COLUMN consent.signal_id     IS '(plain) the sleeping signal to which agreement is asked; NULL when it is about a match';
COMMENT ON COLUMN consent.one_guardian  IS '(plain) whether one guardian declares for the others';
COMMENT ON COLUMN consent.superseded_by IS '(plain) the request by the rule of the next age';
COMMENT ON COLUMN consent.boundary_at   IS '(plain) 00:00 of the next age boundary, when it falls inside the request''s life; NULL once the request has ended';

-- Facts about a child's age do not outlive the request. The owner is under row-level security like everybody.
ALTER TABLE consent NO FORCE ROW LEVEL SECURITY;
UPDATE consent SET boundary_at = NULL WHERE state NOT IN ('requested', 'partially_given');
ALTER TABLE consent FORCE ROW LEVEL SECURITY;
ALTER TABLE consent ADD CONSTRAINT consent_age_is_forgotten
    CHECK (boundary_at IS NULL OR state IN ('requested', 'partially_given'));

-- ---------------------------------------------------------------------------------------------------
-- Signatories
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE signatory
    ADD COLUMN begins_at   timestamptz,
    ADD COLUMN assurance   text CHECK (assurance IN ('letter', 'oidc', 'assisted', 'attested')),
    ADD COLUMN method      text CHECK (method IN ('portal', 'oral', 'written')),
    ADD COLUMN recorded_by integer REFERENCES organisation,
    ADD COLUMN recorded_on date;
ALTER TABLE signatory NO FORCE ROW LEVEL SECURITY;
UPDATE signatory SET assurance = 'letter', method = 'portal' WHERE decision IS NOT NULL;
ALTER TABLE signatory FORCE ROW LEVEL SECURITY;
ALTER TABLE signatory
    ADD CONSTRAINT signatory_how CHECK (num_nonnulls(decision, assurance, method) IN (0, 3)),
    ADD CONSTRAINT signatory_recorded CHECK ((assurance IS NOT DISTINCT FROM 'attested') = (recorded_by IS NOT NULL)
                                             AND (recorded_by IS NULL) = (recorded_on IS NULL));
COMMENT ON COLUMN signatory.begins_at   IS '(plain) from when this signatory must sign: an age boundary; the row goes when the request ends before it';
COMMENT ON COLUMN signatory.assurance   IS '(plain) how sure it is that who decided is who must';
COMMENT ON COLUMN signatory.method      IS '(plain) in which form it was decided';
COMMENT ON COLUMN signatory.recorded_by IS '(plain) the organisation whose professional recorded what was said or written';
COMMENT ON COLUMN signatory.recorded_on IS '(plain) the day on which it was';

-- ---------------------------------------------------------------------------------------------------
-- Who sees and does what
-- ---------------------------------------------------------------------------------------------------

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;

-- A consent covers who is on its list and took part when the family was asked: who left and came back is another party.
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

-- What a party must know of questions it is not named in: that the family is being asked, or said no. Not by whom, nor
-- about whom.
CREATE FUNCTION asked_in_match(p_subject bigint, p_match bigint)
    RETURNS TABLE (state text, answer_by timestamptz, boundary_at timestamptz, decided_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT c.state, c.answer_by, c.boundary_at, c.decided_at FROM consent c
           WHERE c.subject_id = p_subject AND c.match_id = p_match AND is_party(p_subject, p_match)
             AND c.state IN ('requested', 'partially_given', 'refused') $$;

-- The signal that the family's code asks about.
CREATE FUNCTION is_family_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.signal_id = p_signal
                            AND current_family(c.subject_id, c.id)) $$;

ALTER FUNCTION asked_in_match OWNER TO tp_matcher;
ALTER FUNCTION is_family_signal OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
-- Whoever acts for nobody learns nothing from them.
REVOKE EXECUTE ON FUNCTION asked_in_match FROM PUBLIC;
GRANT EXECUTE ON FUNCTION asked_in_match TO tp_party;

-- An organisation asks, about a match it is party to or its own signal, and reads what covers it. It holds such a row while
-- it relies on it (FOR SHARE takes the right to update), and updates none.
DROP POLICY party_reads ON consent;
DROP POLICY party_asks ON consent;
DROP POLICY party_ends ON consent;
DROP POLICY family ON consent;
CREATE POLICY party_reads ON consent FOR SELECT TO tp_party USING (is_covered(subject_id, id));
CREATE POLICY party_holds ON consent FOR UPDATE TO tp_party USING (is_covered(subject_id, id)) WITH CHECK (false);
CREATE POLICY party_asks ON consent FOR INSERT TO tp_party
    WITH CHECK (requested_by = current_organisation()
                AND (is_party(subject_id, match_id)
                     OR EXISTS (SELECT FROM signal g
                                 WHERE g.subject_id = consent.subject_id AND g.id = consent.signal_id
                                   AND g.organisation_id = current_organisation())));
CREATE POLICY family ON consent FOR SELECT TO tp_party USING (current_family(subject_id, id));
REVOKE UPDATE ON consent FROM tp_party;
GRANT UPDATE (state) ON consent TO tp_party;
DROP POLICY party_asks ON consent_party;
CREATE POLICY party_asks ON consent_party FOR INSERT TO tp_party
    WITH CHECK (organisation_id = current_organisation() OR is_counterpart(organisation_id));
DROP POLICY party_asks ON signatory;
CREATE POLICY party_asks ON signatory FOR INSERT TO tp_party
    WITH CHECK (current_organisation() IS NOT NULL
                AND EXISTS (SELECT FROM consent c
                             WHERE c.subject_id = signatory.subject_id AND c.id = signatory.consent_id
                               AND c.requested_by = current_organisation()));

-- A family's transaction finds out what a code or session opens and what its page may show. What is decided takes hold in
-- the matcher's role, together with everything that follows for signals, other consents and messages.
REVOKE UPDATE ON signatory FROM tp_party;
GRANT UPDATE (opened_at) ON signatory TO tp_party;
ALTER POLICY family_decides ON signatory RENAME TO family_opens;
DROP POLICY family ON message;
CREATE POLICY family ON signal FOR SELECT TO tp_party USING (is_family_signal(subject_id, id));

GRANT INSERT ON consent, consent_party TO tp_matcher;
GRANT UPDATE (state, boundary_at, decided_at, valid_until, withdrawn_at, replaced_by, superseded_by, record, record_hash,
      record_signature) ON consent TO tp_matcher;
-- Never the hash of a code.
GRANT SELECT (subject_id, id, consent_id, role, number, code_until, begins_at, decision, decided_at, assurance, method),
      UPDATE (consent_id, code_until, begins_at, decision, decided_at, assurance, method, recorded_by, recorded_on)
      ON signatory TO tp_matcher;
GRANT USAGE ON SEQUENCE consent_id TO tp_matcher;
-- A signal ends with the consent it rests on; and what is asked about a signal goes where the signal goes.
GRANT UPDATE (expires_at, planned_end) ON signal TO tp_matcher;
GRANT UPDATE (subject_id) ON consent, consent_party, signatory, portal_session TO tp_matcher;
