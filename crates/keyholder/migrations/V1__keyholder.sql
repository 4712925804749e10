-- The keyholder's whole schema.
--
-- Each column says what it knows: (plain) readable by whoever reads the table, (pseudonym) stands for a person or a
-- record without naming one, (encrypted) sealed with the keyholder's storage key, (hash) one-way. Nothing here stands
-- for a child: what is evaluated is not stored, and what is stored is how much was evaluated for whom.

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $roles$
BEGIN
    CREATE ROLE kh_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
EXCEPTION
    -- Roles belong to the cluster, and another database of it may be migrating at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$roles$;

CREATE SCHEMA keyholder;
GRANT USAGE ON SCHEMA keyholder TO kh_service;

-- ---------------------------------------------------------------------------------------------------
-- Settings, clients
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE keyholder.setting (
    only_one           boolean  PRIMARY KEY DEFAULT true CHECK (only_one),
    kind               text     NOT NULL DEFAULT 'live' CHECK (kind IN ('live', 'test')),
    clock_offset       interval NOT NULL DEFAULT '0',
    organisation_daily integer  NOT NULL DEFAULT 2000   CHECK (organisation_daily >= 0),
    professional_daily integer  NOT NULL DEFAULT 200    CHECK (professional_daily >= 0),
    gateway_daily      integer  NOT NULL DEFAULT 20000  CHECK (gateway_daily >= 0),
    log_tag            uuid     NOT NULL DEFAULT gen_random_uuid(),
    CONSTRAINT live_time_is_real CHECK (kind <> 'live' OR clock_offset = interval '0')
);
INSERT INTO keyholder.setting DEFAULT VALUES;
COMMENT ON TABLE  keyholder.setting IS 'One row: what holds where nothing else was agreed.';
COMMENT ON COLUMN keyholder.setting.only_one           IS '(plain) holds the table to one row';
COMMENT ON COLUMN keyholder.setting.kind               IS '(plain) live or test';
COMMENT ON COLUMN keyholder.setting.clock_offset       IS '(plain) added to real time for days and graces; zero for a live keyholder';
COMMENT ON COLUMN keyholder.setting.organisation_daily IS '(plain) elements of one organisation per UTC day';
COMMENT ON COLUMN keyholder.setting.professional_daily IS '(plain) elements for one professional per UTC day';
COMMENT ON COLUMN keyholder.setting.gateway_daily      IS '(plain) elements of one gateway per UTC day, for all organisations together';
COMMENT ON COLUMN keyholder.setting.log_tag            IS '(pseudonym) random name of these settings in the audit log';

CREATE FUNCTION keyholder.now() RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp() + (SELECT s.clock_offset FROM keyholder.setting s) $$;
COMMENT ON FUNCTION keyholder.now IS 'The time that days and graces follow; read once at the start of each transaction.';

CREATE TABLE keyholder.client (
    id              text        PRIMARY KEY,
    role            text        NOT NULL CHECK (role IN ('partner', 'gateway')),
    organisation_id uuid        CHECK ((role = 'partner') = (organisation_id IS NOT NULL)),
    public_key      bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    registered_at   timestamptz NOT NULL,
    disabled_at     timestamptz,
    log_tag         uuid        NOT NULL
);
COMMENT ON COLUMN keyholder.client.id              IS '(plain) OAuth client id';
COMMENT ON COLUMN keyholder.client.role            IS '(plain) partner: for its own organisation; gateway: the matcher, on behalf of organisations';
COMMENT ON COLUMN keyholder.client.organisation_id IS '(plain) public id of the partner''s organisation at the matcher';
COMMENT ON COLUMN keyholder.client.public_key      IS '(plain) Ed25519 key its assertions are signed with';
COMMENT ON COLUMN keyholder.client.registered_at   IS '(plain) since when it is known';
COMMENT ON COLUMN keyholder.client.disabled_at     IS '(plain) since when it may do nothing; takes effect at once';
COMMENT ON COLUMN keyholder.client.log_tag         IS '(pseudonym) random name of this client in the audit log';

