-- A code is exchanged at its first use for a return key with a chosen PIN. Until then it is spent by nobody: entering it
-- opens a session in which nothing can be done but choose that PIN.

-- ---------------------------------------------------------------------------------------------------
-- Letters
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE letter ADD COLUMN until timestamptz, ADD COLUMN spent_at timestamptz;
-- Letters of before were issued with a code that opened them to the end. So it stays.
ALTER TABLE letter NO FORCE ROW LEVEL SECURITY;
UPDATE letter SET until = code_until;
ALTER TABLE letter FORCE ROW LEVEL SECURITY;
ALTER TABLE letter ALTER COLUMN until SET NOT NULL;
ALTER TABLE letter ADD CONSTRAINT letter_code_until CHECK (code_until <= until);
COMMENT ON COLUMN letter.code_until IS '(plain) until when its code may be used for the first time';
COMMENT ON COLUMN letter.until      IS '(plain) until when it opens anything: the end of all there is to see, or for a guardian 00:00 of the 16th birthday';
COMMENT ON COLUMN letter.spent_at   IS '(plain) when its code was exchanged for a return key';

ALTER TABLE signatory ADD COLUMN spent_at timestamptz;
COMMENT ON COLUMN signatory.code_until IS '(plain) until when the code may be used for the first time, as long as no consent stands';
COMMENT ON COLUMN signatory.spent_at   IS '(plain) when the code was exchanged for a return key';

-- ---------------------------------------------------------------------------------------------------
-- Accesses
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE family_access_id;
CREATE TABLE family_access (
    subject_id   bigint      NOT NULL,
    id           bigint      NOT NULL,
    signatory_id bigint,
    letter_id    bigint,
    key_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(key_hash) = 32),
    entry_hash   bytea       NOT NULL UNIQUE CHECK (octet_length(entry_hash) = 32),
    sub_hash     bytea       CHECK (octet_length(sub_hash) = 32),
    made_at      timestamptz NOT NULL,
    PRIMARY KEY (subject_id, id),
    -- One person has one.
    UNIQUE (subject_id, signatory_id),
    UNIQUE (subject_id, letter_id),
    FOREIGN KEY (subject_id, signatory_id) REFERENCES signatory (subject_id, id),
    FOREIGN KEY (subject_id, letter_id) REFERENCES letter (subject_id, id),
    CHECK (num_nonnulls(signatory_id, letter_id) = 1)
);
COMMENT ON TABLE  family_access IS 'How one person of the family comes back: with a return key and a PIN, for which the code of a letter was exchanged.';
COMMENT ON COLUMN family_access.subject_id   IS '(pseudonym) the child';
COMMENT ON COLUMN family_access.id           IS '(plain) internal number';
COMMENT ON COLUMN family_access.signatory_id IS '(plain) whose access, by the letter of a request for consent';
COMMENT ON COLUMN family_access.letter_id    IS '(plain) whose access, by the letter of a signal';
COMMENT ON COLUMN family_access.key_hash     IS '(hash) keyed hash of the return key, by which a municipality''s desk finds it';
COMMENT ON COLUMN family_access.entry_hash   IS '(hash) keyed hash of return key and PIN together';
COMMENT ON COLUMN family_access.sub_hash     IS '(hash) keyed hash of the name by which a log-in service knows this person to us alone; NULL as long as nobody logged in';
COMMENT ON COLUMN family_access.made_at      IS '(plain) when the PIN was chosen';

-- ---------------------------------------------------------------------------------------------------
-- Sessions
-- ---------------------------------------------------------------------------------------------------

-- Those that are open were opened by the code alone. They last two hours at most, and the code can be entered again.
ALTER TABLE portal_session NO FORCE ROW LEVEL SECURITY;
DELETE FROM portal_session;
ALTER TABLE portal_session FORCE ROW LEVEL SECURITY;
ALTER TABLE portal_session
    ALTER COLUMN signatory_id DROP NOT NULL,
    ADD COLUMN letter_id bigint,
    ADD COLUMN access_id bigint,
    ADD COLUMN stage     text NOT NULL CHECK (stage IN ('chooses_pin', 'shows_key', 'in', 'ended')),
    ADD COLUMN assurance text NOT NULL CHECK (assurance IN ('letter', 'oidc')),
    ADD CONSTRAINT portal_session_whose CHECK (num_nonnulls(signatory_id, letter_id) = 1),
    ADD CONSTRAINT portal_session_access CHECK (stage = 'ended' OR (stage = 'chooses_pin') = (access_id IS NULL));
COMMENT ON COLUMN portal_session.signatory_id IS '(plain) whose, by the letter of a request for consent';
COMMENT ON COLUMN portal_session.letter_id    IS '(plain) whose, by the letter of a signal';
COMMENT ON COLUMN portal_session.access_id    IS '(plain) the access by which it is in; NULL until a PIN is chosen';
COMMENT ON COLUMN portal_session.stage        IS '(plain) what it may do: choose a PIN, be shown the return key, everything, or nothing any more since the access was taken away';
COMMENT ON COLUMN portal_session.assurance    IS '(plain) how sure it is that this is the person the letter is for';

