-- Keys that change: several epochs of K_net beside each other, an epoch of the keyholder's key, and the rotation of both
-- without asking partners.
--
-- Every change of what a submission must know of keys raises network.keys_version, in the same transaction. A submission
-- holds that row FOR SHARE, so a change waits for submissions in flight and later ones make their tags anew.

-- ---------------------------------------------------------------------------------------------------
-- Networks and their epochs
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE network_epoch (
    network_id smallint    NOT NULL REFERENCES network,
    net_epoch  smallint    NOT NULL,
    key_check  bytea       NOT NULL CHECK (octet_length(key_check) = 16),
    state      text        NOT NULL CHECK (state IN ('live', 'ending', 'compromised', 'ended')),
    until      timestamptz CHECK ((until IS NULL) = (state = 'live')),
    destroyed  bigint      NOT NULL DEFAULT 0,
    PRIMARY KEY (network_id, net_epoch)
);
COMMENT ON TABLE  network_epoch IS 'Epochs of K_net. Several are live while partners change to a new key.';
COMMENT ON COLUMN network_epoch.network_id IS '(plain) the network';
COMMENT ON COLUMN network_epoch.net_epoch  IS '(plain) number of the epoch; never used twice';
COMMENT ON COLUMN network_epoch.key_check  IS '(hash) key-check value of K_net in that epoch; lets a client with a wrong key be told so';
COMMENT ON COLUMN network_epoch.state      IS '(plain) live: every signal carries its token; ending, compromised: accepted until the time beside it; ended: its tags are destroyed';
COMMENT ON COLUMN network_epoch.until      IS '(plain) from when its tokens are refused and its tags destroyed';
COMMENT ON COLUMN network_epoch.destroyed  IS '(plain) how many of its tags were destroyed so far';

INSERT INTO network_epoch (network_id, net_epoch, key_check, state)
SELECT id, net_epoch, key_check, 'live' FROM network;

ALTER TABLE network
    DROP COLUMN net_epoch,
    DROP COLUMN key_check,
    ADD COLUMN oprf_epoch smallint,
    ADD COLUMN keys_version bigint NOT NULL DEFAULT 1,
    ADD COLUMN log_tag uuid NOT NULL DEFAULT gen_random_uuid();
ALTER TABLE network ALTER COLUMN log_tag DROP DEFAULT;
COMMENT ON COLUMN network.oprf_epoch   IS '(plain) the epoch of the keyholder''s key under which tags are stored; NULL while there is no keyholder';
COMMENT ON COLUMN network.keys_version IS '(plain) rises with every change of what a submission must know of keys';
COMMENT ON COLUMN network.log_tag      IS '(pseudonym) random name of this network in the audit log';

CREATE TABLE key_epoch_list (
    network_id  smallint    NOT NULL REFERENCES network,
    entries     integer     NOT NULL CHECK (entries > 0),
    document    text        NOT NULL,
    signature   bytea       NOT NULL CHECK (octet_length(signature) = 64),
    hash        bytea       NOT NULL CHECK (octet_length(hash) = 32),
    accepted_at timestamptz NOT NULL,
    PRIMARY KEY (network_id, entries)
);
COMMENT ON TABLE  key_epoch_list IS 'Lists of key epochs signed by the keyholder, as accepted. Each begins with the one before.';
COMMENT ON COLUMN key_epoch_list.network_id  IS '(plain) the network';
COMMENT ON COLUMN key_epoch_list.entries     IS '(plain) number of entries; rises from list to list';
COMMENT ON COLUMN key_epoch_list.document    IS '(plain) the list, canonical JSON';
COMMENT ON COLUMN key_epoch_list.signature   IS '(plain) the keyholder''s Ed25519 signature over it';
COMMENT ON COLUMN key_epoch_list.hash        IS '(hash) SHA-256 of the list, as the audit log names it';
COMMENT ON COLUMN key_epoch_list.accepted_at IS '(plain) when it was accepted';

ALTER TABLE organisation ADD COLUMN min_suite smallint NOT NULL DEFAULT 1 CHECK (min_suite IN (1, 2));
COMMENT ON COLUMN organisation.min_suite IS '(plain) lowest suite taken from it; with 2 it is never answered to a keyed hash';

