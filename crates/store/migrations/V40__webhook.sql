-- Webhooks: addresses of organisations, what is to be delivered there, and what came of each attempt. A notice is its own
-- place in the queue: from when it shows until `dispatched_at` it waits to be handed to the endpoints of its reader.

CREATE TABLE webhook_endpoint (
    id               bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    organisation_id  integer     NOT NULL REFERENCES organisation,
    url              bytea       NOT NULL,
    secret           bytea       NOT NULL,
    previous_secret  bytea,
    previous_until   timestamptz,
    created_at       timestamptz NOT NULL,
    disabled_at      timestamptz,
    disabled_because text        CHECK (disabled_because IN ('requested', 'gone', 'failing')),
    failures         integer     NOT NULL DEFAULT 0 CHECK (failures >= 0),
    failing_since    timestamptz,
    rests_until      timestamptz,
    lease            uuid,
    leased_until     timestamptz,
    log_tag          uuid        NOT NULL,
    CONSTRAINT webhook_endpoint_previous CHECK ((previous_secret IS NULL) = (previous_until IS NULL)),
    CONSTRAINT webhook_endpoint_disabled CHECK ((disabled_at IS NULL) = (disabled_because IS NULL)),
    CONSTRAINT webhook_endpoint_failing  CHECK ((failures = 0) = (failing_since IS NULL))
);
CREATE INDEX webhook_endpoint_by_organisation ON webhook_endpoint (organisation_id);
COMMENT ON TABLE  webhook_endpoint IS 'Where an organisation is told what waits for it.';
COMMENT ON COLUMN webhook_endpoint.id               IS '(plain) internal number';
COMMENT ON COLUMN webhook_endpoint.organisation_id  IS '(plain) whose it is';
COMMENT ON COLUMN webhook_endpoint.url              IS '(encrypted) the address; it may hold a key of the receiver';
COMMENT ON COLUMN webhook_endpoint.secret           IS '(encrypted) what deliveries are signed with';
COMMENT ON COLUMN webhook_endpoint.previous_secret  IS '(encrypted) the secret before, while it signs too';
COMMENT ON COLUMN webhook_endpoint.previous_until   IS '(plain) until when it does';
COMMENT ON COLUMN webhook_endpoint.created_at       IS '(plain) when it was added';
COMMENT ON COLUMN webhook_endpoint.disabled_at      IS '(plain) since when nothing is sent';
COMMENT ON COLUMN webhook_endpoint.disabled_because IS '(plain) why not';
COMMENT ON COLUMN webhook_endpoint.failures         IS '(plain) how many attempts in a row failed';
COMMENT ON COLUMN webhook_endpoint.failing_since    IS '(plain) when the first of them did';
COMMENT ON COLUMN webhook_endpoint.rests_until      IS '(plain) until when nothing is tried after failures';
COMMENT ON COLUMN webhook_endpoint.lease            IS '(plain) which attempt is under way; drawn at random';
COMMENT ON COLUMN webhook_endpoint.leased_until     IS '(plain) until when no other begins, in the time of the machine';
COMMENT ON COLUMN webhook_endpoint.log_tag          IS '(pseudonym) random name of this endpoint in the audit log';

