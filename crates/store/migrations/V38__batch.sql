-- Batches: many signals in one request, worked off line by line.

-- An alert about a batch stands beside those about an hour, of which there is one an hour.
ALTER TABLE alert DROP CONSTRAINT alert_kind_check;
ALTER TABLE alert ADD CONSTRAINT alert_kind_check CHECK (kind IN ('signals-per-hour', 'batch-held'));
ALTER TABLE alert DROP CONSTRAINT alert_organisation_id_kind_hour_key;
CREATE UNIQUE INDEX alert_once_an_hour ON alert (organisation_id, hour) WHERE kind = 'signals-per-hour';
COMMENT ON TABLE alert IS 'What supervisors are to know at once: at most one about an hour per organisation, one for each batch that is held.';

CREATE TABLE batch (
    id              bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    organisation_id integer     NOT NULL REFERENCES organisation,
    client_id       text        NOT NULL REFERENCES client,
    key             text        NOT NULL,
    length          bigint      NOT NULL CHECK (length >= 0),
    trace           text,
    state           text        NOT NULL CHECK (state IN ('receiving', 'queued', 'working', 'held', 'ended')),
    received_at     timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    lines           integer     NOT NULL DEFAULT 0 CHECK (lines BETWEEN 0 AND 100000),
    bytes           bigint      NOT NULL DEFAULT 0 CHECK (bytes BETWEEN 0 AND length),
    fingerprint     bytea       CHECK (octet_length(fingerprint) = 32),
    lease           uuid,
    lease_until     timestamptz,
    served_at       timestamptz,
    held            integer     NOT NULL DEFAULT 0 CHECK (held >= 0),
    created         integer     NOT NULL DEFAULT 0 CHECK (created >= 0),
    known           integer     NOT NULL DEFAULT 0 CHECK (known >= 0),
    refused         integer     NOT NULL DEFAULT 0 CHECK (refused >= 0),
    withdrawn       integer     NOT NULL DEFAULT 0 CHECK (withdrawn >= 0),
    lapsed          integer     NOT NULL DEFAULT 0 CHECK (lapsed >= 0),
    released_at     timestamptz,
    ended_at        timestamptz,
    alert_id        bigint      UNIQUE REFERENCES alert,
    log_tag         uuid        NOT NULL,
    CHECK (created + known + refused + withdrawn + lapsed + held <= lines),
    CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
    CHECK (state <> 'ended' OR created + known + refused + withdrawn + lapsed = lines)
);
CREATE UNIQUE INDEX batch_receiving ON batch (organisation_id, key) WHERE state = 'receiving';
CREATE INDEX batch_open ON batch (organisation_id, id) WHERE state <> 'ended';
CREATE INDEX batch_until ON batch (until);
COMMENT ON TABLE  batch IS 'Many signals that came in one request. Its lines go with it.';
COMMENT ON COLUMN batch.id              IS '(plain) internal number';
COMMENT ON COLUMN batch.organisation_id IS '(plain) who sent it';
COMMENT ON COLUMN batch.client_id       IS '(plain) with which program';
COMMENT ON COLUMN batch.key             IS '(plain) the idempotency key it came with';
COMMENT ON COLUMN batch.length          IS '(plain) bytes of the whole request, as declared';
COMMENT ON COLUMN batch.trace           IS '(plain) the trace of the request, for the processing log';
COMMENT ON COLUMN batch.state           IS '(plain) where it stands, as of the last step';
COMMENT ON COLUMN batch.received_at     IS '(plain) when all of it had arrived; before that, when it began';
COMMENT ON COLUMN batch.until           IS '(plain) when what arrived is forgotten, its lines lapse, or its outcomes are forgotten';
COMMENT ON COLUMN batch.lines           IS '(plain) how many lines arrived';
COMMENT ON COLUMN batch.bytes           IS '(plain) bytes of these lines';
COMMENT ON COLUMN batch.fingerprint     IS '(hash) of the request up to the end of these lines';
COMMENT ON COLUMN batch.lease           IS '(plain) random number of the request that is being read';
COMMENT ON COLUMN batch.lease_until     IS '(plain) real time until which no other request goes on with it';
COMMENT ON COLUMN batch.served_at       IS '(plain) real time of its last step, so that organisations take turns';
COMMENT ON COLUMN batch.held            IS '(plain) lines over the number of signals an hour';
COMMENT ON COLUMN batch.created         IS '(plain) lines that are new signals';
COMMENT ON COLUMN batch.known           IS '(plain) lines about children of whom the organisation had a signal';
COMMENT ON COLUMN batch.refused         IS '(plain) lines that were refused';
COMMENT ON COLUMN batch.withdrawn       IS '(plain) lines that the organisation took back';
COMMENT ON COLUMN batch.lapsed          IS '(plain) lines that waited too long';
COMMENT ON COLUMN batch.released_at     IS '(plain) when a supervisor released what was held';
COMMENT ON COLUMN batch.ended_at        IS '(plain) since when nothing more comes of it';
COMMENT ON COLUMN batch.alert_id        IS '(plain) the alert about what is held';
COMMENT ON COLUMN batch.log_tag         IS '(pseudonym) random name in the audit log';

