-- Children without a BSN, and soft matches.
--
-- A service key (surname, birth date, sex) says less than one child: several may share it. So each client of an
-- organisation that came with one is a child of its own, known by the organisation's own opaque reference, and the key's
-- tag leads to a circle: the signals that came with the same key. Of a circle organisations are asked whether two children
-- are one; only when all say so, the two are joined.

-- ---------------------------------------------------------------------------------------------------
-- Tags of tokens that several children may share
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE circle_id;

-- One table for every kind of such a token: they change keys alike. Never a table of children: a tag here is found by
-- nobody who looks for one.
CREATE TABLE shared_tag (
    kind       smallint NOT NULL,
    tag        bytea    NOT NULL CHECK (octet_length(tag) = 32),
    circle_id  bigint   NOT NULL,
    network_id smallint NOT NULL REFERENCES network,
    suite      smallint NOT NULL,
    net_epoch  smallint NOT NULL,
    oprf_epoch smallint,
    tag_epoch  smallint NOT NULL,
    sealed     bytea    NOT NULL,
    PRIMARY KEY (kind, tag),
    CONSTRAINT shared_tag_oprf_epoch CHECK ((suite = 1) = (oprf_epoch IS NULL))
) PARTITION BY LIST (kind);
CREATE INDEX shared_tag_by_circle ON shared_tag (circle_id);

CREATE TABLE soft_tag PARTITION OF shared_tag FOR VALUES IN (16);
COMMENT ON TABLE  soft_tag IS 'Tags of service keys. A tag leads to a circle of signals, never to a child.';
COMMENT ON COLUMN soft_tag.kind       IS '(plain) kind of identifier: 16 service key';
COMMENT ON COLUMN soft_tag.tag        IS '(pseudonym) keyed BLAKE3 of the token under K_tag';
COMMENT ON COLUMN soft_tag.circle_id  IS '(pseudonym) number of the signals that came with this token; derived from nothing';
COMMENT ON COLUMN soft_tag.network_id IS '(plain) the network';
COMMENT ON COLUMN soft_tag.suite      IS '(plain) 1 keyed hash, 2 oblivious';
COMMENT ON COLUMN soft_tag.net_epoch  IS '(plain) epoch of K_net';
COMMENT ON COLUMN soft_tag.oprf_epoch IS '(plain) epoch of the keyholder''s key; NULL for a keyed hash';
COMMENT ON COLUMN soft_tag.tag_epoch  IS '(plain) epoch of K_tag';
COMMENT ON COLUMN soft_tag.sealed     IS '(encrypted) the token, sealed to the lift key that only a rotation ceremony can open';