CREATE TABLE webhook_delivery (
    id              bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    endpoint_id     bigint      NOT NULL REFERENCES webhook_endpoint ON DELETE CASCADE,
    organisation_id integer     NOT NULL REFERENCES organisation,
    subject_id      bigint,
    notice_id       bigint,
    message         text        NOT NULL,
    type            text        NOT NULL,
    occurred_at     timestamptz NOT NULL,
    path            text        NOT NULL,
    body            text,
    state           text        NOT NULL CHECK (state IN ('queued', 'delivered', 'exhausted', 'dropped')),
    due_at          timestamptz,
    attempts        integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    ended_at        timestamptz,
    UNIQUE (endpoint_id, message),
    -- With its notice goes what was to be delivered of it.
    FOREIGN KEY (subject_id, notice_id) REFERENCES notice (subject_id, id) ON DELETE CASCADE,
    CONSTRAINT webhook_delivery_notice CHECK ((subject_id IS NULL) = (notice_id IS NULL)),
    CONSTRAINT webhook_delivery_due    CHECK ((state = 'queued') = (due_at IS NOT NULL)),
    CONSTRAINT webhook_delivery_ended  CHECK ((state = 'queued') = (ended_at IS NULL))
);
CREATE INDEX webhook_delivery_queue     ON webhook_delivery (endpoint_id, due_at, id) WHERE state = 'queued';
CREATE INDEX webhook_delivery_ended     ON webhook_delivery (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX webhook_delivery_by_notice ON webhook_delivery (subject_id, notice_id) WHERE notice_id IS NOT NULL;
COMMENT ON TABLE  webhook_delivery IS 'What is to be delivered to an endpoint, or was.';
COMMENT ON COLUMN webhook_delivery.id              IS '(plain) internal number';
COMMENT ON COLUMN webhook_delivery.endpoint_id     IS '(plain) where to';
COMMENT ON COLUMN webhook_delivery.organisation_id IS '(plain) whose endpoint that is';
COMMENT ON COLUMN webhook_delivery.subject_id      IS '(pseudonym) the child that the notice hangs on, if it tells of a notice';
COMMENT ON COLUMN webhook_delivery.notice_id       IS '(plain) the notice, if it tells of one';
COMMENT ON COLUMN webhook_delivery.message         IS '(plain) its webhook-id; of a notice, its public id';
COMMENT ON COLUMN webhook_delivery.type            IS '(plain) what it tells';
COMMENT ON COLUMN webhook_delivery.occurred_at     IS '(plain) when that happened';
COMMENT ON COLUMN webhook_delivery.path            IS '(plain) where to look: a path of the API';
COMMENT ON COLUMN webhook_delivery.body            IS '(plain) the bytes of every attempt, once there was one: ids of ours, nothing else';
COMMENT ON COLUMN webhook_delivery.state           IS '(plain) where it stands';
COMMENT ON COLUMN webhook_delivery.due_at          IS '(plain) when the next attempt is due';
COMMENT ON COLUMN webhook_delivery.attempts        IS '(plain) how many there were since it was queued';
COMMENT ON COLUMN webhook_delivery.ended_at        IS '(plain) when it was delivered, exhausted or dropped';

CREATE TABLE webhook_attempt (
    id              bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    delivery_id     bigint      NOT NULL REFERENCES webhook_delivery ON DELETE CASCADE,
    endpoint_id     bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    number          integer     NOT NULL CHECK (number > 0),
    attempted_at    timestamptz NOT NULL,
    outcome         text        NOT NULL CHECK (outcome IN
                    ('delivered', 'refused', 'gone', 'redirected', 'blocked-address', 'unknown-name', 'unreachable', 'tls',
                     'timeout', 'too-large', 'invalid-answer')),
    status          smallint    CHECK (status BETWEEN 100 AND 999),
    duration_ms     integer     NOT NULL CHECK (duration_ms >= 0)
);
CREATE INDEX webhook_attempt_by_endpoint ON webhook_attempt (endpoint_id, id);
CREATE INDEX webhook_attempt_by_delivery ON webhook_attempt (delivery_id);
COMMENT ON TABLE  webhook_attempt IS 'What came of each attempt to deliver.';
COMMENT ON COLUMN webhook_attempt.id              IS '(plain) internal number';
COMMENT ON COLUMN webhook_attempt.delivery_id     IS '(plain) what was to be delivered';
COMMENT ON COLUMN webhook_attempt.endpoint_id     IS '(plain) where to';
COMMENT ON COLUMN webhook_attempt.organisation_id IS '(plain) whose endpoint that is';
COMMENT ON COLUMN webhook_attempt.number          IS '(plain) which attempt it was';
COMMENT ON COLUMN webhook_attempt.attempted_at    IS '(plain) when it ended';
COMMENT ON COLUMN webhook_attempt.outcome         IS '(plain) what came of it';
COMMENT ON COLUMN webhook_attempt.status          IS '(plain) the receiver''s HTTP status, if it answered';
COMMENT ON COLUMN webhook_attempt.duration_ms     IS '(plain) how long it took, in milliseconds';

-- ---------------------------------------------------------------------------------------------------
-- Notices: which were handed on, and those about an endpoint, which hang on no child (subject 0)
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE notice
    ADD COLUMN dispatched_at timestamptz,
    ADD COLUMN endpoint_id   bigint REFERENCES webhook_endpoint ON DELETE CASCADE,
    DROP CONSTRAINT notice_about_one,
    ADD CONSTRAINT notice_about_one CHECK (num_nonnulls(match_id, signal_id, endpoint_id) = 1),
    ADD CONSTRAINT notice_of_a_child CHECK ((subject_id = 0) = (endpoint_id IS NOT NULL)),
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN
        ('match-opened', 'match-joined', 'match-closed', 'match-corrected', 'lead-proposed', 'lead-accepted',
         'lead-declined', 'contact-reminder', 'archived-signal', 'signal-destroyed', 'disclosure-reminder',
         'postponement-review', 'soft-match', 'family-match', 'objection-advice', 'objection-decided',
         'webhook-disabled'));
