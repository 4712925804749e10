-- The gate: shares of messages' keys are released for a consent that stands, and for no other.
--
-- Of a consent the keyholder keeps that it has ended, and nothing of one that stands. Which organisations exchange in
-- which match, it learns from each request; it stands in the sealed openings of the log and nowhere else.

ALTER TABLE keyholder.setting
    ADD COLUMN gate_key_check bytea CHECK (octet_length(gate_key_check) = 32);
COMMENT ON COLUMN keyholder.setting.gate_key_check IS '(hash) of K_gate: shows that the key file is still the one that shares were made with';

CREATE TABLE keyholder.consent_key (
    network    text        NOT NULL CHECK (network ~ '^[A-Za-z0-9._-]{1,64}$'),
    public_key bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    added_at   timestamptz NOT NULL,
    ended_at   timestamptz,
    log_tag    uuid        NOT NULL,
    PRIMARY KEY (network, public_key)
);
COMMENT ON TABLE  keyholder.consent_key IS 'The portals'' keys that are believed under consent records and their status.';
COMMENT ON COLUMN keyholder.consent_key.network    IS '(plain) whose portal';
COMMENT ON COLUMN keyholder.consent_key.public_key IS '(plain) Ed25519 key';
COMMENT ON COLUMN keyholder.consent_key.added_at   IS '(plain) since when it is believed';
COMMENT ON COLUMN keyholder.consent_key.ended_at   IS '(plain) since when it is not believed any more; takes effect at once';
COMMENT ON COLUMN keyholder.consent_key.log_tag    IS '(pseudonym) random name of this key in the audit log';

CREATE TABLE keyholder.gate_tombstone (
    consent     bytea       PRIMARY KEY CHECK (octet_length(consent) = 32),
    ended_at    timestamptz NOT NULL,
    until       timestamptz NOT NULL,
    received_at timestamptz NOT NULL
);
CREATE INDEX gate_tombstone_by_until ON keyholder.gate_tombstone (until);
COMMENT ON TABLE  keyholder.gate_tombstone IS 'Consents that ended before their time. No status that comes later undoes one.';
COMMENT ON COLUMN keyholder.gate_tombstone.consent     IS '(hash) of the hash of the consent record: who reads it here cannot ask after the consent';
COMMENT ON COLUMN keyholder.gate_tombstone.ended_at    IS '(plain) when the consent ended, as the service says';
COMMENT ON COLUMN keyholder.gate_tombstone.until       IS '(plain) until when its record would have stood; the tombstone stays a day longer';
COMMENT ON COLUMN keyholder.gate_tombstone.received_at IS '(plain) when the keyholder was told';

CREATE TABLE keyholder.gate_refusal_day (
    day       date NOT NULL,
    client_id text NOT NULL REFERENCES keyholder.client,
    reason    text NOT NULL,
    PRIMARY KEY (day, client_id, reason)
);
COMMENT ON TABLE  keyholder.gate_refusal_day IS 'What was refused to whom today, so that the log tells it once.';
COMMENT ON COLUMN keyholder.gate_refusal_day.day       IS '(plain) UTC day';
COMMENT ON COLUMN keyholder.gate_refusal_day.client_id IS '(plain) who asked';
COMMENT ON COLUMN keyholder.gate_refusal_day.reason    IS '(plain) why no share was released, in a word of a closed list';

-- Keys that are believed are the operator's (the owner's) alone. A tombstone is changed only to say more.
GRANT SELECT ON keyholder.consent_key TO kh_service;
GRANT SELECT, INSERT, DELETE, UPDATE (ended_at, until) ON keyholder.gate_tombstone TO kh_service;
GRANT SELECT, INSERT, DELETE ON keyholder.gate_refusal_day TO kh_service;
