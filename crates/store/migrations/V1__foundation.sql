-- The whole schema of the foundation.
--
-- Each column says what it knows: (plain) readable by whoever reads the table, (pseudonym) stands for a
-- person without naming one, (encrypted) sealed with the service's storage key, (hash) one-way.
--
-- Everything that hangs on a child carries `subject_id` first in its primary, unique and foreign keys, so
-- that a distributed engine can keep one child's rows together. Queues (match_task, idempotency, sessions)
-- are local. No trigger decides anything.

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

DO $roles$
DECLARE role_name text;
BEGIN
    FOREACH role_name IN ARRAY ARRAY['tp_party', 'tp_submit', 'tp_matcher', 'tp_log'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT', role_name);
        EXCEPTION
            -- Roles belong to the cluster, not to the database, and another database of the same cluster
            -- may be migrating at this moment.
            WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END LOOP;
END
$roles$;

GRANT USAGE ON SCHEMA public TO tp_party, tp_submit, tp_matcher, tp_log;

-- ---------------------------------------------------------------------------------------------------
-- Reference: networks, covenants, organisations, clients
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE network (
    id           smallint PRIMARY KEY,
    kind         text     NOT NULL CHECK (kind IN ('live', 'sandbox', 'test')),
    clock_offset interval NOT NULL DEFAULT '0',
    net_epoch    smallint NOT NULL,
    key_check    bytea    NOT NULL CHECK (octet_length(key_check) = 16),
    tag_epoch    smallint NOT NULL,
    CONSTRAINT live_time_is_real CHECK (kind <> 'live' OR clock_offset = interval '0')
);
COMMENT ON TABLE  network IS 'One installation: one partner key, many covenants. Subjects and matching are per network.';
COMMENT ON COLUMN network.id           IS '(plain) number of the network; 1 unless a sandbox stands beside it';
COMMENT ON COLUMN network.kind         IS '(plain) live, sandbox or test';
COMMENT ON COLUMN network.clock_offset IS '(plain) added to real time by app_now; zero for a live network';
COMMENT ON COLUMN network.net_epoch    IS '(plain) the epoch of K_net that tokens must carry';
COMMENT ON COLUMN network.key_check    IS '(hash) key-check value of K_net in that epoch; lets a client with a wrong key be told so';
COMMENT ON COLUMN network.tag_epoch    IS '(plain) the epoch of K_tag under which tags are stored';

CREATE TABLE covenant (
    id         integer     PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    network_id smallint    NOT NULL REFERENCES network,
    name       text        NOT NULL,
    version    integer     NOT NULL CHECK (version > 0),
    settings   text        NOT NULL,
    applied_at timestamptz NOT NULL,
    log_tag    uuid        NOT NULL,
    UNIQUE (network_id, name)
);
COMMENT ON COLUMN covenant.id         IS '(plain) internal key';
COMMENT ON COLUMN covenant.network_id IS '(plain) the network this covenant belongs to';
COMMENT ON COLUMN covenant.name       IS '(plain) name of the region''s agreement';
COMMENT ON COLUMN covenant.version    IS '(plain) rises by one with each applied change';
COMMENT ON COLUMN covenant.settings   IS '(plain) the settings in force, as TOML';
COMMENT ON COLUMN covenant.applied_at IS '(plain) when this version was applied';
COMMENT ON COLUMN covenant.log_tag    IS '(pseudonym) random name of this covenant in the audit log';

CREATE TABLE organisation (
    id          integer     PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    public_id   uuid        NOT NULL UNIQUE,
    covenant_id integer     NOT NULL REFERENCES covenant,
    name        text        NOT NULL,
    role        text        NOT NULL CHECK (role IN ('partner', 'supervisor')),
    sector      text        CHECK ((role = 'partner') = (sector IS NOT NULL)),
    sealing_key bytea       CHECK (octet_length(sealing_key) = 32),
    disabled_at timestamptz,
    UNIQUE (covenant_id, name)
);
COMMENT ON COLUMN organisation.id          IS '(plain) internal key';
COMMENT ON COLUMN organisation.public_id   IS '(plain) random public name, on the wire org_...';
COMMENT ON COLUMN organisation.covenant_id IS '(plain) the covenant it signed';
COMMENT ON COLUMN organisation.name        IS '(plain) name as families and partners read it';
COMMENT ON COLUMN organisation.role        IS '(plain) a partner gives signals, a supervisor inspects';
COMMENT ON COLUMN organisation.sector      IS '(plain) sector of a party';
COMMENT ON COLUMN organisation.sealing_key IS '(plain) public X25519 key to which exchange is sealed';
COMMENT ON COLUMN organisation.disabled_at IS '(plain) since when it may do nothing; takes effect at once';

CREATE TABLE client (
    id              text        PRIMARY KEY,
    organisation_id integer     NOT NULL REFERENCES organisation,
    public_key      bytea       NOT NULL CHECK (octet_length(public_key) = 32),
    disabled_at     timestamptz,
    log_tag         uuid        NOT NULL
);
COMMENT ON COLUMN client.id              IS '(plain) OAuth client id of a partner system';
COMMENT ON COLUMN client.organisation_id IS '(plain) on whose behalf it acts';
COMMENT ON COLUMN client.public_key      IS '(plain) Ed25519 key its assertions are signed with';
COMMENT ON COLUMN client.disabled_at     IS '(plain) since when it may do nothing; takes effect at once';
COMMENT ON COLUMN client.log_tag         IS '(pseudonym) random name of this client in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- The child behind the tags
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE subject_id;
CREATE TABLE subject (
    id         bigint   PRIMARY KEY,
    network_id smallint NOT NULL REFERENCES network
);
COMMENT ON TABLE  subject IS 'The child behind some tags: born with the first signal, destroyed with the last.';
COMMENT ON COLUMN subject.id         IS '(pseudonym) internal number, never shown; derived from nothing';
COMMENT ON COLUMN subject.network_id IS '(plain) the network in which the child is known';

CREATE TABLE subject_tag (
    tag        bytea    PRIMARY KEY CHECK (octet_length(tag) = 32),
    subject_id bigint   NOT NULL REFERENCES subject,
    suite      smallint NOT NULL,
    kind       smallint NOT NULL,
    net_epoch  smallint NOT NULL,
    tag_epoch  smallint NOT NULL,
    sealed     bytea    NOT NULL
);
CREATE INDEX subject_tag_by_subject ON subject_tag (subject_id);
COMMENT ON TABLE  subject_tag IS 'The only table that knows tags.';
COMMENT ON COLUMN subject_tag.tag        IS '(pseudonym) keyed BLAKE3 of the token under K_tag';
COMMENT ON COLUMN subject_tag.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN subject_tag.suite      IS '(plain) 1 keyed hash, 2 oblivious';
COMMENT ON COLUMN subject_tag.kind       IS '(plain) kind of identifier: 1 BSN';
COMMENT ON COLUMN subject_tag.net_epoch  IS '(plain) epoch of K_net';
COMMENT ON COLUMN subject_tag.tag_epoch  IS '(plain) epoch of K_tag';
COMMENT ON COLUMN subject_tag.sealed     IS '(encrypted) the token, sealed to the lift key that only a rotation ceremony can open';

-- ---------------------------------------------------------------------------------------------------
-- Signals and matches
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE signal_id;
CREATE TABLE signal (
    subject_id        bigint      NOT NULL REFERENCES subject,
    id                bigint      NOT NULL,
    organisation_id   integer     NOT NULL REFERENCES organisation,
    state             text        NOT NULL CHECK (state IN ('sleeping', 'active', 'paused', 'expired')),
    submitted_at      timestamptz NOT NULL,
    planned_end       date        NOT NULL,
    expires_at        timestamptz NOT NULL,
    destroy_by        date        NOT NULL CHECK (extract(day FROM destroy_by) = 1),
    suite             smallint    NOT NULL,
    blinded_by_client boolean     NOT NULL,
    professional      bytea       NOT NULL,
    log_tag           uuid        NOT NULL,
    PRIMARY KEY (subject_id, id)
);
-- S4: one living signal per organisation and child.
CREATE UNIQUE INDEX signal_one_living ON signal (subject_id, organisation_id)
    WHERE state IN ('sleeping', 'active', 'paused');
CREATE INDEX signal_by_organisation ON signal (organisation_id, id);
CREATE INDEX signal_by_expiry ON signal (expires_at) WHERE state IN ('active', 'paused');
COMMENT ON COLUMN signal.subject_id        IS '(pseudonym) the child';
COMMENT ON COLUMN signal.id                IS '(plain) internal number';
COMMENT ON COLUMN signal.organisation_id   IS '(plain) who gave it';
COMMENT ON COLUMN signal.state             IS '(plain) lifecycle';
COMMENT ON COLUMN signal.submitted_at      IS '(plain) when';
COMMENT ON COLUMN signal.planned_end       IS '(plain) the day on which it ends, asked from the professional';
COMMENT ON COLUMN signal.expires_at        IS '(plain) 00:00 of planned_end in the covenant''s time zone';
COMMENT ON COLUMN signal.destroy_by        IS '(plain) first day of the month of the 23rd birthday: it tells the birth month';
COMMENT ON COLUMN signal.suite             IS '(plain) suite of the token it came with';
COMMENT ON COLUMN signal.blinded_by_client IS '(plain) whether the partner itself blinded the token';
COMMENT ON COLUMN signal.professional      IS '(encrypted) reference and work contact of the professional';
COMMENT ON COLUMN signal.log_tag           IS '(pseudonym) random name of this signal in the audit log';

CREATE TABLE match_task (
    id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    subject_id bigint NOT NULL
);
COMMENT ON TABLE  match_task IS 'Children whose signals changed; the matcher takes and deletes rows.';
COMMENT ON COLUMN match_task.id         IS '(plain) order of arrival';
COMMENT ON COLUMN match_task.subject_id IS '(pseudonym) the child';

CREATE SEQUENCE match_id;
CREATE TABLE match_case (
    subject_id       bigint      NOT NULL REFERENCES subject,
    id               bigint      NOT NULL,
    state            text        NOT NULL CHECK (state IN ('open', 'contact_confirmed', 'closed')),
    opened_at        timestamptz NOT NULL,
    contact_deadline date        NOT NULL,
    closed_at        timestamptz CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    log_tag          uuid        NOT NULL,
    PRIMARY KEY (subject_id, id)
);
-- One case per child, not one per pair.
CREATE UNIQUE INDEX match_case_one_open ON match_case (subject_id) WHERE state <> 'closed';
COMMENT ON COLUMN match_case.subject_id       IS '(pseudonym) the child';
COMMENT ON COLUMN match_case.id               IS '(plain) internal number';
COMMENT ON COLUMN match_case.state            IS '(plain) lifecycle';
COMMENT ON COLUMN match_case.opened_at        IS '(plain) when two signals met';
COMMENT ON COLUMN match_case.contact_deadline IS '(plain) last day to confirm contact, in the covenant''s time zone';
COMMENT ON COLUMN match_case.closed_at        IS '(plain) when it closed';
COMMENT ON COLUMN match_case.log_tag          IS '(pseudonym) random name of this match in the audit log';

CREATE TABLE match_party (
    subject_id           bigint      NOT NULL,
    match_id             bigint      NOT NULL,
    organisation_id      integer     NOT NULL REFERENCES organisation,
    signal_id            bigint      NOT NULL,
    joined_at            timestamptz NOT NULL,
    visible_at           timestamptz NOT NULL,
    expires_at           timestamptz NOT NULL,
    professional         bytea       NOT NULL,
    contact_confirmed_at timestamptz,
    left_at              timestamptz,
    PRIMARY KEY (subject_id, match_id, organisation_id),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
CREATE INDEX match_party_by_organisation ON match_party (organisation_id, match_id);
COMMENT ON COLUMN match_party.subject_id           IS '(pseudonym) the child';
COMMENT ON COLUMN match_party.match_id             IS '(plain) the match';
COMMENT ON COLUMN match_party.organisation_id      IS '(plain) the party';
COMMENT ON COLUMN match_party.signal_id            IS '(plain) the signal with which it takes part';
COMMENT ON COLUMN match_party.joined_at            IS '(plain) when it was found';
COMMENT ON COLUMN match_party.visible_at           IS '(plain) from when any door shows this party and to this party the match';
COMMENT ON COLUMN match_party.expires_at           IS '(plain) end of its signal, copied so that no party reads another''s signal';
COMMENT ON COLUMN match_party.professional         IS '(encrypted) reference and work contact, copied for the same reason';
COMMENT ON COLUMN match_party.contact_confirmed_at IS '(plain) when it confirmed contact';
COMMENT ON COLUMN match_party.left_at              IS '(plain) when its signal ended';

CREATE SEQUENCE notice_id;
CREATE TABLE notice (
    subject_id      bigint      NOT NULL,
    id              bigint      NOT NULL,
    match_id        bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    kind            text        NOT NULL CHECK (kind IN ('match-opened', 'match-joined')),
    created_at      timestamptz NOT NULL,
    visible_at      timestamptz NOT NULL,
    acknowledged_at timestamptz,
    log_tag         uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id)
);
CREATE INDEX notice_inbox ON notice (organisation_id, id) WHERE acknowledged_at IS NULL;
COMMENT ON COLUMN notice.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN notice.id              IS '(plain) internal number';
COMMENT ON COLUMN notice.match_id        IS '(plain) the match it tells of';
COMMENT ON COLUMN notice.organisation_id IS '(plain) whose inbox it lies in';
COMMENT ON COLUMN notice.kind            IS '(plain) what happened';
COMMENT ON COLUMN notice.created_at      IS '(plain) when it was written';
COMMENT ON COLUMN notice.visible_at      IS '(plain) from when the inbox shows it';
COMMENT ON COLUMN notice.acknowledged_at IS '(plain) when the party acknowledged it';
COMMENT ON COLUMN notice.log_tag         IS '(pseudonym) random name of this notice in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- Consent
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE consent_id;
CREATE TABLE consent (
    subject_id         bigint      NOT NULL,
    id                 bigint      NOT NULL,
    match_id           bigint      NOT NULL,
    state              text        NOT NULL CHECK (state IN
                       ('requested', 'partially_given', 'given', 'refused', 'withdrawn', 'replaced', 'expired')),
    requested_by       integer     NOT NULL REFERENCES organisation,
    requested_at       timestamptz NOT NULL,
    answer_by          timestamptz NOT NULL,
    boundary_at        timestamptz,
    consent_days       integer     NOT NULL CHECK (consent_days > 0),
    text_version       text        NOT NULL,
    language           text        NOT NULL,
    decided_at         timestamptz,
    valid_until        timestamptz,
    withdrawn_at       timestamptz,
    replaced_by        bigint,
    record             text,
    record_hash        bytea       CHECK (octet_length(record_hash) = 32),
    record_signature   bytea       CHECK (octet_length(record_signature) = 64),
    log_tag            uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id),
    CHECK (state NOT IN ('given', 'withdrawn', 'replaced') OR (record IS NOT NULL AND valid_until IS NOT NULL)),
    CHECK (state <> 'withdrawn' OR withdrawn_at IS NOT NULL),
    CHECK ((state = 'replaced') = (replaced_by IS NOT NULL)),
    FOREIGN KEY (subject_id, replaced_by) REFERENCES consent (subject_id, id)
);
CREATE INDEX consent_by_match ON consent (subject_id, match_id);
-- One question at a time: a family is never asked the same thing by two letters.
CREATE UNIQUE INDEX consent_one_pending ON consent (subject_id, match_id)
    WHERE state IN ('requested', 'partially_given');
