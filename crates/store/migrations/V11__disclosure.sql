-- Telling the family of a signal, and why that is postponed.
--
-- Whether a signal is paused or hidden follows from signal.paused_from and signal.hidden_until, which these records
-- decide; match_party has a copy, so that no party reads another's signal.

CREATE TABLE disclosure (
    subject_id      bigint      NOT NULL,
    signal_id       bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    told_on         date        NOT NULL,
    channel         text        NOT NULL CHECK (channel IN
                    ('conversation', 'telephone', 'video_call', 'letter', 'message')),
    language        text        NOT NULL,
    told_by         bytea       NOT NULL,
    recorded_at     timestamptz NOT NULL,
    PRIMARY KEY (subject_id, signal_id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
COMMENT ON TABLE  disclosure IS 'That the family was told of a signal.';
COMMENT ON COLUMN disclosure.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN disclosure.signal_id       IS '(plain) the signal';
COMMENT ON COLUMN disclosure.organisation_id IS '(plain) whose signal it is';
COMMENT ON COLUMN disclosure.told_on         IS '(plain) the day on which the family was told';
COMMENT ON COLUMN disclosure.channel         IS '(plain) how: face to face, by telephone, ...';
COMMENT ON COLUMN disclosure.language        IS '(plain) in which language, ISO 639';
COMMENT ON COLUMN disclosure.told_by         IS '(encrypted) reference of the professional who told them';
COMMENT ON COLUMN disclosure.recorded_at     IS '(plain) when it was recorded';

CREATE SEQUENCE postponement_id;
CREATE TABLE postponement (
    subject_id      bigint      NOT NULL,
    id              bigint      NOT NULL,
    signal_id       bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    state           text        NOT NULL CHECK (state IN ('proposed', 'approved', 'rejected', 'void')),
    reason          text        NOT NULL CHECK (reason IN
                    ('child_unsafe', 'others_unsafe', 'investigation', 'nobody_reached')),
    review_on       date        NOT NULL,
    deadline        timestamptz NOT NULL,
    proposed_by     bytea       NOT NULL,
    proposed_at     timestamptz NOT NULL,
    decided_by      bytea,
    decided_at      timestamptz,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id),
    CHECK ((decided_at IS NOT NULL) = (state IN ('approved', 'rejected'))),
    CHECK ((decided_by IS NULL) = (decided_at IS NULL))
);
-- A second person decides one question at a time.
CREATE UNIQUE INDEX postponement_one_waiting ON postponement (subject_id, signal_id) WHERE state = 'proposed';
CREATE INDEX postponement_by_signal ON postponement (subject_id, signal_id, id);
COMMENT ON TABLE  postponement IS 'Why telling the family of a signal was postponed, by whom and until when.';
COMMENT ON COLUMN postponement.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN postponement.id              IS '(plain) internal number';
COMMENT ON COLUMN postponement.signal_id       IS '(plain) the signal';
COMMENT ON COLUMN postponement.organisation_id IS '(plain) whose signal it is';
COMMENT ON COLUMN postponement.state           IS '(plain) waits, holds or does not; void: nobody decided, or the family was told';
COMMENT ON COLUMN postponement.reason          IS '(plain) why, from a closed list';
COMMENT ON COLUMN postponement.review_on       IS '(plain) the day on which it is looked at again, in the covenant''s time zone';
COMMENT ON COLUMN postponement.deadline        IS '(plain) when the signal would have been paused without any postponement';
COMMENT ON COLUMN postponement.proposed_by     IS '(encrypted) reference of the professional who proposed it';
COMMENT ON COLUMN postponement.proposed_at     IS '(plain) when';
COMMENT ON COLUMN postponement.decided_by      IS '(encrypted) reference of the second person';
COMMENT ON COLUMN postponement.decided_at      IS '(plain) when';

-- What the driver has dealt with: two reminders and the pause, and when the next is due. NULL: to be looked at.
ALTER TABLE signal
    ADD COLUMN disclosure_step    smallint NOT NULL DEFAULT 0 CHECK (disclosure_step BETWEEN 0 AND 3),
    ADD COLUMN disclosure_step_at timestamptz;
COMMENT ON COLUMN signal.disclosure_step    IS '(plain) of two reminders and the pause, how many were dealt with since the time to tell the family began';
COMMENT ON COLUMN signal.disclosure_step_at IS '(plain) when the next of them is due; NULL when that is to be worked out';
CREATE INDEX signal_by_disclosure ON signal (coalesce(disclosure_step_at, '-infinity'::timestamptz))
    WHERE paused_from IS NOT NULL AND disclosure_step < 3 AND state NOT IN ('sleeping', 'moved');
CREATE INDEX signal_undisclosed ON signal (organisation_id, id)
    WHERE paused_from IS NOT NULL AND state NOT IN ('sleeping', 'moved');

-- ---------------------------------------------------------------------------------------------------
-- What is hidden from the family
-- ---------------------------------------------------------------------------------------------------

-- Restrictive: whatever else lets a family's transaction read these rows, a postponement that holds keeps them from it.
CREATE FUNCTION is_hidden_from_family(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                          WHERE current_family(c.subject_id, c.id)
                            AND p.organisation_id = p_organisation AND p.hidden_until > transaction_time()) $$;
CREATE FUNCTION is_match_hidden_from_family(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time()) $$;
CREATE FUNCTION is_family() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT NULLIF(current_setting('app.family', true), '') IS NOT NULL $$;
GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION is_hidden_from_family OWNER TO tp_matcher;
ALTER FUNCTION is_match_hidden_from_family OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
CREATE POLICY hidden_from_family ON organisation AS RESTRICTIVE FOR SELECT TO tp_party
    USING (NOT is_family() OR NOT is_hidden_from_family(id));
CREATE POLICY hidden_from_family ON viewing AS RESTRICTIVE FOR SELECT TO tp_party
    USING (NOT is_family() OR NOT is_match_hidden_from_family(subject_id, match_id));

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE disclosure   ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE postponement ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT ON disclosure, postponement TO tp_party;
CREATE POLICY party ON disclosure   FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party ON postponement FOR SELECT TO tp_party USING (organisation_id = current_organisation());

GRANT SELECT, INSERT, DELETE ON disclosure, postponement TO tp_matcher;
GRANT UPDATE (subject_id) ON disclosure TO tp_matcher;
GRANT UPDATE (subject_id, state, decided_by, decided_at) ON postponement TO tp_matcher;
GRANT UPDATE (disclosure_step, disclosure_step_at) ON signal TO tp_matcher;
GRANT USAGE ON SEQUENCE postponement_id TO tp_matcher;
CREATE POLICY matcher ON disclosure   TO tp_matcher USING (true);
CREATE POLICY matcher ON postponement TO tp_matcher USING (true);
