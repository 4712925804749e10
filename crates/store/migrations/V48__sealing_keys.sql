-- An organisation has several sealing keys at once, so that one takes over from another while messages wait that are sealed
-- to it. A coordinator adds and retires them; a message says which key of either side it is sealed with.

CREATE TABLE organisation_sealing_key (
    organisation_id integer     NOT NULL REFERENCES organisation,
    number          integer     NOT NULL CHECK (number > 0),
    key             bytea       NOT NULL CHECK (octet_length(key) = 32),
    added_at        timestamptz NOT NULL,
    retired_at      timestamptz,
    PRIMARY KEY (organisation_id, number),
    UNIQUE (organisation_id, key)
);
COMMENT ON TABLE  organisation_sealing_key IS 'Public keys to which others seal. A retired one stays, so that it cannot come back.';
COMMENT ON COLUMN organisation_sealing_key.organisation_id IS '(plain) whose key';
COMMENT ON COLUMN organisation_sealing_key.number          IS '(plain) which one of its organisation; others seal to the highest that counts';
COMMENT ON COLUMN organisation_sealing_key.key             IS '(plain) the X25519 public key';
COMMENT ON COLUMN organisation_sealing_key.added_at        IS '(plain) since when it counts';
COMMENT ON COLUMN organisation_sealing_key.retired_at      IS '(plain) since when it no longer does';

-- The keys there were. When they were registered is not known any more.
INSERT INTO organisation_sealing_key (organisation_id, number, key, added_at)
SELECT id, 1, sealing_key, transaction_timestamp() FROM organisation WHERE sealing_key IS NOT NULL;

-- What was sent before is sealed with the one key that either side had. Where there was none, nobody could seal or open: a key
-- that nobody has stands for it.
ALTER TABLE message NO FORCE ROW LEVEL SECURITY;
ALTER TABLE message ADD COLUMN sender_key    bytea CHECK (octet_length(sender_key) = 32);
ALTER TABLE message ADD COLUMN recipient_key bytea CHECK (octet_length(recipient_key) = 32);
UPDATE message m
   SET sender_key    = coalesce((SELECT sealing_key FROM organisation WHERE id = m.sender_id), decode(repeat('00', 32), 'hex')),
       recipient_key = coalesce((SELECT sealing_key FROM organisation WHERE id = m.recipient_id), decode(repeat('00', 32), 'hex'));
ALTER TABLE message ALTER COLUMN sender_key SET NOT NULL;
ALTER TABLE message ALTER COLUMN recipient_key SET NOT NULL;
ALTER TABLE message FORCE ROW LEVEL SECURITY;
COMMENT ON COLUMN message.sender_key    IS '(plain) public key of the sender that it is sealed with';
COMMENT ON COLUMN message.recipient_key IS '(plain) public key of the recipient that it is sealed to';
-- How many wait that only one secret opens.
CREATE INDEX message_waiting ON message (recipient_id, recipient_key) WHERE fetched_at IS NULL AND destroyed_at IS NULL;
ALTER TABLE organisation DROP COLUMN sealing_key;

ALTER TABLE organisation_sealing_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT (organisation_id, number, key, added_at), UPDATE (retired_at) ON organisation_sealing_key TO tp_party;
CREATE POLICY operator ON organisation_sealing_key FOR ALL TO CURRENT_USER USING (true);
CREATE POLICY party ON organisation_sealing_key TO tp_party USING (organisation_id = current_organisation());
-- Who seals sees the keys of the other side, and holds one (FOR SHARE) while what is sealed to it is stored; nothing else.
CREATE POLICY counterpart ON organisation_sealing_key FOR SELECT TO tp_party USING (is_counterpart(organisation_id));
CREATE POLICY relied_on ON organisation_sealing_key FOR UPDATE TO tp_party
    USING (is_counterpart(organisation_id)) WITH CHECK (organisation_id = current_organisation());

CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON organisation_sealing_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
