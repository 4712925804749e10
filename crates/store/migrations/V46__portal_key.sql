-- The portal's key changes: which keys there were, and which of them signed each record. And what a keyholder is told of
-- consents that ended before their time.

CREATE TABLE portal_key (
    network_id smallint    NOT NULL REFERENCES network,
    key_id     bytea       NOT NULL CHECK (octet_length(key_id) = 16),
    public_key bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    added_at   timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (network_id, key_id)
);
COMMENT ON TABLE  portal_key IS 'Keys that sign or signed consent records. The secrets are the portal''s alone.';
COMMENT ON COLUMN portal_key.network_id IS '(plain) the network';
COMMENT ON COLUMN portal_key.key_id     IS '(hash) of the key, as records name it';
COMMENT ON COLUMN portal_key.public_key IS '(plain) Ed25519 public key';
COMMENT ON COLUMN portal_key.added_at   IS '(plain) since when it is published';
COMMENT ON COLUMN portal_key.retired_at IS '(plain) since when it signs no more; records it signed are still checked with it';

-- The process that holds the key fills it in for records from before, when it first starts.
ALTER TABLE consent
    ADD COLUMN record_key bytea CHECK (octet_length(record_key) = 16),
    ADD CONSTRAINT consent_record_key CHECK (record_key IS NULL OR record IS NOT NULL);
CREATE INDEX consent_by_record ON consent (record_hash) WHERE record_hash IS NOT NULL;
-- What a professional recorded where the key is not, and the portal has yet to sign.
CREATE INDEX consent_to_sign ON consent (subject_id, id) WHERE state = 'partially_given';
COMMENT ON COLUMN consent.record_key IS '(hash) which key of the portal signed the record';

-- One line for each record that ended otherwise than by its own time: an outbox. It names no child, so that it is still
-- there when nothing else is left of the consent.
CREATE TABLE tombstone (
    record_hash bytea       PRIMARY KEY CHECK (octet_length(record_hash) = 32),
    ended_at    timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    due_at      timestamptz NOT NULL,
    attempts    integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    pushed_at   timestamptz
);
CREATE INDEX tombstone_due   ON tombstone (due_at) WHERE pushed_at IS NULL;
CREATE INDEX tombstone_until ON tombstone (until);
COMMENT ON TABLE  tombstone IS 'Consent records that ended before their time, for the keyholder, until that time has come.';
COMMENT ON COLUMN tombstone.record_hash IS '(hash) SHA-256 of the record';
COMMENT ON COLUMN tombstone.ended_at    IS '(plain) when it ended';
COMMENT ON COLUMN tombstone.until       IS '(plain) until when the record could have stood';
COMMENT ON COLUMN tombstone.due_at      IS '(plain) when the keyholder is told, or told again after it did not answer';
COMMENT ON COLUMN tombstone.attempts    IS '(plain) how often that was tried in vain';
COMMENT ON COLUMN tombstone.pushed_at   IS '(plain) when the keyholder took it';

-- Whether two parties of a record are still covered by it, or by the last of those that took its place one after the other:
-- what the portal's word about the record says. Who left and came back was not meant by a record from before, also where
-- another stands in its place.
CREATE FUNCTION is_standing(p_subject bigint, p_consent bigint, p_now timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp
    AS $$ WITH RECURSIVE place (id, replaced_by) AS (
              SELECT c.id, c.replaced_by FROM consent c WHERE c.subject_id = p_subject AND c.id = p_consent
              UNION SELECT c.id, c.replaced_by
                      FROM place p JOIN consent c ON c.subject_id = p_subject AND c.id = p.replaced_by)
          SELECT EXISTS (
              SELECT FROM place l JOIN consent c ON c.subject_id = p_subject AND c.id = l.id
               WHERE l.replaced_by IS NULL AND c.state = 'given' AND c.valid_until > p_now
                 AND (c.match_id IS NULL
                      OR (EXISTS (SELECT FROM match_case m
                                   WHERE m.subject_id = c.subject_id AND m.id = c.match_id AND m.state <> 'closed')
                          AND 1 < (SELECT count(*) FROM consent_party named
                                     JOIN consent_party covered ON covered.subject_id = named.subject_id
                                          AND covered.consent_id = c.id
                                          AND covered.organisation_id = named.organisation_id
                                     JOIN match_party p ON p.subject_id = named.subject_id AND p.match_id = c.match_id
                                          AND p.organisation_id = named.organisation_id
                                    WHERE named.subject_id = c.subject_id AND named.consent_id = p_consent
                                      AND p.left_at IS NULL AND p.expires_at > p_now
                                      AND p.joined_at <= c.requested_at
                                      AND p.joined_at <= (SELECT o.requested_at FROM consent o
                                                           WHERE o.subject_id = p_subject AND o.id = p_consent))))) $$;
COMMENT ON FUNCTION is_standing IS 'Whether a consent record still lets two of its parties exchange.';

-- Writes a tombstone for each record of a match that stands no longer, though its own time has not come.
CREATE FUNCTION bury_consents(p_subject bigint, p_match bigint, p_now timestamptz) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ WITH buried AS (
              INSERT INTO tombstone (record_hash, ended_at, until, due_at)
              SELECT c.record_hash, p_now, c.valid_until, p_now FROM consent c
               WHERE c.subject_id = p_subject AND c.match_id = p_match AND c.record_hash IS NOT NULL
                 AND c.valid_until > p_now AND NOT is_standing(c.subject_id, c.id, p_now)
                  ON CONFLICT (record_hash) DO NOTHING
              RETURNING 1)
          SELECT count(*) FROM buried $$;
COMMENT ON FUNCTION bury_consents IS 'Notes for the keyholder which consents of a match ended before their time.';

ALTER TABLE portal_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tombstone  ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY matcher ON portal_key TO tp_matcher USING (true);
CREATE POLICY matcher ON tombstone  TO tp_matcher USING (true);
GRANT SELECT, INSERT, UPDATE (retired_at) ON portal_key TO tp_matcher;
GRANT SELECT, INSERT, UPDATE (due_at, attempts, pushed_at), DELETE ON tombstone TO tp_matcher;
GRANT UPDATE (record_key) ON consent TO tp_matcher;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION bury_consents OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
-- Whoever closes a match ends every consent in it, also those that do not cover it.
REVOKE EXECUTE ON FUNCTION bury_consents, is_standing FROM PUBLIC;
GRANT EXECUTE ON FUNCTION bury_consents TO tp_party, tp_matcher;
GRANT EXECUTE ON FUNCTION is_standing TO tp_matcher;
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON portal_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
