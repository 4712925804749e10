-- Undoes V36. A client whose only keys are not Ed25519 has none afterwards that this version can read, and stays out.
DROP TRIGGER leaf_beside ON client;
DROP POLICY organisation_reads ON client;
DROP POLICY organisation_acts ON client;
REVOKE UPDATE (disabled_at, disabled_by) ON client FROM tp_party;
ALTER TABLE client DROP CONSTRAINT client_disabled;
ALTER TABLE client DROP COLUMN disabled_by;
ALTER TABLE client ADD COLUMN public_key bytea CHECK (octet_length(public_key) = 32);
UPDATE client c
   SET public_key = (SELECT decode(translate(k.jwk::json ->> 'x', '-_', '+/') || '=', 'base64')
                       FROM client_key k
                      WHERE k.client_id = c.id AND k.algorithm = 'EdDSA' AND k.retired_at IS NULL
                      ORDER BY k.added_at DESC, k.thumbprint LIMIT 1);
UPDATE client SET public_key = decode(repeat('00', 32), 'hex'), disabled_at = coalesce(disabled_at, transaction_timestamp())
 WHERE public_key IS NULL;
ALTER TABLE client ALTER COLUMN public_key SET NOT NULL;
COMMENT ON COLUMN client.public_key IS '(plain) Ed25519 key its assertions are signed with';
DROP TABLE client_key;
