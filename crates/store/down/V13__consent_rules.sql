-- Takes V13 back. What only V13 can say goes: consents for signals, and requests that an age boundary ended.

ALTER TABLE portal_session NO FORCE ROW LEVEL SECURITY;
ALTER TABLE signatory      NO FORCE ROW LEVEL SECURITY;
ALTER TABLE consent_party  NO FORCE ROW LEVEL SECURITY;
ALTER TABLE consent        NO FORCE ROW LEVEL SECURITY;
DELETE FROM portal_session p USING signatory s JOIN consent c ON c.subject_id = s.subject_id AND c.id = s.consent_id
 WHERE p.subject_id = s.subject_id AND p.signatory_id = s.id AND c.signal_id IS NOT NULL;
DELETE FROM signatory s USING consent c
 WHERE c.subject_id = s.subject_id AND c.id = s.consent_id AND (c.signal_id IS NOT NULL OR s.begins_at IS NOT NULL);
DELETE FROM consent_party p USING consent c
 WHERE c.subject_id = p.subject_id AND c.id = p.consent_id AND c.signal_id IS NOT NULL;
DELETE FROM consent WHERE signal_id IS NOT NULL;

DROP POLICY family ON signal;
CREATE POLICY family ON message TO tp_party USING (is_family_match(subject_id, match_id));
ALTER POLICY family_opens ON signatory RENAME TO family_decides;
REVOKE UPDATE ON signatory FROM tp_party;
GRANT UPDATE (opened_at, decision, decided_at) ON signatory TO tp_party;
DROP POLICY party_asks ON signatory;
CREATE POLICY party_asks ON signatory FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM consent c
                         WHERE c.subject_id = signatory.subject_id AND c.id = signatory.consent_id
                           AND c.requested_by = current_organisation()));
DROP POLICY party_asks ON consent_party;
CREATE POLICY party_asks ON consent_party FOR INSERT TO tp_party WITH CHECK (is_counterpart(organisation_id));
DROP POLICY party_reads ON consent;
DROP POLICY party_holds ON consent;
DROP POLICY party_asks ON consent;
DROP POLICY family ON consent;
CREATE POLICY party_reads ON consent FOR SELECT TO tp_party USING (is_party(subject_id, match_id));
CREATE POLICY party_asks ON consent FOR INSERT TO tp_party
    WITH CHECK (is_party(subject_id, match_id) AND requested_by = current_organisation());
CREATE POLICY party_ends ON consent FOR UPDATE TO tp_party
    USING (is_party(subject_id, match_id)) WITH CHECK (is_party(subject_id, match_id) AND state = 'expired');
CREATE POLICY family ON consent TO tp_party
    USING (current_family(subject_id, id)
           OR (state IN ('given', 'replaced') AND is_family_match(subject_id, match_id)))
    WITH CHECK (is_family_match(subject_id, match_id));
GRANT UPDATE (state, boundary_at, decided_at, valid_until, withdrawn_at, replaced_by,
      record, record_hash, record_signature) ON consent TO tp_party;
REVOKE INSERT, UPDATE ON consent FROM tp_matcher;
REVOKE INSERT ON consent_party FROM tp_matcher;
GRANT UPDATE (state, boundary_at) ON consent TO tp_matcher;
REVOKE SELECT, UPDATE ON signatory FROM tp_matcher;
GRANT SELECT (subject_id, id, consent_id) ON signatory TO tp_matcher;
REVOKE USAGE ON SEQUENCE consent_id FROM tp_matcher;
REVOKE UPDATE (expires_at, planned_end) ON signal FROM tp_matcher;
REVOKE UPDATE ON consent_party, portal_session FROM tp_matcher;

GRANT tp_matcher TO CURRENT_USER;
DROP FUNCTION asked_in_match;
DROP FUNCTION is_family_signal;
CREATE OR REPLACE FUNCTION is_covered(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent_party p
                          WHERE p.subject_id = p_subject AND p.consent_id = p_consent
                            AND p.organisation_id = current_organisation()) $$;
REVOKE tp_matcher FROM CURRENT_USER;

ALTER TABLE signatory
    DROP CONSTRAINT signatory_how,
    DROP CONSTRAINT signatory_recorded,
    DROP COLUMN begins_at,
    DROP COLUMN assurance,
    DROP COLUMN method,
    DROP COLUMN recorded_by,
    DROP COLUMN recorded_on;
ALTER TABLE consent
    DROP CONSTRAINT consent_superseded,
    DROP CONSTRAINT consent_about,
    DROP CONSTRAINT consent_age_is_forgotten,
    DROP CONSTRAINT consent_state_check;
UPDATE consent SET state = 'expired' WHERE state = 'superseded_by_age';
ALTER TABLE consent
    DROP COLUMN superseded_by,
    DROP COLUMN signal_id,
    DROP COLUMN one_guardian,
    ALTER COLUMN match_id SET NOT NULL,
    ADD CONSTRAINT consent_state_check CHECK (state IN
        ('requested', 'partially_given', 'given', 'refused', 'withdrawn', 'replaced', 'expired'));
DROP INDEX consent_by_answer, consent_by_end;
ALTER TABLE portal_session FORCE ROW LEVEL SECURITY;
ALTER TABLE signatory      FORCE ROW LEVEL SECURITY;
ALTER TABLE consent_party  FORCE ROW LEVEL SECURITY;
ALTER TABLE consent        FORCE ROW LEVEL SECURITY;
COMMENT ON COLUMN consent.match_id    IS '(plain) the match within which exchange is asked';
COMMENT ON COLUMN consent.boundary_at IS '(plain) 00:00 of the next age boundary, when it falls inside the request''s life; wiped when the request ends';
