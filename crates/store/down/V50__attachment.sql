-- Undoes V50.

-- The owner is under row-level security like everybody.
ALTER TABLE message NO FORCE ROW LEVEL SECURITY;
DROP TABLE message_part;
DROP POLICY party_completes ON message;
DELETE FROM message WHERE kind = 'attachment';
UPDATE message SET destroyed_at = acknowledged_at WHERE acknowledged_at IS NOT NULL;
REVOKE UPDATE (sent_at) ON message FROM tp_party;
REVOKE SELECT (sent_at) ON message FROM tp_matcher;
DROP INDEX message_arriving;
ALTER TABLE message DROP CONSTRAINT message_content;
ALTER TABLE message DROP CONSTRAINT message_arrival;
ALTER TABLE message DROP CONSTRAINT message_course;
ALTER TABLE message DROP COLUMN kind, DROP COLUMN sealed_bytes, DROP COLUMN arrive_by, DROP COLUMN acknowledged_at;
ALTER TABLE message ALTER COLUMN sent_at SET NOT NULL;
ALTER TABLE message ADD CONSTRAINT message_check CHECK ((destroyed_at IS NULL) = (ciphertext IS NOT NULL));
ALTER TABLE message FORCE ROW LEVEL SECURITY;
ALTER TABLE notice NO FORCE ROW LEVEL SECURITY;
DELETE FROM webhook_delivery d USING notice n WHERE d.notice_id = n.id AND n.kind = 'message-waiting';
DELETE FROM notice WHERE kind = 'message-waiting';
ALTER TABLE notice
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN
        ('match-opened', 'match-joined', 'match-closed', 'match-corrected', 'lead-proposed', 'lead-accepted',
         'lead-declined', 'contact-reminder', 'archived-signal', 'signal-destroyed', 'disclosure-reminder',
         'postponement-review', 'soft-match', 'family-match', 'objection-advice', 'objection-decided',
         'webhook-disabled'));
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
COMMENT ON COLUMN message.sent_at    IS '(plain) when';
COMMENT ON COLUMN message.fetched_at IS '(plain) first time the recipient read it';
COMMENT ON COLUMN message.ciphertext IS '(encrypted) sealed by the sender to the recipient; the service has no key. NULL once destroyed';