COMMENT ON COLUMN consent.subject_id        IS '(pseudonym) the child';
COMMENT ON COLUMN consent.id                IS '(plain) internal number';
COMMENT ON COLUMN consent.match_id          IS '(plain) the match within which exchange is asked';
COMMENT ON COLUMN consent.state             IS '(plain) lifecycle';
COMMENT ON COLUMN consent.requested_by      IS '(plain) the organisation that asks and issues the letters';
COMMENT ON COLUMN consent.requested_at      IS '(plain) when';
COMMENT ON COLUMN consent.answer_by         IS '(plain) until when the request can be answered';
COMMENT ON COLUMN consent.boundary_at       IS '(plain) 00:00 of the next age boundary, when it falls inside the request''s life; wiped when the request ends';
COMMENT ON COLUMN consent.consent_days      IS '(plain) how many days consent lasts once given';
COMMENT ON COLUMN consent.text_version      IS '(plain) version of the text the family reads';
COMMENT ON COLUMN consent.language          IS '(plain) language of that text';
COMMENT ON COLUMN consent.decided_at        IS '(plain) when the last signatory agreed, or the first refused';
COMMENT ON COLUMN consent.valid_until       IS '(plain) end of the consent';
COMMENT ON COLUMN consent.withdrawn_at      IS '(plain) when it was withdrawn';
COMMENT ON COLUMN consent.replaced_by       IS '(plain) the consent that took its place; what was sealed under this one is readable while that one stands';
COMMENT ON COLUMN consent.record            IS '(plain) the consent record, canonical JSON; names no person';
COMMENT ON COLUMN consent.record_hash       IS '(hash) SHA-256 of the record';
COMMENT ON COLUMN consent.record_signature  IS '(plain) the portal''s Ed25519 signature over the record';
COMMENT ON COLUMN consent.log_tag           IS '(pseudonym) random name of this consent in the audit log';

