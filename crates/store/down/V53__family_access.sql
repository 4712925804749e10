-- Undoes V53.

DELETE FROM guess_bucket;
DROP TABLE guess_bucket;
ALTER TABLE portal_session NO FORCE ROW LEVEL SECURITY;
DELETE FROM portal_session;
ALTER TABLE portal_session FORCE ROW LEVEL SECURITY;

DROP POLICY family ON signatory;
DROP POLICY family_opens ON signatory;
DROP POLICY family ON letter;
DROP POLICY family_opens ON letter;
DROP POLICY family_enters ON portal_session;
DROP POLICY family_goes_on ON portal_session;
DROP TABLE family_access;
DROP SEQUENCE family_access_id;

REVOKE UPDATE (access_id, stage, assurance, expires_at) ON portal_session FROM tp_party;
ALTER TABLE portal_session
    DROP COLUMN letter_id, DROP COLUMN access_id, DROP COLUMN stage, DROP COLUMN assurance,
    ALTER COLUMN signatory_id SET NOT NULL;
COMMENT ON COLUMN portal_session.signatory_id IS '(plain) whose code opened it';

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
CREATE OR REPLACE FUNCTION is_letter_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM letter l
                          WHERE l.subject_id = p_subject AND l.signal_id = p_signal
                            AND is_person(l.subject_id, NULL, l.id) AND l.code_until > transaction_time())
              OR EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                           JOIN consent_party n ON n.subject_id = c.subject_id AND n.consent_id = c.id
                                               AND n.organisation_id = p.organisation_id
                          WHERE p.subject_id = p_subject AND p.signal_id = p_signal
                            AND p.visible_at <= transaction_time() AND current_family(c.subject_id, c.id)) $$;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

ALTER TABLE letter NO FORCE ROW LEVEL SECURITY;
UPDATE letter SET code_until = until;
ALTER TABLE letter FORCE ROW LEVEL SECURITY;
REVOKE UPDATE (code_hash, code_until) ON letter FROM tp_matcher;
ALTER TABLE letter DROP CONSTRAINT letter_code_until, DROP COLUMN until, DROP COLUMN spent_at;
COMMENT ON COLUMN letter.code_until IS '(plain) until when it opens anything: the end of all there is to see, or for a guardian 00:00 of the 16th birthday';
REVOKE UPDATE (code_hash) ON signatory FROM tp_matcher;
ALTER TABLE signatory DROP COLUMN spent_at;
COMMENT ON COLUMN signatory.code_until IS '(plain) until when the code opens an unanswered request';

CREATE POLICY family ON signatory FOR SELECT TO tp_party
    USING (current_family(subject_id, consent_id) OR code_hash = current_credential()
           OR (subject_id, id) = (SELECT s.subject_id, s.signatory_id FROM portal_session s
                                   WHERE s.secret_hash = current_credential()));
CREATE POLICY family_opens ON signatory FOR UPDATE TO tp_party
    USING (code_hash = current_credential()
           OR (subject_id, id) = (SELECT s.subject_id, s.signatory_id FROM portal_session s
                                   WHERE s.secret_hash = current_credential()));
CREATE POLICY family_enters ON portal_session FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM signatory s
                         WHERE s.subject_id = portal_session.subject_id AND s.id = portal_session.signatory_id
                           AND s.code_hash = current_credential()));
CREATE POLICY family ON letter FOR SELECT TO tp_party USING (code_hash = current_credential());
