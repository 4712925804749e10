-- Undoes V48. Of several keys the newest that counts remains; what waits that is sealed to another cannot be opened by the
-- programs of this version, which know one key.
ALTER TABLE organisation ADD COLUMN sealing_key bytea CHECK (octet_length(sealing_key) = 32);
COMMENT ON COLUMN organisation.sealing_key IS '(plain) public X25519 key to which exchange is sealed';
UPDATE organisation o
   SET sealing_key = (SELECT k.key FROM organisation_sealing_key k
                       WHERE k.organisation_id = o.id AND k.retired_at IS NULL ORDER BY k.number DESC LIMIT 1);
DROP INDEX message_waiting;
ALTER TABLE message DROP COLUMN sender_key;
ALTER TABLE message DROP COLUMN recipient_key;
DROP TABLE organisation_sealing_key;