CREATE TABLE consent_party (
    subject_id      bigint  NOT NULL,
    consent_id      bigint  NOT NULL,
    organisation_id integer NOT NULL REFERENCES organisation,
    PRIMARY KEY (subject_id, consent_id, organisation_id),
    FOREIGN KEY (subject_id, consent_id) REFERENCES consent (subject_id, id)
);
COMMENT ON TABLE  consent_party IS 'Coverage: the consent''s own list. Joining a match adds nothing here.';
COMMENT ON COLUMN consent_party.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN consent_party.consent_id      IS '(plain) the consent';
COMMENT ON COLUMN consent_party.organisation_id IS '(plain) a party the family was asked about';

CREATE SEQUENCE signatory_id;
CREATE TABLE signatory (
    subject_id    bigint      NOT NULL,
    id            bigint      NOT NULL,
    consent_id    bigint      NOT NULL,
    role          text        NOT NULL CHECK (role IN ('guardian', 'youngPerson')),
    number        integer     NOT NULL CHECK (number > 0),
    code_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    code_until    timestamptz NOT NULL,
    opened_at     timestamptz,
    decision      text        CHECK (decision IN ('agreed', 'refused')),
    decided_at    timestamptz CHECK ((decision IS NULL) = (decided_at IS NULL)),
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, consent_id) REFERENCES consent (subject_id, id)
);
CREATE INDEX signatory_by_consent ON signatory (subject_id, consent_id);
COMMENT ON COLUMN signatory.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN signatory.id         IS '(plain) internal number';
COMMENT ON COLUMN signatory.consent_id IS '(plain) the request it signs';
COMMENT ON COLUMN signatory.role       IS '(plain) guardian or young person';
COMMENT ON COLUMN signatory.number     IS '(plain) first, second, ... of that role: which letter';
COMMENT ON COLUMN signatory.code_hash  IS '(hash) keyed hash of the invitation code';
COMMENT ON COLUMN signatory.code_until IS '(plain) until when the code opens an unanswered request';
COMMENT ON COLUMN signatory.opened_at  IS '(plain) first time the code was used';
COMMENT ON COLUMN signatory.decision   IS '(plain) what was decided; no organisation can read this row';
COMMENT ON COLUMN signatory.decided_at IS '(plain) when';

