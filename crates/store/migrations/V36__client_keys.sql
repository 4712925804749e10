-- A client has several keys at once, so that one takes over from another without a gap; each is used with one algorithm.
-- A coordinator of its organisation adds and retires them, and disables and enables the client.

CREATE TABLE client_key (
    client_id  text        NOT NULL REFERENCES client,
    thumbprint bytea       NOT NULL CHECK (octet_length(thumbprint) = 32),
    algorithm  text        NOT NULL CHECK (algorithm IN ('EdDSA', 'ES256', 'PS256')),
    jwk        text        NOT NULL,
    added_at   timestamptz NOT NULL,
    retired_at timestamptz,
    PRIMARY KEY (client_id, thumbprint)
);
COMMENT ON TABLE  client_key IS 'Keys that clients sign their assertions with. A retired one stays, so that it cannot come back.';
COMMENT ON COLUMN client_key.client_id  IS '(plain) whose key';
COMMENT ON COLUMN client_key.thumbprint IS '(hash) its name, kid: RFC 7638 thumbprint';
COMMENT ON COLUMN client_key.algorithm  IS '(plain) the only algorithm it is used with';
COMMENT ON COLUMN client_key.jwk        IS '(plain) the public key, as the JSON that RFC 7638 hashes';
COMMENT ON COLUMN client_key.added_at   IS '(plain) since when it counts';
COMMENT ON COLUMN client_key.retired_at IS '(plain) since when it no longer does';

-- The keys there were: Ed25519, 32 bytes, written as RFC 8037 writes them. When they were registered stands in the log.
INSERT INTO client_key (client_id, thumbprint, algorithm, jwk, added_at)
SELECT id, sha256(convert_to(jwk, 'UTF8')), 'EdDSA', jwk, transaction_timestamp()
  FROM (SELECT id, '{"crv":"Ed25519","kty":"OKP","x":"'
                   || translate(rtrim(encode(public_key, 'base64'), '='), '+/', '-_') || '"}' AS jwk
          FROM client) keys;
ALTER TABLE client DROP COLUMN public_key;

-- Whoever disabled a client for the whole network is not overruled by its organisation.
ALTER TABLE client ADD COLUMN disabled_by text CHECK (disabled_by IN ('operator', 'organisation'));
UPDATE client SET disabled_by = 'operator' WHERE disabled_at IS NOT NULL;
ALTER TABLE client ADD CONSTRAINT client_disabled CHECK ((disabled_at IS NULL) = (disabled_by IS NULL));
COMMENT ON COLUMN client.disabled_by IS '(plain) who disabled it: only the operator enables what the operator disabled';

ALTER TABLE client_key ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY operator ON client_key FOR ALL TO CURRENT_USER USING (true);

-- The token endpoint reads the keys of the client that asks. A coordinator sees and changes those of its organisation.
GRANT SELECT, INSERT (client_id, thumbprint, algorithm, jwk, added_at), UPDATE (retired_at) ON client_key TO tp_party;
GRANT UPDATE (disabled_at, disabled_by) ON client TO tp_party;
CREATE POLICY organisation_reads ON client FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY organisation_acts  ON client FOR UPDATE TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY client ON client_key FOR SELECT TO tp_party USING (client_id = current_client());
CREATE POLICY organisation ON client_key TO tp_party
    USING (EXISTS (SELECT FROM client c WHERE c.id = client_id AND c.organisation_id = current_organisation()));

-- A client and its keys change through the service now, so each change has its leaf.
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON client
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON client_key
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
