-- E-mail that says that there are messages, and nothing else. A notice is its own place in the queue: from when it shows until
-- `mailed_at` it waits to be looked at; then whom it waits for has a mail due, if they have an address and none was sent in
-- the last quarter of an hour.

CREATE TABLE mail_address (
    organisation_id integer     PRIMARY KEY REFERENCES organisation,
    address         bytea       NOT NULL,
    set_at          timestamptz NOT NULL
);
COMMENT ON TABLE  mail_address IS 'Where an organisation''s coordinator is told by mail that something waits.';
COMMENT ON COLUMN mail_address.organisation_id IS '(plain) whose it is';
COMMENT ON COLUMN mail_address.address         IS '(encrypted) the address';
COMMENT ON COLUMN mail_address.set_at          IS '(plain) when it was set';

CREATE TABLE mail (
    organisation_id integer     NOT NULL REFERENCES organisation,
    address_hash    bytea       NOT NULL CHECK (octet_length(address_hash) = 32),
    address         bytea       NOT NULL,
    message_id      uuid        NOT NULL,
    queued_at       timestamptz NOT NULL,
    due_at          timestamptz,
    attempts        integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    sent_at         timestamptz,
    refused_at      timestamptz,
    PRIMARY KEY (organisation_id, address_hash),
    CONSTRAINT mail_refused CHECK (refused_at IS NULL OR due_at IS NULL)
);
CREATE INDEX mail_due        ON mail (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX mail_by_address ON mail (address_hash);
COMMENT ON TABLE  mail IS 'To which addresses a mail is due, was sent lately, or could not be delivered.';
COMMENT ON COLUMN mail.organisation_id IS '(plain) for whose inbox';
COMMENT ON COLUMN mail.address_hash    IS '(hash) keyed, of the address: one address is mailed once in a quarter of an hour';
COMMENT ON COLUMN mail.address         IS '(encrypted) the address';
COMMENT ON COLUMN mail.message_id      IS '(plain) random name of the mail that is due or was sent';
COMMENT ON COLUMN mail.queued_at       IS '(plain) since when a mail was due';
COMMENT ON COLUMN mail.due_at          IS '(plain) when it is tried next; empty when none is due';
COMMENT ON COLUMN mail.attempts        IS '(plain) how often it was tried';
COMMENT ON COLUMN mail.sent_at         IS '(plain) when the last one was taken by the mail server';
COMMENT ON COLUMN mail.refused_at      IS '(plain) when it was given up: the mail server refused it for good, or too long';

ALTER TABLE notice
    ADD COLUMN mailed_at timestamptz;
CREATE INDEX notice_to_mail ON notice (visible_at) WHERE mailed_at IS NULL AND acknowledged_at IS NULL;
COMMENT ON COLUMN notice.mailed_at IS '(plain) when it was looked whom to mail that something waits';

-- That somebody was mailed is no event.
DROP TRIGGER leaf_beside_step ON notice;
CREATE CONSTRAINT TRIGGER leaf_beside_step AFTER UPDATE ON notice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase')
          AND to_jsonb(OLD) - '{dispatched_at,mailed_at}'::text[]
              IS DISTINCT FROM to_jsonb(NEW) - '{dispatched_at,mailed_at}'::text[])
    EXECUTE FUNCTION audit.demand_leaf();
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON mail_address
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();

ALTER TABLE mail_address ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE mail         ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY party   ON mail_address TO tp_party   USING (organisation_id = current_organisation());
CREATE POLICY matcher ON mail_address TO tp_matcher USING (true);
CREATE POLICY party   ON mail FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY matcher ON mail TO tp_matcher USING (true);

GRANT SELECT, INSERT, UPDATE (address, set_at), DELETE ON mail_address TO tp_party;
GRANT SELECT ON mail TO tp_party;
GRANT SELECT ON mail_address TO tp_matcher;
GRANT SELECT, INSERT, UPDATE, DELETE ON mail TO tp_matcher;
GRANT UPDATE (mailed_at) ON notice TO tp_matcher;