CREATE TABLE keyholder.spent_assertion (
    client_id  text        NOT NULL REFERENCES keyholder.client,
    jti_hash   bytea       NOT NULL CHECK (octet_length(jti_hash) = 32),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX spent_assertion_by_expiry ON keyholder.spent_assertion (expires_at);
COMMENT ON COLUMN keyholder.spent_assertion.client_id  IS '(plain) whose assertion';
COMMENT ON COLUMN keyholder.spent_assertion.jti_hash   IS '(hash) of its number';
COMMENT ON COLUMN keyholder.spent_assertion.expires_at IS '(plain) when it could no longer be used anyway';

-- ---------------------------------------------------------------------------------------------------
-- Quotas and what was used of them
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE keyholder.organisation_quota (
    organisation_id    uuid    PRIMARY KEY,
    organisation_daily integer NOT NULL CHECK (organisation_daily >= 0),
    professional_daily integer NOT NULL CHECK (professional_daily >= 0)
);
COMMENT ON TABLE  keyholder.organisation_quota IS 'Organisations for which other quotas were agreed.';
COMMENT ON COLUMN keyholder.organisation_quota.organisation_id    IS '(plain) public id of the organisation';
COMMENT ON COLUMN keyholder.organisation_quota.organisation_daily IS '(plain) its elements per UTC day';
COMMENT ON COLUMN keyholder.organisation_quota.professional_daily IS '(plain) elements for each of its professionals per UTC day';

CREATE TABLE keyholder.organisation_day (
    day             date    NOT NULL,
    organisation_id uuid    NOT NULL,
    elements        integer NOT NULL CHECK (elements >= 0),
    exhausted_at    timestamptz,
    PRIMARY KEY (day, organisation_id)
);
COMMENT ON TABLE  keyholder.organisation_day IS 'What an organisation used, its own clients and the gateway on its behalf together.';
COMMENT ON COLUMN keyholder.organisation_day.day             IS '(plain) UTC day';
COMMENT ON COLUMN keyholder.organisation_day.organisation_id IS '(plain) public id of the organisation';
COMMENT ON COLUMN keyholder.organisation_day.elements        IS '(plain) elements charged';
COMMENT ON COLUMN keyholder.organisation_day.exhausted_at    IS '(plain) when a request was first refused because of this quota';

CREATE TABLE keyholder.professional_day (
    day             date    NOT NULL,
    organisation_id uuid    NOT NULL,
    professional    bytea   NOT NULL CHECK (octet_length(professional) = 32),
    elements        integer NOT NULL CHECK (elements >= 0),
    exhausted_at    timestamptz,
    PRIMARY KEY (day, organisation_id, professional)
);
COMMENT ON COLUMN keyholder.professional_day.day             IS '(plain) UTC day';
COMMENT ON COLUMN keyholder.professional_day.organisation_id IS '(plain) public id of the organisation';
COMMENT ON COLUMN keyholder.professional_day.professional    IS '(hash) keyed, of day, organisation and the pseudonym that was sent: another value each day';
COMMENT ON COLUMN keyholder.professional_day.elements        IS '(plain) elements charged';
COMMENT ON COLUMN keyholder.professional_day.exhausted_at    IS '(plain) when a request was first refused because of this quota';

CREATE TABLE keyholder.gateway_day (
    day          date    NOT NULL,
    client_id    text    NOT NULL REFERENCES keyholder.client,
    elements     integer NOT NULL CHECK (elements >= 0),
    exhausted_at timestamptz,
    PRIMARY KEY (day, client_id)
);
COMMENT ON COLUMN keyholder.gateway_day.day          IS '(plain) UTC day';
COMMENT ON COLUMN keyholder.gateway_day.client_id    IS '(plain) which gateway';
COMMENT ON COLUMN keyholder.gateway_day.elements     IS '(plain) elements charged, for all organisations together';
COMMENT ON COLUMN keyholder.gateway_day.exhausted_at IS '(plain) when a request was first refused because of this cap';

-- ---------------------------------------------------------------------------------------------------
-- Keys
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE keyholder.key_epoch (
    epoch            integer     PRIMARY KEY CHECK (epoch BETWEEN 1 AND 65535),
    public_key       bytea       NOT NULL UNIQUE CHECK (octet_length(public_key) = 32),
    sealed_key       bytea,
    introduced_at    timestamptz NOT NULL,
    live_at          timestamptz,
    retired_at       timestamptz CHECK (retired_at IS NULL OR live_at IS NOT NULL),
    destroy_asked_at timestamptz,
    destroyed_at     timestamptz,
    log_tag          uuid        NOT NULL,
    CONSTRAINT destroyed_keys_are_gone CHECK ((destroyed_at IS NULL) = (sealed_key IS NOT NULL))
);
CREATE UNIQUE INDEX one_key_is_live    ON keyholder.key_epoch ((true)) WHERE live_at IS NOT NULL AND retired_at IS NULL;
CREATE UNIQUE INDEX one_key_is_waiting ON keyholder.key_epoch ((true)) WHERE live_at IS NULL;
COMMENT ON COLUMN keyholder.key_epoch.epoch            IS '(plain) number of the key';
COMMENT ON COLUMN keyholder.key_epoch.public_key       IS '(plain) pk1';
COMMENT ON COLUMN keyholder.key_epoch.sealed_key       IS '(encrypted) k1, bound to its epoch and public key; gone when destroyed';
COMMENT ON COLUMN keyholder.key_epoch.introduced_at    IS '(plain) when it was made';
COMMENT ON COLUMN keyholder.key_epoch.live_at          IS '(plain) when it became the key to use';
COMMENT ON COLUMN keyholder.key_epoch.retired_at       IS '(plain) when another took its place; it evaluates for 15 minutes more';
COMMENT ON COLUMN keyholder.key_epoch.destroy_asked_at IS '(plain) when its destruction was asked, after which a driver does it once the 15 minutes are over';
COMMENT ON COLUMN keyholder.key_epoch.destroyed_at     IS '(plain) when the secret was wiped';
COMMENT ON COLUMN keyholder.key_epoch.log_tag          IS '(pseudonym) random name of this key in the audit log';

CREATE TABLE keyholder.key_epoch_list (
    entries   integer     PRIMARY KEY CHECK (entries > 0),
    document  text        NOT NULL,
    signature bytea       NOT NULL CHECK (octet_length(signature) = 64),
    signed_at timestamptz NOT NULL
);
COMMENT ON TABLE  keyholder.key_epoch_list IS 'Every list of key epochs that was published; the longest is the one in force.';
COMMENT ON COLUMN keyholder.key_epoch_list.entries   IS '(plain) number of its entries';
COMMENT ON COLUMN keyholder.key_epoch_list.document  IS '(plain) the list as it was signed';
COMMENT ON COLUMN keyholder.key_epoch_list.signature IS '(plain) Ed25519 signature over it';
COMMENT ON COLUMN keyholder.key_epoch_list.signed_at IS '(plain) when';

CREATE TABLE keyholder.rotation (
    to_epoch     integer     NOT NULL REFERENCES keyholder.key_epoch,
    ceremony_key bytea       NOT NULL CHECK (octet_length(ceremony_key) = 32),
    from_epoch   integer     NOT NULL REFERENCES keyholder.key_epoch,
    client_id    text        NOT NULL REFERENCES keyholder.client,
    sealed_delta bytea,
    asked_at     timestamptz NOT NULL,
    PRIMARY KEY (to_epoch, ceremony_key)
);
COMMENT ON TABLE  keyholder.rotation IS 'Each time the quotient of two keys left the house.';
COMMENT ON COLUMN keyholder.rotation.to_epoch     IS '(plain) the new key';
COMMENT ON COLUMN keyholder.rotation.ceremony_key IS '(plain) public X25519 key of the ceremony it was sealed to';
COMMENT ON COLUMN keyholder.rotation.from_epoch   IS '(plain) the old key';
COMMENT ON COLUMN keyholder.rotation.client_id    IS '(plain) the gateway that asked';
COMMENT ON COLUMN keyholder.rotation.sealed_delta IS '(encrypted) the quotient, sealed to the ceremony key, which the keyholder cannot open; gone with the old key';
COMMENT ON COLUMN keyholder.rotation.asked_at     IS '(plain) when';

-- ---------------------------------------------------------------------------------------------------
-- The audit log
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE keyholder.log_pending (
    arrival  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    event_id uuid   NOT NULL UNIQUE,
    leaf     bytea  NOT NULL CHECK (octet_length(leaf) <= 4096)
);
COMMENT ON TABLE  keyholder.log_pending IS 'Leaves that no checkpoint covers yet, written by the transaction they record.';
COMMENT ON COLUMN keyholder.log_pending.arrival  IS '(plain) order of arrival';
COMMENT ON COLUMN keyholder.log_pending.event_id IS '(plain) the event';
COMMENT ON COLUMN keyholder.log_pending.leaf     IS '(pseudonym) the leaf, byte for byte as it will be published';

CREATE TABLE keyholder.log_opening (
    event_id uuid  PRIMARY KEY,
    sealed   bytea NOT NULL
);
COMMENT ON TABLE  keyholder.log_opening IS 'Salt and data behind a leaf''s commitment.';
COMMENT ON COLUMN keyholder.log_opening.event_id IS '(plain) the event';
COMMENT ON COLUMN keyholder.log_opening.sealed   IS '(encrypted) salt and data';

CREATE TABLE keyholder.log_leaf (
    index    bigint PRIMARY KEY,
    event_id uuid   NOT NULL UNIQUE,
    leaf     bytea  NOT NULL
);
COMMENT ON COLUMN keyholder.log_leaf.index    IS '(plain) position in the tree, from 0';
COMMENT ON COLUMN keyholder.log_leaf.event_id IS '(plain) the event';
COMMENT ON COLUMN keyholder.log_leaf.leaf     IS '(pseudonym) the leaf';

CREATE TABLE keyholder.log_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    size     bigint  NOT NULL,
    frontier bytea   NOT NULL
);
INSERT INTO keyholder.log_head (size, frontier) VALUES (0, '');
COMMENT ON TABLE  keyholder.log_head IS 'One row: how far the tree is built.';
COMMENT ON COLUMN keyholder.log_head.only_one IS '(plain) holds the table to one row';
COMMENT ON COLUMN keyholder.log_head.size     IS '(plain) number of leaves';
COMMENT ON COLUMN keyholder.log_head.frontier IS '(hash) the roots of the complete subtrees';