CREATE TABLE portal_session (
    secret_hash  bytea       PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    subject_id   bigint      NOT NULL,
    signatory_id bigint      NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX portal_session_by_expiry ON portal_session (expires_at);
COMMENT ON COLUMN portal_session.secret_hash  IS '(hash) of the cookie';
COMMENT ON COLUMN portal_session.subject_id   IS '(pseudonym) the child';
COMMENT ON COLUMN portal_session.signatory_id IS '(plain) whose code opened it';
COMMENT ON COLUMN portal_session.expires_at   IS '(plain) real time, never the network''s offset';

-- ---------------------------------------------------------------------------------------------------
-- Exchange
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE message_row_id;
CREATE TABLE message (
    subject_id   bigint      NOT NULL,
    id           bigint      NOT NULL,
    match_id     bigint      NOT NULL,
    consent_id   bigint      NOT NULL,
    message_id   uuid        NOT NULL,
    sender_id    integer     NOT NULL REFERENCES organisation,
    recipient_id integer     NOT NULL REFERENCES organisation,
    sent_at      timestamptz NOT NULL,
    enc          bytea       NOT NULL,
    envelope     text        NOT NULL,
    ciphertext   bytea,
    fetched_at   timestamptz,
    destroyed_at timestamptz CHECK ((destroyed_at IS NULL) = (ciphertext IS NOT NULL)),
    log_tag      uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    UNIQUE (subject_id, match_id, message_id),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id),
    FOREIGN KEY (subject_id, consent_id) REFERENCES consent (subject_id, id),
    CHECK (sender_id <> recipient_id)
);
COMMENT ON COLUMN message.subject_id   IS '(pseudonym) the child';
COMMENT ON COLUMN message.id           IS '(plain) internal number';
COMMENT ON COLUMN message.match_id     IS '(plain) the match';
COMMENT ON COLUMN message.consent_id   IS '(plain) the consent it was sealed under';
COMMENT ON COLUMN message.message_id   IS '(plain) random id chosen by the sender';
COMMENT ON COLUMN message.sender_id    IS '(plain) from';
COMMENT ON COLUMN message.recipient_id IS '(plain) to';
COMMENT ON COLUMN message.sent_at      IS '(plain) when';
COMMENT ON COLUMN message.enc          IS '(plain) HPKE encapsulated key';
COMMENT ON COLUMN message.envelope     IS '(plain) canonical envelope: ids and algorithms, no content';
COMMENT ON COLUMN message.ciphertext   IS '(encrypted) sealed by the sender to the recipient; the service has no key. NULL once destroyed';
COMMENT ON COLUMN message.fetched_at   IS '(plain) first time the recipient read it';
COMMENT ON COLUMN message.destroyed_at IS '(plain) when its ciphertext was destroyed';
COMMENT ON COLUMN message.log_tag      IS '(pseudonym) random name of this message in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- Doors
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE idempotency (
    organisation_id integer     NOT NULL REFERENCES organisation,
    key             text        NOT NULL,
    fingerprint     bytea       NOT NULL CHECK (octet_length(fingerprint) = 32),
    status          smallint    NOT NULL,
    location        text,
    body            bytea       NOT NULL,
    stored_at       timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, key)
);
CREATE INDEX idempotency_by_time ON idempotency (stored_at);
COMMENT ON COLUMN idempotency.organisation_id IS '(plain) whose key';
COMMENT ON COLUMN idempotency.key             IS '(plain) chosen by the partner';
COMMENT ON COLUMN idempotency.fingerprint     IS '(hash) of method, path and body';
COMMENT ON COLUMN idempotency.status          IS '(plain) HTTP status of the answer';
COMMENT ON COLUMN idempotency.location        IS '(plain) Location of the answer';
COMMENT ON COLUMN idempotency.body            IS '(encrypted) the answer, which may hold invitation codes';
COMMENT ON COLUMN idempotency.stored_at       IS '(plain) real time';