CREATE TABLE batch_line (
    batch_id        bigint   NOT NULL REFERENCES batch ON DELETE CASCADE,
    line            integer  NOT NULL CHECK (line BETWEEN 1 AND 100000),
    organisation_id integer  NOT NULL,
    held            boolean  NOT NULL DEFAULT false,
    sealed          bytea,
    outcome         text     CHECK (outcome IN ('done', 'withdrawn', 'lapsed')),
    status          smallint CHECK (status BETWEEN 200 AND 599),
    signal          bytea    CHECK (octet_length(signal) = 16),
    problem         text,
    errors          text,
    event_id        uuid,
    PRIMARY KEY (batch_id, line),
    CHECK ((sealed IS NULL) = (outcome IS NOT NULL)),
    CHECK ((outcome IS NOT DISTINCT FROM 'done') = (status IS NOT NULL)),
    CHECK (coalesce(status, 400) < 400 OR signal IS NULL),
    CHECK ((coalesce(status, 0) >= 400) = (problem IS NOT NULL))
);
CREATE INDEX batch_line_waiting ON batch_line (batch_id, held, line) WHERE outcome IS NULL;
COMMENT ON TABLE  batch_line IS 'A signal that waits, and then what came of it.';
COMMENT ON COLUMN batch_line.batch_id        IS '(plain) the batch';
COMMENT ON COLUMN batch_line.line            IS '(plain) number of the line in it, from 1';
COMMENT ON COLUMN batch_line.organisation_id IS '(plain) who sent it';
COMMENT ON COLUMN batch_line.held            IS '(plain) whether it was over the number of signals an hour';
COMMENT ON COLUMN batch_line.sealed          IS '(encrypted) tags, sealed tokens, the professional''s reference and contact, planned end and destroy-by month; NULL once something came of it';
COMMENT ON COLUMN batch_line.outcome         IS '(plain) what came of it';
COMMENT ON COLUMN batch_line.status          IS '(plain) the HTTP status with which a signal on its own would have been answered';
COMMENT ON COLUMN batch_line.signal          IS '(pseudonym) public id of the signal';
COMMENT ON COLUMN batch_line.problem         IS '(plain) type of the problem, when it was refused';
COMMENT ON COLUMN batch_line.errors          IS '(plain) which members were at fault; never their values';
COMMENT ON COLUMN batch_line.event_id        IS '(plain) the event whose leaf its receipt promises';

ALTER TABLE batch      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE batch_line ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- An organisation lays lines down, takes them back and reads what came of them.
GRANT SELECT, INSERT, DELETE ON batch TO tp_party;
GRANT UPDATE (state, received_at, until, lines, bytes, fingerprint, lease, lease_until, held, withdrawn, ended_at, refused)
      ON batch TO tp_party;
GRANT SELECT, INSERT ON batch_line TO tp_party;
GRANT UPDATE (sealed, outcome) ON batch_line TO tp_party;
CREATE POLICY party ON batch      TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party ON batch_line TO tp_party USING (organisation_id = current_organisation());
-- A supervisor sees how much is held.
CREATE POLICY supervisor ON batch FOR SELECT TO tp_party USING (alert_id IS NOT NULL AND is_supervisor());

-- The batched submission works lines off and raises the alarm about what is held.
GRANT SELECT ON batch, batch_line TO tp_submit;
GRANT UPDATE (state, until, served_at, held, created, known, refused, ended_at, alert_id) ON batch TO tp_submit;
GRANT UPDATE (held, sealed, outcome, status, signal, problem, errors, event_id) ON batch_line TO tp_submit;
GRANT SELECT (id) ON alert TO tp_submit;
CREATE POLICY submit ON batch        TO tp_submit USING (true);
CREATE POLICY submit ON batch_line   TO tp_submit USING (true);

-- The matcher says whose turn it is, carries out what a supervisor decides, and destroys what waited too long.
GRANT SELECT, DELETE ON batch TO tp_matcher;
GRANT UPDATE (state, until, held, refused, lapsed, released_at, ended_at) ON batch TO tp_matcher;
GRANT SELECT (batch_id, outcome, held) ON batch_line TO tp_matcher;
GRANT UPDATE (sealed, outcome, status, problem) ON batch_line TO tp_matcher;
CREATE POLICY matcher ON batch      TO tp_matcher USING (true);
CREATE POLICY matcher ON batch_line TO tp_matcher USING (true);