CREATE TABLE keyholder.log_checkpoint (
    size      bigint      PRIMARY KEY,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL
);
COMMENT ON COLUMN keyholder.log_checkpoint.size      IS '(plain) number of leaves it covers';
COMMENT ON COLUMN keyholder.log_checkpoint.note      IS '(plain) the signed checkpoint';
COMMENT ON COLUMN keyholder.log_checkpoint.signed_at IS '(plain) when';

-- ---------------------------------------------------------------------------------------------------
-- Rights of the running service. Clients, quotas and new keys are the operator's (the owner's) alone; lists of key
-- epochs, leaves and checkpoints are only ever added.
-- ---------------------------------------------------------------------------------------------------

GRANT SELECT ON keyholder.setting, keyholder.client, keyholder.organisation_quota TO kh_service;
GRANT SELECT, INSERT, DELETE ON keyholder.spent_assertion TO kh_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON keyholder.organisation_day, keyholder.professional_day, keyholder.gateway_day TO kh_service;
GRANT SELECT, UPDATE ON keyholder.key_epoch TO kh_service;
GRANT SELECT, INSERT ON keyholder.key_epoch_list TO kh_service;
GRANT SELECT, INSERT, UPDATE (sealed_delta) ON keyholder.rotation TO kh_service;
GRANT SELECT, INSERT, DELETE ON keyholder.log_pending TO kh_service;
GRANT SELECT, INSERT ON keyholder.log_opening, keyholder.log_leaf, keyholder.log_checkpoint TO kh_service;
GRANT SELECT, UPDATE ON keyholder.log_head TO kh_service;