CREATE TABLE spent_assertion (
    client_id  text        NOT NULL REFERENCES client,
    jti_hash   bytea       NOT NULL CHECK (octet_length(jti_hash) = 32),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, jti_hash)
);
CREATE INDEX spent_assertion_by_expiry ON spent_assertion (expires_at);
COMMENT ON COLUMN spent_assertion.client_id  IS '(plain) whose assertion';
COMMENT ON COLUMN spent_assertion.jti_hash   IS '(hash) of its jti';
COMMENT ON COLUMN spent_assertion.expires_at IS '(plain) when it could no longer be used anyway';

CREATE SEQUENCE audit_export_id;
CREATE TABLE audit_export (
    id              bigint      PRIMARY KEY,
    organisation_id integer     NOT NULL REFERENCES organisation,
    requested_at    timestamptz NOT NULL,
    event_id        uuid        NOT NULL UNIQUE,
    log_tag         uuid        NOT NULL
);
COMMENT ON COLUMN audit_export.id              IS '(plain) internal number';
COMMENT ON COLUMN audit_export.organisation_id IS '(plain) the supervisor that asked';
COMMENT ON COLUMN audit_export.requested_at    IS '(plain) when';
COMMENT ON COLUMN audit_export.log_tag         IS '(pseudonym) random name of this export in the audit log';
COMMENT ON COLUMN audit_export.event_id        IS '(plain) its own event in the log; the export reaches up to the checkpoint that covers it';

-- ---------------------------------------------------------------------------------------------------
-- The audit log
-- ---------------------------------------------------------------------------------------------------

CREATE SCHEMA audit;
GRANT USAGE ON SCHEMA audit TO tp_party, tp_submit, tp_matcher, tp_log;