CREATE TABLE signal_circle (
    subject_id bigint   NOT NULL,
    signal_id  bigint   NOT NULL,
    circle_id  bigint   NOT NULL,
    kind       smallint NOT NULL,
    PRIMARY KEY (subject_id, signal_id, circle_id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
CREATE INDEX signal_circle_by_circle ON signal_circle (circle_id);
COMMENT ON TABLE  signal_circle IS 'Which signals came with which shared tokens. Written with the signal.';
COMMENT ON COLUMN signal_circle.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN signal_circle.signal_id  IS '(plain) the signal';
COMMENT ON COLUMN signal_circle.circle_id  IS '(pseudonym) number that stands for the token';
COMMENT ON COLUMN signal_circle.kind       IS '(plain) kind of identifier behind the token: 16 service key, 32 guardian';

-- Like subject_tag a way from what is sent to the child, and so keyed by what is sent.
CREATE TABLE client_reference (
    reference       bytea   PRIMARY KEY CHECK (octet_length(reference) = 32),
    subject_id      bigint  NOT NULL REFERENCES subject,
    organisation_id integer NOT NULL REFERENCES organisation
);
CREATE INDEX client_reference_by_subject ON client_reference (subject_id);
COMMENT ON TABLE  client_reference IS 'Children without a BSN, as their organisations tell them apart.';
COMMENT ON COLUMN client_reference.reference       IS '(hash) keyed hash of organisation and its own opaque reference to its client';
COMMENT ON COLUMN client_reference.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN client_reference.organisation_id IS '(plain) whose reference it is';

CREATE TABLE circle_task (
    id        bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    circle_id bigint NOT NULL
);
COMMENT ON TABLE  circle_task IS 'Circles in which a signal changed; the matcher takes and deletes rows.';
COMMENT ON COLUMN circle_task.id        IS '(plain) order of arrival';
COMMENT ON COLUMN circle_task.circle_id IS '(pseudonym) the circle';

-- ---------------------------------------------------------------------------------------------------
-- Soft matches
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE soft_match (
    subject_id       bigint      NOT NULL REFERENCES subject,
    other_subject_id bigint      NOT NULL REFERENCES subject,
    state            text        NOT NULL CHECK (state IN ('asked', 'confirmed', 'denied')),
    found_at         timestamptz NOT NULL,
    closed_at        timestamptz CHECK ((closed_at IS NULL) = (state = 'asked')),
    log_tag          uuid        NOT NULL,
    PRIMARY KEY (subject_id, other_subject_id),
    CHECK (subject_id < other_subject_id)
);
CREATE INDEX soft_match_by_other ON soft_match (other_subject_id);
CREATE INDEX soft_match_asked ON soft_match (found_at) WHERE state = 'asked';
COMMENT ON TABLE  soft_match IS 'Two children of one service key, of which organisations are asked whether they are one. A no stays, so that it is not asked again.';
COMMENT ON COLUMN soft_match.subject_id       IS '(pseudonym) the child with the smaller number';
COMMENT ON COLUMN soft_match.other_subject_id IS '(pseudonym) the other';
COMMENT ON COLUMN soft_match.state            IS '(plain) what came of it';
COMMENT ON COLUMN soft_match.found_at         IS '(plain) when it was found';
COMMENT ON COLUMN soft_match.closed_at        IS '(plain) when the answers had come to that';
COMMENT ON COLUMN soft_match.log_tag          IS '(pseudonym) random name of this soft match in the audit log';

CREATE SEQUENCE soft_match_party_id;
CREATE TABLE soft_match_party (
    subject_id       bigint      NOT NULL,
    id               bigint      NOT NULL,
    other_subject_id bigint      REFERENCES subject,
    signal_id        bigint      NOT NULL,
    organisation_id  integer     NOT NULL REFERENCES organisation,
    visible_at       timestamptz NOT NULL,
    ends_at          timestamptz NOT NULL,
    same_child       boolean,
    answered_at      timestamptz CHECK ((answered_at IS NULL) = (same_child IS NULL)),
    state            text        CHECK (state IN ('confirmed', 'denied')),
    told_at          timestamptz CHECK ((told_at IS NULL) = (state IS NULL)),
    log_tag          uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    UNIQUE (subject_id, other_subject_id, signal_id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
CREATE INDEX soft_match_party_by_organisation ON soft_match_party (organisation_id, id);
CREATE INDEX soft_match_party_by_other ON soft_match_party (other_subject_id);
COMMENT ON TABLE  soft_match_party IS 'One organisation''s side of a soft match, with a copy of all that it may know of it.';
COMMENT ON COLUMN soft_match_party.subject_id       IS '(pseudonym) the child its signal is about';
COMMENT ON COLUMN soft_match_party.id               IS '(plain) internal number';
COMMENT ON COLUMN soft_match_party.other_subject_id IS '(pseudonym) the child that may be the same; NULL once nothing of it is left';
COMMENT ON COLUMN soft_match_party.signal_id        IS '(plain) its signal';
COMMENT ON COLUMN soft_match_party.organisation_id  IS '(plain) who is asked';
COMMENT ON COLUMN soft_match_party.visible_at       IS '(plain) from when it is asked';
COMMENT ON COLUMN soft_match_party.ends_at          IS '(plain) from when one of the two children has no signal that counts';
COMMENT ON COLUMN soft_match_party.same_child       IS '(plain) what it answered';
COMMENT ON COLUMN soft_match_party.answered_at      IS '(plain) when';
COMMENT ON COLUMN soft_match_party.state            IS '(plain) what came of it, copied so that no party reads another''s answer';
COMMENT ON COLUMN soft_match_party.told_at          IS '(plain) from when it is told that';
COMMENT ON COLUMN soft_match_party.log_tag          IS '(pseudonym) random name of the soft match in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE signal_circle    ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE client_reference ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE soft_match       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE soft_match_party ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- tp_party: an organisation sees its own side and answers. It never sees another child's number.
GRANT SELECT (subject_id, id, signal_id, organisation_id, visible_at, ends_at, same_child, answered_at, state, told_at,
      log_tag), UPDATE (same_child, answered_at) ON soft_match_party TO tp_party;
CREATE POLICY party ON soft_match_party TO tp_party
    USING (organisation_id = current_organisation() AND visible_at <= transaction_time());

-- tp_submit: finds or makes the child of a reference and the circle of a tag.
GRANT INSERT, SELECT (kind, tag, circle_id, net_epoch), UPDATE (tag) ON shared_tag TO tp_submit;
GRANT INSERT, SELECT (reference, subject_id), UPDATE (reference) ON client_reference TO tp_submit;
GRANT INSERT, SELECT (subject_id, signal_id, circle_id, kind) ON signal_circle TO tp_submit;
GRANT INSERT ON circle_task TO tp_submit;
GRANT USAGE ON SEQUENCE circle_id TO tp_submit;
CREATE POLICY submit ON client_reference TO tp_submit USING (true);
CREATE POLICY submit ON signal_circle    TO tp_submit USING (true);

-- tp_matcher: asks, joins and tidies. It never reads a tag.
GRANT SELECT (kind, circle_id, network_id, net_epoch), UPDATE (circle_id), DELETE ON shared_tag TO tp_matcher;
GRANT SELECT, INSERT, UPDATE (subject_id), DELETE ON signal_circle TO tp_matcher;
GRANT SELECT (subject_id, organisation_id), UPDATE (subject_id), DELETE ON client_reference TO tp_matcher;
GRANT SELECT, INSERT, UPDATE, DELETE ON circle_task TO tp_matcher;
GRANT SELECT, INSERT, UPDATE, DELETE ON soft_match, soft_match_party TO tp_matcher;
GRANT USAGE ON SEQUENCE soft_match_party_id TO tp_matcher;
CREATE POLICY matcher ON client_reference TO tp_matcher USING (true);
CREATE POLICY matcher ON signal_circle    TO tp_matcher USING (true);
CREATE POLICY matcher ON soft_match       TO tp_matcher USING (true);
CREATE POLICY matcher ON soft_match_party TO tp_matcher USING (true);