-- ---------------------------------------------------------------------------------------------------
-- Tags
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE subject_tag ADD COLUMN oprf_epoch smallint;
ALTER TABLE subject_tag ADD CONSTRAINT subject_tag_oprf_epoch CHECK ((suite = 1) = (oprf_epoch IS NULL));
COMMENT ON COLUMN subject_tag.oprf_epoch IS '(plain) epoch of the keyholder''s key; NULL for a keyed hash';
-- Tags of one token pair are written before it is known whose child they are.
ALTER TABLE subject_tag ALTER CONSTRAINT subject_tag_subject_id_fkey DEFERRABLE INITIALLY DEFERRED;

-- Which children a partner's tokens of two epochs led to, when they were two. Written in the task that every signal leaves
-- anyway, so that submitting does the same whatever is known.
ALTER TABLE match_task ADD COLUMN met_subject_id bigint, ADD COLUMN organisation_id integer;
COMMENT ON COLUMN match_task.met_subject_id  IS '(pseudonym) the child to which the token of the newest epoch led: another one when two are known for these tokens';
COMMENT ON COLUMN match_task.organisation_id IS '(plain) who sent the tokens';

CREATE TABLE subject_pair (
    subject_id       bigint      NOT NULL REFERENCES subject,
    other_subject_id bigint      NOT NULL REFERENCES subject,
    organisation_id  integer     NOT NULL REFERENCES organisation,
    network_id       smallint    NOT NULL REFERENCES network,
    seen_at          timestamptz NOT NULL,
    PRIMARY KEY (subject_id, other_subject_id, organisation_id),
    CHECK (subject_id < other_subject_id)
);
CREATE INDEX subject_pair_by_other ON subject_pair (other_subject_id);
COMMENT ON TABLE  subject_pair IS 'Two children that an organisation''s tokens of two epochs say are one. Two organisations make it so.';
COMMENT ON COLUMN subject_pair.subject_id       IS '(pseudonym) the child with the smaller number';
COMMENT ON COLUMN subject_pair.other_subject_id IS '(pseudonym) the other';
COMMENT ON COLUMN subject_pair.organisation_id  IS '(plain) who sent tokens of both';
COMMENT ON COLUMN subject_pair.network_id       IS '(plain) the network';
COMMENT ON COLUMN subject_pair.seen_at          IS '(plain) when';

-- ---------------------------------------------------------------------------------------------------
-- Signals of children that turned out to be one
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE signal DROP CONSTRAINT signal_state_check;
ALTER TABLE signal ADD CONSTRAINT signal_state_check
    CHECK (state IN ('sleeping', 'active', 'paused', 'expired', 'moved'));
COMMENT ON COLUMN signal.state IS '(plain) lifecycle; moved: it goes on under another child with the same number';

CREATE TABLE moved_signal (
    subject_id      bigint  NOT NULL,
    id              bigint  NOT NULL,
    to_subject_id   bigint  NOT NULL REFERENCES subject,
    organisation_id integer NOT NULL REFERENCES organisation,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, id) REFERENCES signal (subject_id, id)
);
CREATE INDEX moved_signal_by_survivor ON moved_signal (to_subject_id);
COMMENT ON TABLE  moved_signal IS 'Where a signal went when two children turned out to be one, so that its old public id can still be read.';
COMMENT ON COLUMN moved_signal.subject_id      IS '(pseudonym) the child under which its public id was given out';
COMMENT ON COLUMN moved_signal.id              IS '(plain) internal number; it keeps it';
COMMENT ON COLUMN moved_signal.to_subject_id   IS '(pseudonym) the child it is about now';
COMMENT ON COLUMN moved_signal.organisation_id IS '(plain) who gave it';

