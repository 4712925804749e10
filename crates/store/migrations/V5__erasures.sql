-- Erasing openings, the scope of a supervisor's exports, who looked, and the lines of the processing log.

DO $roles$
BEGIN
    CREATE ROLE tp_erase LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
EXCEPTION
    -- Roles belong to the cluster, not to the database, and another database of the same cluster may be
    -- migrating at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$roles$;

GRANT USAGE ON SCHEMA public, audit TO tp_erase;

-- ---------------------------------------------------------------------------------------------------
-- Openings: found by what they are about, erased by one role only
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE audit.opening ADD COLUMN about uuid;
COMMENT ON COLUMN audit.opening.about IS '(pseudonym) random name of the record the event happened to, as in its leaf; finds what is to be erased';
UPDATE audit.opening o
   SET about = substr(convert_from(l.leaf, 'UTF8')::json ->> 'sub', 3)::uuid
  FROM (SELECT event_id, leaf FROM audit.leaf UNION ALL SELECT event_id, leaf FROM audit.pending) AS l
 WHERE l.event_id = o.event_id;
ALTER TABLE audit.opening ALTER COLUMN about SET NOT NULL;
CREATE INDEX opening_by_record ON audit.opening (about);

CREATE TABLE audit.erasure (
    event_id  uuid PRIMARY KEY,
    erased_by uuid NOT NULL UNIQUE
);
COMMENT ON TABLE  audit.erasure IS 'Openings that were erased; an export reaches at least up to the leaf that says so.';
COMMENT ON COLUMN audit.erasure.event_id  IS '(plain) the event whose opening is gone';
COMMENT ON COLUMN audit.erasure.erased_by IS '(plain) the event that says so';

CREATE TABLE audit.replay (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    anchored bigint  NOT NULL
);
COMMENT ON TABLE  audit.replay IS 'One row after erasures were replayed into a database put back from a backup.';
COMMENT ON COLUMN audit.replay.only_one IS '(plain) holds the table to one row';
COMMENT ON COLUMN audit.replay.anchored IS '(plain) how many entries had been signed by then: which restore it was';

-- ---------------------------------------------------------------------------------------------------
-- Exports: since when, and with which openings
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE audit_scope (
    organisation_id integer     PRIMARY KEY REFERENCES organisation,
    events          text[],
    organisations   text[],
    decided_at      timestamptz NOT NULL,
    log_tag         uuid        NOT NULL
);
COMMENT ON TABLE  audit_scope IS 'Which openings a supervisor may have; one without a row may have all.';
COMMENT ON COLUMN audit_scope.organisation_id IS '(plain) the supervisor';
COMMENT ON COLUMN audit_scope.events          IS '(plain) names of events; NULL is all';
COMMENT ON COLUMN audit_scope.organisations   IS '(plain) organisations, as the audit log names them; NULL is all';
COMMENT ON COLUMN audit_scope.decided_at      IS '(plain) when the operator decided it';
COMMENT ON COLUMN audit_scope.log_tag         IS '(pseudonym) random name of this scope in the audit log';

ALTER TABLE audit_export
    ADD COLUMN previous_id   bigint REFERENCES audit_export,
    ADD COLUMN events        text[],
    ADD COLUMN organisations text[],
    ADD COLUMN origin        text;
COMMENT ON COLUMN audit_export.previous_id   IS '(plain) the export after which this one begins; NULL begins with the first leaf';
COMMENT ON COLUMN audit_export.events        IS '(plain) names of the events whose openings it has; NULL is all';
COMMENT ON COLUMN audit_export.organisations IS '(plain) the organisations whose openings it has, as the audit log names them; NULL is all';
COMMENT ON COLUMN audit_export.origin        IS '(plain) the name of the log when it was asked; a period never begins with an export of another log';
CREATE INDEX audit_export_by_organisation ON audit_export (organisation_id, id);