CREATE INDEX notice_to_dispatch ON notice (visible_at) WHERE dispatched_at IS NULL;
CREATE INDEX notice_by_endpoint ON notice (endpoint_id) WHERE endpoint_id IS NOT NULL;
CREATE INDEX notice_by_time     ON notice (organisation_id, visible_at, id);
COMMENT ON COLUMN notice.dispatched_at IS '(plain) when it was handed to the endpoints of its reader';
COMMENT ON COLUMN notice.endpoint_id   IS '(plain) the reader''s own endpoint that it is about, if it is one';

-- That a notice was handed on, and how deliveries to an endpoint go, is no event: the attempts are there to be read.
DROP TRIGGER leaf_beside ON notice;
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR DELETE ON notice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
CREATE CONSTRAINT TRIGGER leaf_beside_step AFTER UPDATE ON notice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase')
          AND to_jsonb(OLD) - 'dispatched_at' IS DISTINCT FROM to_jsonb(NEW) - 'dispatched_at')
    EXECUTE FUNCTION audit.demand_leaf();
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR DELETE ON webhook_endpoint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
CREATE CONSTRAINT TRIGGER leaf_beside_step AFTER UPDATE ON webhook_endpoint
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase')
          AND to_jsonb(OLD) - '{failures,failing_since,rests_until,lease,leased_until}'::text[]
              IS DISTINCT FROM to_jsonb(NEW) - '{failures,failing_since,rests_until,lease,leased_until}'::text[])
    EXECUTE FUNCTION audit.demand_leaf();

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE webhook_attempt  ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY party ON webhook_endpoint TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party ON webhook_delivery TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party ON webhook_attempt FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY matcher ON webhook_endpoint TO tp_matcher USING (true);
CREATE POLICY matcher ON webhook_delivery TO tp_matcher USING (true);
CREATE POLICY matcher ON webhook_attempt  TO tp_matcher USING (true);

-- The coordinator's acts.
GRANT SELECT, INSERT, DELETE, UPDATE (secret, previous_secret, previous_until, disabled_at, disabled_because, failures,
      failing_since, rests_until) ON webhook_endpoint TO tp_party;
GRANT SELECT, INSERT, UPDATE (state, due_at, attempts, ended_at) ON webhook_delivery TO tp_party;
GRANT SELECT ON webhook_attempt TO tp_party;
-- Delivering.
GRANT SELECT, UPDATE (disabled_at, disabled_because, failures, failing_since, rests_until, lease, leased_until)
      ON webhook_endpoint TO tp_matcher;
GRANT SELECT, INSERT, UPDATE (body, state, due_at, attempts, ended_at), DELETE ON webhook_delivery TO tp_matcher;
GRANT SELECT, INSERT ON webhook_attempt TO tp_matcher;
GRANT UPDATE (dispatched_at) ON notice TO tp_matcher;