-- ---------------------------------------------------------------------------------------------------
-- Rotation
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE lift_context (
    id         bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    network_id smallint    NOT NULL REFERENCES network,
    enc        bytea       NOT NULL CHECK (octet_length(enc) = 32),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE  lift_context IS 'Senders of sealed tokens: one encapsulated key for what a program seals in ten minutes.';
COMMENT ON COLUMN lift_context.id         IS '(plain) internal number; sealed tokens begin with it';
COMMENT ON COLUMN lift_context.network_id IS '(plain) the network';
COMMENT ON COLUMN lift_context.enc        IS '(plain) HPKE encapsulated key';
COMMENT ON COLUMN lift_context.created_at IS '(plain) when';

CREATE TABLE rotation (
    network_id      smallint    PRIMARY KEY REFERENCES network,
    phase           text        NOT NULL CHECK (phase IN ('fill', 'grace', 'destroy')),
    from_suite      smallint    NOT NULL CHECK (from_suite IN (1, 2)),
    to_suite        smallint    NOT NULL CHECK (to_suite >= from_suite AND to_suite IN (1, 2)),
    from_oprf       smallint    CHECK ((from_oprf IS NULL) = (from_suite = 1)),
    to_oprf         smallint    CHECK ((to_oprf IS NULL) = (to_suite = 1)),
    from_tag        smallint    NOT NULL,
    to_tag          smallint    NOT NULL,
    delta           bytea,
    started_at      timestamptz NOT NULL,
    cursor          bytea,
    filled          bigint      NOT NULL DEFAULT 0,
    subjects_before bigint      NOT NULL,
    flipped_at      timestamptz CHECK ((flipped_at IS NULL) = (phase = 'fill')),
    grace_until     timestamptz,
    log_tag         uuid        NOT NULL
);
COMMENT ON TABLE  rotation IS 'The rotation of the keyholder''s key or K_tag that is under way; no row when none is.';
COMMENT ON COLUMN rotation.network_id      IS '(plain) the network';
COMMENT ON COLUMN rotation.phase           IS '(plain) fill: both tags are written; grace: tokens of the old epoch are still taken; destroy: old tags are deleted';
COMMENT ON COLUMN rotation.from_suite      IS '(plain) suite of the tags that were live when it began';
COMMENT ON COLUMN rotation.to_suite        IS '(plain) suite of the tags it makes';
COMMENT ON COLUMN rotation.from_oprf       IS '(plain) epoch of the keyholder''s key it leads away from';
COMMENT ON COLUMN rotation.to_oprf         IS '(plain) epoch of the keyholder''s key it leads to';
COMMENT ON COLUMN rotation.from_tag        IS '(plain) epoch of K_tag it leads away from';
COMMENT ON COLUMN rotation.to_tag          IS '(plain) epoch of K_tag it leads to';
COMMENT ON COLUMN rotation.delta           IS '(encrypted) quotient of the keyholder''s two keys, sealed with the storage key; destroyed at the end';
COMMENT ON COLUMN rotation.started_at      IS '(plain) when';
COMMENT ON COLUMN rotation.cursor          IS '(pseudonym) the last tag that was filled';
COMMENT ON COLUMN rotation.filled          IS '(plain) how many tags of the next epoch were filled';
COMMENT ON COLUMN rotation.subjects_before IS '(plain) how many children there were when it began';
COMMENT ON COLUMN rotation.flipped_at      IS '(plain) when the next epoch became live';
COMMENT ON COLUMN rotation.grace_until     IS '(plain) until when tokens of the old epoch are taken';
COMMENT ON COLUMN rotation.log_tag         IS '(pseudonym) random name of this rotation in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

GRANT SELECT ON network_epoch, key_epoch_list TO tp_party, tp_submit, tp_matcher, tp_log;

-- tp_party: an organisation reads where its own signals went.
ALTER TABLE moved_signal ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON moved_signal TO tp_party, tp_submit;
CREATE POLICY party   ON moved_signal FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY submit  ON moved_signal FOR SELECT TO tp_submit USING (true);
CREATE POLICY matcher ON moved_signal TO tp_matcher USING (true);

-- tp_submit: knows the keys; locks the network's row FOR SHARE, which asks for the right to update some column of it.
GRANT UPDATE (id) ON network TO tp_submit;
GRANT SELECT ON rotation, lift_context TO tp_submit;
GRANT INSERT ON lift_context TO tp_submit;
GRANT UPDATE (subject_id) ON subject_tag TO tp_submit;
-- A resubmission names the signal in the log.
GRANT SELECT (log_tag) ON signal TO tp_submit;

-- tp_matcher: joins two children that are one, and destroys the tags of an epoch that ended; it never reads a tag.
GRANT SELECT (subject_id, net_epoch), UPDATE (subject_id), DELETE ON subject_tag TO tp_matcher;
GRANT INSERT ON signal TO tp_matcher;
GRANT SELECT, INSERT, DELETE ON subject_pair TO tp_matcher;
GRANT SELECT, INSERT, UPDATE (to_subject_id) ON moved_signal TO tp_matcher;
-- And accepts the keyholder's lists.
GRANT UPDATE (keys_version) ON network TO tp_matcher;
GRANT UPDATE (state, destroyed) ON network_epoch TO tp_matcher;
GRANT INSERT ON key_epoch_list TO tp_matcher;