-- ---------------------------------------------------------------------------------------------------
-- Who looked, for the family
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE viewing (
    subject_id      bigint      NOT NULL,
    match_id        bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    seen_on         date        NOT NULL,
    what            text        NOT NULL CHECK (what IN ('match', 'message')),
    times           integer     NOT NULL CHECK (times > 0),
    last_at         timestamptz NOT NULL,
    PRIMARY KEY (subject_id, match_id, organisation_id, seen_on, what),
    FOREIGN KEY (subject_id, match_id) REFERENCES match_case (subject_id, id)
);
COMMENT ON TABLE  viewing IS 'Who looked at a match or read a message in it, by day, for the family''s page. Each time is a leaf too.';
COMMENT ON COLUMN viewing.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN viewing.match_id        IS '(plain) the match';
COMMENT ON COLUMN viewing.organisation_id IS '(plain) who looked';
COMMENT ON COLUMN viewing.seen_on         IS '(plain) the day, in the covenant''s time zone';
COMMENT ON COLUMN viewing.what            IS '(plain) the match, or a message in it';
COMMENT ON COLUMN viewing.times           IS '(plain) how often on that day';
COMMENT ON COLUMN viewing.last_at         IS '(plain) when last on that day';

-- ---------------------------------------------------------------------------------------------------
-- Processing log (Logboek Dataverwerkingen)
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE processing_line (
    arrival  bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    event_id uuid   NOT NULL UNIQUE,
    line     text   NOT NULL
);
COMMENT ON TABLE  processing_line IS 'Lines of the processing log, written by the transaction they tell of; a row goes when its line is on disk.';
COMMENT ON COLUMN processing_line.arrival  IS '(plain) order of arrival';
COMMENT ON COLUMN processing_line.event_id IS '(plain) the event';
COMMENT ON COLUMN processing_line.line     IS '(pseudonym) the line, byte for byte as it will be written';

CREATE TABLE processing_place (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    bytes    bigint  NOT NULL CHECK (bytes >= 0)
);
INSERT INTO processing_place (bytes) VALUES (0);
COMMENT ON TABLE  processing_place IS 'One row: up to where the file is known to hold lines whose rows are gone.';
COMMENT ON COLUMN processing_place.only_one IS '(plain) holds the table to one row';
COMMENT ON COLUMN processing_place.bytes    IS '(plain) length of the file then';

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE audit_scope ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE viewing     ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY operator ON audit_scope FOR ALL TO CURRENT_USER USING (true);
GRANT SELECT ON audit_scope TO tp_party;
CREATE POLICY party ON audit_scope FOR SELECT TO tp_party USING (organisation_id = current_organisation());

GRANT SELECT, INSERT, UPDATE (times, last_at) ON viewing TO tp_party;
CREATE POLICY party ON viewing TO tp_party
    USING (organisation_id = current_organisation() AND is_party(subject_id, match_id));
-- A letter opens its match and the organisations it names; others have no name on the page and no line.
CREATE POLICY family ON viewing FOR SELECT TO tp_party
    USING (is_family_match(subject_id, match_id) AND is_named_to_family(organisation_id));

GRANT INSERT ON processing_line TO tp_party, tp_submit, tp_matcher, tp_log, tp_erase;
GRANT SELECT, DELETE ON processing_line TO tp_log;
GRANT SELECT, UPDATE ON processing_place TO tp_log;
GRANT SELECT ON audit.erasure, audit.replay TO tp_log;
GRANT SELECT, INSERT, UPDATE ON audit.replay TO tp_erase;

-- tp_erase: the only role that deletes openings. It reads what it erases, and writes the leaf that says so.
GRANT SELECT ON network, covenant TO tp_erase;
GRANT SELECT, INSERT ON audit.pending, audit.erasure TO tp_erase;
GRANT SELECT, DELETE ON audit.opening TO tp_erase;
GRANT SELECT ON audit.leaf TO tp_erase;
GRANT SELECT (id, public_id) ON organisation TO tp_erase;
GRANT SELECT (subject_id, id, organisation_id, state, expires_at, professional, log_tag), UPDATE (professional)
      ON signal TO tp_erase;
GRANT SELECT (subject_id, match_id, organisation_id, signal_id, expires_at, left_at, professional), UPDATE (professional)
      ON match_party TO tp_erase;
GRANT SELECT (subject_id, id, match_id, log_tag) ON consent TO tp_erase;
GRANT SELECT (subject_id, id, log_tag) ON match_case TO tp_erase;
CREATE POLICY erase ON organisation FOR SELECT TO tp_erase USING (true);
CREATE POLICY erase ON signal       TO tp_erase USING (true);
CREATE POLICY erase ON match_party  TO tp_erase USING (true);
CREATE POLICY erase ON consent      FOR SELECT TO tp_erase USING (true);
CREATE POLICY erase ON match_case   FOR SELECT TO tp_erase USING (true);
