-- The whole life of a match: its lead, its outcome, the municipality that answers for it; and a matcher that one child
-- cannot stop.

-- ---------------------------------------------------------------------------------------------------
-- Matches
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE match_case
    ADD COLUMN outcome             text CHECK (outcome IN ('tuned_in', 'already_known', 'no_contact', 'consent_refused',
                                                           'handed_to_safeguarding', 'signals_ended')),
    ADD COLUMN earlier_deadline    date,
    ADD COLUMN deadline_shown_from timestamptz,
    ADD COLUMN lead_id             integer REFERENCES organisation,
    ADD COLUMN lead_since          timestamptz,
    ADD COLUMN proposed_lead_id    integer REFERENCES organisation,
    ADD COLUMN lead_proposed_by_id integer REFERENCES organisation,
    ADD COLUMN lead_proposed_at    timestamptz,
    ADD COLUMN covenant_id         integer REFERENCES covenant,
    ADD COLUMN municipality_id     integer REFERENCES organisation;

-- Matches from before: as if this had always been so. The owner is under row-level security like everybody.
ALTER TABLE match_case   NO FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party  NO FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY;
UPDATE match_case m
   SET outcome = CASE m.state WHEN 'closed' THEN 'signals_ended' END,
       covenant_id = (SELECT o.covenant_id FROM match_party p JOIN organisation o ON o.id = p.organisation_id
                       WHERE p.subject_id = m.subject_id AND p.match_id = m.id
                       ORDER BY p.joined_at, p.signal_id LIMIT 1);
ALTER TABLE match_case   FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party  FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;

ALTER TABLE match_case
    ALTER COLUMN covenant_id SET NOT NULL,
    ADD CONSTRAINT match_case_outcome CHECK ((state = 'closed') = (outcome IS NOT NULL)),
    ADD CONSTRAINT match_case_deadline CHECK ((earlier_deadline IS NULL) = (deadline_shown_from IS NULL)),
    ADD CONSTRAINT match_case_lead CHECK ((lead_id IS NULL) = (lead_since IS NULL)),
    ADD CONSTRAINT match_case_proposal CHECK ((proposed_lead_id IS NULL) = (lead_proposed_at IS NULL)
                                              AND (proposed_lead_id IS NULL) = (lead_proposed_by_id IS NULL));
COMMENT ON COLUMN match_case.outcome             IS '(plain) what came of it: the lead''s word, or signals_ended';
COMMENT ON COLUMN match_case.earlier_deadline    IS '(plain) the last day that is shown until somebody who joined is';
COMMENT ON COLUMN match_case.deadline_shown_from IS '(plain) from when contact_deadline is shown in its place';
COMMENT ON COLUMN match_case.lead_id             IS '(plain) the party that coordinates';
COMMENT ON COLUMN match_case.lead_since          IS '(plain) when it accepted';
COMMENT ON COLUMN match_case.proposed_lead_id    IS '(plain) the party that was asked to coordinate and has not answered';
COMMENT ON COLUMN match_case.lead_proposed_by_id IS '(plain) the party that asked it';
COMMENT ON COLUMN match_case.lead_proposed_at    IS '(plain) when';
COMMENT ON COLUMN match_case.covenant_id         IS '(plain) the covenant of the party whose signal is the oldest: its municipality answers for the match';
COMMENT ON COLUMN match_case.municipality_id     IS '(plain) the municipality that answers for it since it was relocated; NULL before that';

-- ---------------------------------------------------------------------------------------------------
-- Tasks of a child that the matcher cannot get on with
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE match_task
    ADD COLUMN not_before timestamptz,
    ADD COLUMN tries      smallint NOT NULL DEFAULT 0;
COMMENT ON COLUMN match_task.not_before IS '(plain) until when it is left alone';
COMMENT ON COLUMN match_task.tries      IS '(plain) how often it could not be worked off';

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

-- Questions and requests that reach beyond what the one who asks may read. They run as the matcher.

-- Whoever acts for an organisation has no rights on tasks; it asks the matcher to look at the child of its own match.
CREATE FUNCTION look_again(p_subject bigint, p_match bigint) RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ INSERT INTO match_task (subject_id) SELECT p_subject WHERE is_party(p_subject, p_match)
          RETURNING id $$;

-- The municipality that answers for a match: that of its covenant, until it was relocated. A match that nobody is shown
-- yet is nobody's.
CREATE FUNCTION is_municipality_for(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_case m JOIN covenant c ON c.id = m.covenant_id
                          WHERE m.subject_id = p_subject AND m.id = p_match
                            AND coalesce(m.municipality_id, c.municipality_id) = current_organisation()
                            AND EXISTS (SELECT FROM match_party p
                                         WHERE p.subject_id = m.subject_id AND p.match_id = m.id
                                           AND p.visible_at <= transaction_time())) $$;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION look_again OWNER TO tp_matcher;
ALTER FUNCTION is_municipality_for OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;
REVOKE EXECUTE ON FUNCTION look_again FROM PUBLIC;
GRANT EXECUTE ON FUNCTION look_again TO tp_party;

-- A party proposes and answers, and as lead closes.
GRANT UPDATE (lead_id, lead_since, proposed_lead_id, lead_proposed_by_id, lead_proposed_at, closed_at, outcome)
      ON match_case TO tp_party;
CREATE POLICY lead_closes ON match_case FOR UPDATE TO tp_party
    USING (is_party(subject_id, id) AND state <> 'closed' AND lead_id = current_organisation())
    WITH CHECK (state = 'closed' AND outcome <> 'signals_ended' AND lead_id = current_organisation());