-- ---------------------------------------------------------------------------------------------------
-- Wrong PINs
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE guess_bucket (
    bucket integer     PRIMARY KEY CHECK (bucket BETWEEN 0 AND 4095),
    hour   timestamptz NOT NULL,
    wrong  integer     NOT NULL CHECK (wrong BETWEEN 0 AND 10)
);
COMMENT ON TABLE  guess_bucket IS 'How often a wrong PIN was typed to a return key in an hour. Return keys fall into 4,096 buckets.';
COMMENT ON COLUMN guess_bucket.bucket IS '(plain) 12 bits of a keyed hash of the return key';
COMMENT ON COLUMN guess_bucket.hour   IS '(plain) the hour, real time';
COMMENT ON COLUMN guess_bucket.wrong  IS '(plain) how often';

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

-- A letter reaches its signal after its code was spent, with the return key.
GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
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
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

ALTER TABLE family_access ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE guess_bucket  ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT, UPDATE (sub_hash) ON family_access TO tp_party;
GRANT SELECT, INSERT, UPDATE ON guess_bucket TO tp_party;
GRANT UPDATE (access_id, stage, assurance, expires_at) ON portal_session TO tp_party;
GRANT UPDATE (spent_at) ON signatory, letter TO tp_party;
GRANT USAGE ON SEQUENCE family_access_id TO tp_party;

-- Whoever holds the session, or the return key: at a desk, or with the PIN, which the statement compares.
CREATE POLICY family ON family_access FOR SELECT TO tp_party
    USING (key_hash = current_credential()
           OR (subject_id, id) = (SELECT p.subject_id, p.access_id FROM portal_session p
                                   WHERE p.secret_hash = current_credential()));
CREATE POLICY family_makes ON family_access FOR INSERT TO tp_party
    WITH CHECK (is_person(subject_id, signatory_id, letter_id));
CREATE POLICY family_logs_in ON family_access FOR UPDATE TO tp_party
    USING (is_person(subject_id, signatory_id, letter_id));
CREATE POLICY party ON guess_bucket TO tp_party USING (current_organisation() IS NULL);

DROP POLICY family_enters ON portal_session;
CREATE POLICY family_enters ON portal_session FOR INSERT TO tp_party
    WITH CHECK (is_person(subject_id, signatory_id, letter_id));
CREATE POLICY family_goes_on ON portal_session FOR UPDATE TO tp_party
    USING (secret_hash = current_credential()) WITH CHECK (is_person(subject_id, signatory_id, letter_id));

DROP POLICY family ON signatory;
DROP POLICY family_opens ON signatory;
-- A family's transaction sees who must sign its own request, since the last signature decides; no page shows it.
CREATE POLICY family ON signatory FOR SELECT TO tp_party
    USING (current_family(subject_id, consent_id) OR code_hash = current_credential()
           OR (subject_id, id) = (SELECT p.subject_id, p.signatory_id FROM portal_session p
                                   WHERE p.secret_hash = current_credential())
           OR (subject_id, id) = (SELECT a.subject_id, a.signatory_id FROM family_access a
                                   WHERE a.key_hash = current_credential()));
CREATE POLICY family_opens ON signatory FOR UPDATE TO tp_party USING (is_person(subject_id, id, NULL));

DROP POLICY family ON letter;
CREATE POLICY family ON letter FOR SELECT TO tp_party
    USING (code_hash = current_credential()
           OR (subject_id, id) = (SELECT p.subject_id, p.letter_id FROM portal_session p
                                   WHERE p.secret_hash = current_credential())
           OR (subject_id, id) = (SELECT a.subject_id, a.letter_id FROM family_access a
                                   WHERE a.key_hash = current_credential()));
CREATE POLICY family_opens ON letter FOR UPDATE TO tp_party USING (is_person(subject_id, NULL, id));

-- tp_matcher: takes an access away and gives a letter another code, never reading one; and destroys with the child.
GRANT SELECT (subject_id, id, signatory_id, letter_id), UPDATE (subject_id), DELETE ON family_access TO tp_matcher;
GRANT SELECT (subject_id, signatory_id, letter_id, access_id), UPDATE (stage) ON portal_session TO tp_matcher;
GRANT UPDATE (code_hash, spent_at) ON signatory TO tp_matcher;
GRANT SELECT (until), UPDATE (code_hash, code_until, spent_at) ON letter TO tp_matcher;
GRANT SELECT (hour), DELETE ON guess_bucket TO tp_matcher;
CREATE POLICY matcher ON family_access TO tp_matcher USING (true);
CREATE POLICY matcher ON guess_bucket  TO tp_matcher USING (true);

-- No access comes or goes without a leaf.
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON family_access
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