CREATE TABLE audit.pending (
    arrival  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    event_id uuid   NOT NULL UNIQUE,
    leaf     bytea  NOT NULL CHECK (octet_length(leaf) <= 4096)
);
COMMENT ON TABLE  audit.pending IS 'Leaves that no checkpoint covers yet, written by the transaction they record.';
COMMENT ON COLUMN audit.pending.arrival  IS '(plain) order of arrival; happens-before without clocks';
COMMENT ON COLUMN audit.pending.event_id IS '(plain) the event';
COMMENT ON COLUMN audit.pending.leaf     IS '(pseudonym) the leaf, byte for byte as it will be published';

CREATE TABLE audit.opening (
    event_id uuid  PRIMARY KEY,
    sealed   bytea NOT NULL
);
COMMENT ON TABLE  audit.opening IS 'Salt and data behind a leaf''s commitment; may be erased, the log stays valid.';
COMMENT ON COLUMN audit.opening.event_id IS '(plain) the event';
COMMENT ON COLUMN audit.opening.sealed   IS '(encrypted) salt and data';

CREATE TABLE audit.leaf (
    index    bigint PRIMARY KEY,
    event_id uuid   NOT NULL UNIQUE,
    leaf     bytea  NOT NULL
);
COMMENT ON COLUMN audit.leaf.index    IS '(plain) position in the tree, from 0';
COMMENT ON COLUMN audit.leaf.event_id IS '(plain) the event';
COMMENT ON COLUMN audit.leaf.leaf     IS '(pseudonym) the leaf';

CREATE TABLE audit.head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    size     bigint  NOT NULL,
    frontier bytea   NOT NULL
);
INSERT INTO audit.head (size, frontier) VALUES (0, '');
COMMENT ON TABLE  audit.head IS 'One row: how far the tree is built.';
COMMENT ON COLUMN audit.head.only_one IS '(plain) holds the table to one row';
COMMENT ON COLUMN audit.head.size     IS '(plain) number of leaves';
COMMENT ON COLUMN audit.head.frontier IS '(hash) the roots of the complete subtrees';

CREATE TABLE audit.checkpoint (
    size      bigint      PRIMARY KEY,
    note      text        NOT NULL,
    signed_at timestamptz NOT NULL
);
COMMENT ON COLUMN audit.checkpoint.size      IS '(plain) number of leaves it covers';
COMMENT ON COLUMN audit.checkpoint.note      IS '(plain) the signed checkpoint';
COMMENT ON COLUMN audit.checkpoint.signed_at IS '(plain) when';

-- ---------------------------------------------------------------------------------------------------
-- Time and context
-- ---------------------------------------------------------------------------------------------------

CREATE FUNCTION app_now(p_network smallint) RETURNS timestamptz
    LANGUAGE sql VOLATILE
    AS $$ SELECT clock_timestamp()
                 + coalesce((SELECT n.clock_offset FROM network n WHERE n.id = p_network), interval '0') $$;
COMMENT ON FUNCTION app_now IS 'The network''s time, real time before it is set up; read once at the start of each transaction.';

CREATE FUNCTION transaction_time() RETURNS timestamptz
    LANGUAGE sql STABLE
    AS $$ SELECT NULLIF(current_setting('app.now', true), '')::timestamptz $$;

CREATE FUNCTION current_organisation() RETURNS integer
    LANGUAGE sql STABLE
    AS $$ SELECT NULLIF(current_setting('app.organisation', true), '')::integer $$;

CREATE FUNCTION current_client() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT NULLIF(current_setting('app.client', true), '') $$;

-- What a family's door holds in its hand: the hash of a code or of a session.
CREATE FUNCTION current_credential() RETURNS bytea
    LANGUAGE sql STABLE
    AS $$ SELECT decode(NULLIF(current_setting('app.credential', true), ''), 'hex') $$;

-- The consent that credential opens, as 'subject:consent'.
CREATE FUNCTION current_family(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT coalesce(NULLIF(current_setting('app.family', true), '') = p_subject || ':' || p_consent, false) $$;

-- The questions policies ask about other rows. They run as the matcher, because a policy that reads its own
-- table would recurse.
CREATE FUNCTION is_party(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time()) $$;

CREATE FUNCTION is_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party mine
                           JOIN match_party theirs USING (subject_id, match_id)
                          WHERE mine.organisation_id = current_organisation()
                            AND mine.visible_at <= transaction_time()
                            AND theirs.organisation_id = p_organisation
                            AND theirs.visible_at <= transaction_time()) $$;

CREATE FUNCTION is_covered(p_subject bigint, p_consent bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent_party p
                          WHERE p.subject_id = p_subject AND p.consent_id = p_consent
                            AND p.organisation_id = current_organisation()) $$;

CREATE FUNCTION is_named_to_family(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent_party p
                          WHERE p.organisation_id = p_organisation AND current_family(p.subject_id, p.consent_id)) $$;

CREATE FUNCTION is_family_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM consent c
                          WHERE c.subject_id = p_subject AND c.match_id = p_match
                            AND current_family(c.subject_id, c.id)) $$;

