-- Attachments: announced, laid down in parts, read in the same parts. A message and an attachment are rows of one table, so
-- that whatever closes the exchange finds both.

ALTER TABLE message NO FORCE ROW LEVEL SECURITY;
ALTER TABLE message ADD COLUMN kind            text        NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'attachment'));
ALTER TABLE message ADD COLUMN sealed_bytes    integer     CHECK (sealed_bytes BETWEEN 16 AND 26220800);
ALTER TABLE message ADD COLUMN arrive_by       timestamptz;
ALTER TABLE message ADD COLUMN acknowledged_at timestamptz;
-- Of what was destroyed nobody knows any more how large it was.
UPDATE message SET sealed_bytes = coalesce(octet_length(ciphertext), 16);
ALTER TABLE message ALTER COLUMN kind DROP DEFAULT;
ALTER TABLE message ALTER COLUMN sealed_bytes SET NOT NULL;
ALTER TABLE message ALTER COLUMN sent_at DROP NOT NULL;
ALTER TABLE message DROP CONSTRAINT message_check;
ALTER TABLE message ADD CONSTRAINT message_content CHECK (
    (ciphertext IS NOT NULL) = (kind = 'message' AND destroyed_at IS NULL AND acknowledged_at IS NULL));
ALTER TABLE message ADD CONSTRAINT message_arrival CHECK (
    (kind = 'attachment') = (arrive_by IS NOT NULL) AND (kind = 'attachment' OR sent_at IS NOT NULL));
ALTER TABLE message ADD CONSTRAINT message_course CHECK (
    (fetched_at IS NULL OR sent_at IS NOT NULL) AND (acknowledged_at IS NULL OR fetched_at IS NOT NULL)
    AND (acknowledged_at IS NULL OR destroyed_at IS NULL));
ALTER TABLE message FORCE ROW LEVEL SECURITY;
-- How many arrive of one sender, and which of them came to nothing.
CREATE INDEX message_arriving ON message (arrive_by) WHERE sent_at IS NULL AND destroyed_at IS NULL;
COMMENT ON COLUMN message.kind            IS '(plain) a message, or an attachment in parts';
COMMENT ON COLUMN message.sealed_bytes    IS '(plain) how many sealed bytes it has, or had';
COMMENT ON COLUMN message.sent_at         IS '(plain) when all of it was there; NULL while an attachment arrives';
COMMENT ON COLUMN message.arrive_by       IS '(plain) when an attachment is destroyed unless all of it is there';
COMMENT ON COLUMN message.fetched_at      IS '(plain) first time the recipient had read all of it';
COMMENT ON COLUMN message.acknowledged_at IS '(plain) when the recipient said that it has it in its own file';
COMMENT ON COLUMN message.ciphertext      IS '(encrypted) of a message: sealed by the sender to the recipient; the service has no key. NULL once acknowledged or destroyed';

CREATE TABLE message_part (
    subject_id  bigint   NOT NULL,
    message_row bigint   NOT NULL,
    part        smallint NOT NULL CHECK (part BETWEEN 0 AND 26),
    ciphertext  bytea    NOT NULL CHECK (octet_length(ciphertext) BETWEEN 1 AND 983280),
    fetched_at  timestamptz,
    PRIMARY KEY (subject_id, message_row, part),
    FOREIGN KEY (subject_id, message_row) REFERENCES message (subject_id, id)
);
-- Sealed bytes do not compress.
ALTER TABLE message_part ALTER COLUMN ciphertext SET STORAGE EXTERNAL;
COMMENT ON TABLE  message_part IS 'The parts of an attachment. They are deleted once it is acknowledged or destroyed.';
COMMENT ON COLUMN message_part.subject_id  IS '(pseudonym) the child';
COMMENT ON COLUMN message_part.message_row IS '(plain) the attachment';
COMMENT ON COLUMN message_part.part        IS '(plain) its number, from 0';
COMMENT ON COLUMN message_part.ciphertext  IS '(encrypted) sealed by the sender to the recipient; the service has no key';
COMMENT ON COLUMN message_part.fetched_at  IS '(plain) first time the recipient read it';

ALTER TABLE message_part ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
-- The sender lays parts down while the attachment arrives, and says that it is whole.
GRANT SELECT, INSERT (subject_id, message_row, part, ciphertext), UPDATE (fetched_at), DELETE ON message_part TO tp_party;
GRANT UPDATE (sent_at, acknowledged_at) ON message TO tp_party;
CREATE POLICY party_completes ON message FOR UPDATE TO tp_party
    USING (sender_id = current_organisation() AND kind = 'attachment' AND sent_at IS NULL AND is_party(subject_id, match_id))
    WITH CHECK (sender_id = current_organisation() AND kind = 'attachment');
CREATE POLICY party_reads ON message_part FOR SELECT TO tp_party
    USING (EXISTS (SELECT FROM message m WHERE m.subject_id = message_part.subject_id AND m.id = message_part.message_row
                      AND current_organisation() IN (m.sender_id, m.recipient_id)));
CREATE POLICY party_sends ON message_part FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM message m WHERE m.subject_id = message_part.subject_id AND m.id = message_part.message_row
                           AND m.sender_id = current_organisation() AND m.sent_at IS NULL AND m.destroyed_at IS NULL));
-- The recipient marks what it read, and has it destroyed when it acknowledges.
CREATE POLICY party_fetches ON message_part FOR UPDATE TO tp_party
    USING (EXISTS (SELECT FROM message m WHERE m.subject_id = message_part.subject_id AND m.id = message_part.message_row
                      AND m.recipient_id = current_organisation()));
CREATE POLICY party_destroys ON message_part FOR DELETE TO tp_party
    USING (EXISTS (SELECT FROM message m WHERE m.subject_id = message_part.subject_id AND m.id = message_part.message_row
                      AND m.recipient_id = current_organisation()));
-- Who closes the exchange destroys what it cannot read.
GRANT SELECT (subject_id, message_row), DELETE ON message_part TO tp_matcher;
GRANT SELECT (kind, sent_at, arrive_by, acknowledged_at) ON message TO tp_matcher;
CREATE POLICY matcher ON message_part TO tp_matcher USING (true);

-- That something waits is told like everything else.
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN
        ('match-opened', 'match-joined', 'match-closed', 'match-corrected', 'lead-proposed', 'lead-accepted',
         'lead-declined', 'message-waiting', 'contact-reminder', 'archived-signal', 'signal-destroyed',
         'disclosure-reminder', 'postponement-review', 'soft-match', 'family-match', 'objection-advice',
         'objection-decided', 'webhook-disabled'));

-- A part that arrives leaves no leaf of its own: the announcement before and the whole after it do.
CREATE CONSTRAINT TRIGGER leaf_beside AFTER UPDATE OR DELETE ON message_part
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