-- An owner who is no superuser may only give a function to a role it belongs to, and which may create in the schema.
GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION is_party OWNER TO tp_matcher;
ALTER FUNCTION is_counterpart OWNER TO tp_matcher;
ALTER FUNCTION is_covered OWNER TO tp_matcher;
ALTER FUNCTION is_named_to_family OWNER TO tp_matcher;
ALTER FUNCTION is_family_match OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE organisation   ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE client         ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE signal         ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE match_case     ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party    ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE notice         ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE consent        ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE consent_party  ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE signatory      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE portal_session ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE message        ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE spent_assertion ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE idempotency    ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_export   ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- Every role reads what no one need hide.
GRANT SELECT ON network, covenant TO tp_party, tp_submit, tp_matcher, tp_log;
GRANT INSERT ON audit.pending, audit.opening TO tp_party, tp_submit, tp_matcher, tp_log;

-- The owner (operator's command line) registers organisations and clients. Policies are forced on it too.
CREATE POLICY operator ON organisation FOR ALL TO CURRENT_USER USING (true);
CREATE POLICY operator ON client       FOR ALL TO CURRENT_USER USING (true);

-- tp_party: reads and single acts, of one organisation, one client or one family at a time.
GRANT SELECT ON organisation, client, signal, match_case, match_party, notice, consent, consent_party,
      signatory, portal_session, message, idempotency, audit_export TO tp_party;
GRANT INSERT ON consent, consent_party, signatory, portal_session, message, idempotency,
      spent_assertion, audit_export TO tp_party;
GRANT DELETE ON portal_session TO tp_party;
GRANT UPDATE (state) ON match_case TO tp_party;
GRANT UPDATE (contact_confirmed_at) ON match_party TO tp_party;
GRANT UPDATE (acknowledged_at) ON notice TO tp_party;
GRANT UPDATE (state, boundary_at, decided_at, valid_until, withdrawn_at, replaced_by,
      record, record_hash, record_signature) ON consent TO tp_party;
GRANT UPDATE (opened_at, decision, decided_at) ON signatory TO tp_party;
GRANT UPDATE (ciphertext, fetched_at, destroyed_at) ON message TO tp_party;
GRANT USAGE ON SEQUENCE consent_id, signatory_id, message_row_id, audit_export_id TO tp_party;

CREATE POLICY party ON organisation FOR SELECT TO tp_party
    USING (id = current_organisation() OR is_counterpart(id) OR is_named_to_family(id)
           OR id = (SELECT c.organisation_id FROM client c WHERE c.id = current_client()));
CREATE POLICY party ON client FOR SELECT TO tp_party USING (id = current_client());
CREATE POLICY party ON signal FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party_reads ON match_case FOR SELECT TO tp_party USING (is_party(subject_id, id));
CREATE POLICY party_acts ON match_case FOR UPDATE TO tp_party
    USING (is_party(subject_id, id) AND state <> 'closed') WITH CHECK (state <> 'closed');
CREATE POLICY party_reads ON match_party FOR SELECT TO tp_party
    USING (is_party(subject_id, match_id) AND visible_at <= transaction_time());
CREATE POLICY party_acts ON match_party FOR UPDATE TO tp_party
    USING (organisation_id = current_organisation() AND visible_at <= transaction_time());
CREATE POLICY party ON notice TO tp_party
    USING (organisation_id = current_organisation() AND visible_at <= transaction_time());
-- A newcomer sees that something was asked, since nobody may ask twice at once; whom a consent covers is another table.
CREATE POLICY party_reads ON consent FOR SELECT TO tp_party USING (is_party(subject_id, match_id));
CREATE POLICY party_asks ON consent FOR INSERT TO tp_party
    WITH CHECK (is_party(subject_id, match_id) AND requested_by = current_organisation());
-- Any party may rely on a consent (FOR SHARE) and end a request that nobody answered in time; nothing else.
CREATE POLICY party_ends ON consent FOR UPDATE TO tp_party
    USING (is_party(subject_id, match_id)) WITH CHECK (is_party(subject_id, match_id) AND state = 'expired');
-- Its own consent, and what stands in the same match: that is replaced when this one is given. PostgreSQL shows a row to
-- its updater after the update too, so `replaced` is in the list.
CREATE POLICY family ON consent TO tp_party
    USING (current_family(subject_id, id)
           OR (state IN ('given', 'replaced') AND is_family_match(subject_id, match_id)))
    WITH CHECK (is_family_match(subject_id, match_id));
CREATE POLICY party_reads ON consent_party FOR SELECT TO tp_party USING (is_covered(subject_id, consent_id));
CREATE POLICY party_asks ON consent_party FOR INSERT TO tp_party WITH CHECK (is_counterpart(organisation_id));
CREATE POLICY family ON consent_party FOR SELECT TO tp_party USING (current_family(subject_id, consent_id));
-- An organisation writes the signatories of its own request and never reads them back.
CREATE POLICY party_asks ON signatory FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM consent c
                         WHERE c.subject_id = signatory.subject_id AND c.id = signatory.consent_id
                           AND c.requested_by = current_organisation()));
-- A family's transaction sees who must sign its own request, since the last signature decides; no page shows it.
CREATE POLICY family ON signatory FOR SELECT TO tp_party
    USING (current_family(subject_id, consent_id) OR code_hash = current_credential()
           OR (subject_id, id) = (SELECT s.subject_id, s.signatory_id FROM portal_session s
                                   WHERE s.secret_hash = current_credential()));
CREATE POLICY family_decides ON signatory FOR UPDATE TO tp_party
    USING (code_hash = current_credential()
           OR (subject_id, id) = (SELECT s.subject_id, s.signatory_id FROM portal_session s
                                   WHERE s.secret_hash = current_credential()));
CREATE POLICY family ON portal_session FOR SELECT TO tp_party USING (secret_hash = current_credential());
-- A session is opened by the code of the signatory it is for.
CREATE POLICY family_enters ON portal_session FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM signatory s
                         WHERE s.subject_id = portal_session.subject_id AND s.id = portal_session.signatory_id
                           AND s.code_hash = current_credential()));
CREATE POLICY family_leaves ON portal_session FOR DELETE TO tp_party USING (secret_hash = current_credential());
CREATE POLICY family ON match_case FOR SELECT TO tp_party USING (is_family_match(subject_id, id));
CREATE POLICY party_reads ON message FOR SELECT TO tp_party
    USING (current_organisation() IN (sender_id, recipient_id) AND is_party(subject_id, match_id));
CREATE POLICY party_sends ON message FOR INSERT TO tp_party
    WITH CHECK (sender_id = current_organisation() AND is_party(subject_id, match_id));
CREATE POLICY party_fetches ON message FOR UPDATE TO tp_party
    USING (recipient_id = current_organisation() AND is_party(subject_id, match_id));
CREATE POLICY family ON message TO tp_party USING (is_family_match(subject_id, match_id));
CREATE POLICY client ON spent_assertion FOR INSERT TO tp_party WITH CHECK (client_id = current_client());
CREATE POLICY party ON idempotency TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party ON audit_export TO tp_party USING (organisation_id = current_organisation());

-- tp_submit: the batched submission and nothing else.
GRANT INSERT ON subject, subject_tag, signal, match_task, idempotency TO tp_submit;
GRANT SELECT (id) ON subject TO tp_submit;
GRANT SELECT (tag, subject_id), UPDATE (tag) ON subject_tag TO tp_submit;
GRANT SELECT (subject_id, id, organisation_id, state, submitted_at, planned_end, expires_at, destroy_by, suite,
      blinded_by_client) ON signal TO tp_submit;
GRANT SELECT ON idempotency TO tp_submit;
GRANT USAGE ON SEQUENCE subject_id, signal_id TO tp_submit;
CREATE POLICY submit ON signal TO tp_submit USING (true);
CREATE POLICY submit ON idempotency TO tp_submit USING (true);

-- tp_matcher: matches, tells and retires.
GRANT SELECT, UPDATE ON subject TO tp_matcher;
-- UPDATE is what FOR UPDATE SKIP LOCKED asks for; no statement updates a task.
GRANT SELECT, INSERT, UPDATE, DELETE ON match_task TO tp_matcher;
GRANT SELECT, UPDATE (state) ON signal TO tp_matcher;
GRANT SELECT, INSERT, UPDATE ON match_case, match_party TO tp_matcher;
GRANT SELECT, INSERT ON notice TO tp_matcher;
GRANT SELECT ON organisation, consent_party TO tp_matcher;
GRANT SELECT, UPDATE (state, boundary_at) ON consent TO tp_matcher;
-- Destroys ciphertext it cannot read.
GRANT SELECT (subject_id, match_id, consent_id, fetched_at, destroyed_at, log_tag), UPDATE (ciphertext, destroyed_at)
      ON message TO tp_matcher;
GRANT SELECT (stored_at), DELETE ON idempotency TO tp_matcher;
GRANT SELECT (expires_at), DELETE ON portal_session, spent_assertion TO tp_matcher;
GRANT USAGE ON SEQUENCE match_id, notice_id TO tp_matcher;
CREATE POLICY matcher ON organisation   TO tp_matcher USING (true);
CREATE POLICY matcher ON signal         TO tp_matcher USING (true);
CREATE POLICY matcher ON match_case     TO tp_matcher USING (true);
CREATE POLICY matcher ON match_party    TO tp_matcher USING (true);
CREATE POLICY matcher ON notice         TO tp_matcher USING (true);
CREATE POLICY matcher ON consent        TO tp_matcher USING (true);
CREATE POLICY matcher ON consent_party  TO tp_matcher USING (true);
CREATE POLICY matcher ON message        TO tp_matcher USING (true);
CREATE POLICY matcher ON idempotency    TO tp_matcher USING (true);
CREATE POLICY matcher ON portal_session TO tp_matcher USING (true);
CREATE POLICY matcher ON spent_assertion TO tp_matcher USING (true);

-- tp_log: orders leaves, signs checkpoints, reads for exports.
GRANT SELECT, DELETE ON audit.pending TO tp_log;
GRANT SELECT ON audit.opening TO tp_log;
GRANT SELECT, INSERT ON audit.leaf, audit.checkpoint TO tp_log;
GRANT SELECT, UPDATE ON audit.head TO tp_log;
