-- The whole life of a signal: it sleeps, counts, is paused, ends, lies in the archive, and goes.
--
-- The state column says what drivers have written down. Whoever reads derives the state from the instants beside it, so
-- nothing depends on a driver that runs in time.

-- ---------------------------------------------------------------------------------------------------
-- Signals
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE signal DROP CONSTRAINT signal_state_check;
ALTER TABLE signal ADD CONSTRAINT signal_state_check
    CHECK (state IN ('sleeping', 'active', 'paused', 'ended', 'expired', 'archived', 'moved'));
ALTER TABLE signal
    ADD COLUMN basis             text NOT NULL DEFAULT 'notify' CHECK (basis IN ('notify', 'consent_first')),
    ADD COLUMN sleeps_until      timestamptz,
    ADD COLUMN woken_at          timestamptz,
    ADD COLUMN paused_from       timestamptz,
    ADD COLUMN hidden_until      timestamptz,
    ADD COLUMN ended_at          timestamptz,
    ADD COLUMN end_reason        text CHECK (end_reason IN ('resolved', 'joined')),
    ADD COLUMN archive_from      timestamptz,
    ADD COLUMN archive_until     timestamptz,
    ADD COLUMN archive_noticed_at timestamptz,
    ADD COLUMN archive_notice_tag uuid,
    ADD COLUMN destroy_at        timestamptz,
    ADD COLUMN delegate_id       integer REFERENCES organisation,
    ADD COLUMN professional_key  bytea CHECK (octet_length(professional_key) = 16);

-- Signals that were given before: as if this had always been so. The owner is under row-level security like everybody.
ALTER TABLE signal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation NO FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party NO FORCE ROW LEVEL SECURITY;
UPDATE signal g
   SET archive_from  = (g.planned_end + 1)::timestamp AT TIME ZONE z.zone,
       archive_until = (g.planned_end + interval '5 years') AT TIME ZONE z.zone,
       destroy_at    = g.destroy_by::timestamp AT TIME ZONE z.zone
  FROM (SELECT o.id, coalesce(substring(c.settings FROM 'time_zone = "([^"]+)"'), 'Europe/Amsterdam') AS zone
          FROM organisation o JOIN covenant c ON c.id = o.covenant_id) AS z
 WHERE z.id = g.organisation_id;
ALTER TABLE signal
    ALTER COLUMN basis DROP DEFAULT,
    ALTER COLUMN archive_from SET NOT NULL,
    ALTER COLUMN archive_until SET NOT NULL,
    ALTER COLUMN destroy_at SET NOT NULL,
    ADD CONSTRAINT signal_asleep CHECK (state = 'moved' OR (state = 'sleeping') = (sleeps_until IS NOT NULL)),
    ADD CONSTRAINT signal_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL)
                                       AND (state <> 'ended' OR ended_at IS NOT NULL)
                                       AND (ended_at IS NULL OR state IN ('ended', 'archived', 'moved')));
DROP INDEX signal_by_expiry;
-- The first instant at which there is something to write down about a signal.
CREATE INDEX signal_by_expiry ON signal (least(expires_at, destroy_at, sleeps_until))
    WHERE state IN ('sleeping', 'active', 'paused');
CREATE INDEX signal_by_archive ON signal (archive_from) WHERE state IN ('ended', 'expired');
CREATE INDEX signal_by_destruction ON signal (least(archive_until, destroy_at))
    WHERE state IN ('ended', 'expired', 'archived');
CREATE INDEX signal_by_professional ON signal (organisation_id, professional_key)
    WHERE state IN ('sleeping', 'active', 'paused');
COMMENT ON COLUMN signal.state IS '(plain) lifecycle as far as it is written down; moved: it goes on under another child with the same number';
COMMENT ON COLUMN signal.basis              IS '(plain) the covenant''s legal mode when it was given: consent_first slept until the family agreed';
COMMENT ON COLUMN signal.sleeps_until       IS '(plain) while it sleeps: until when the family can agree to it';
COMMENT ON COLUMN signal.woken_at           IS '(plain) when the family agreed to it';
COMMENT ON COLUMN signal.paused_from        IS '(plain) from when it is paused because the family was not told; NULL once it was';
COMMENT ON COLUMN signal.hidden_until       IS '(plain) until when the family''s pages do not show it, because telling is postponed';
COMMENT ON COLUMN signal.ended_at           IS '(plain) when its organisation ended it';
COMMENT ON COLUMN signal.end_reason         IS '(plain) resolved; or joined: its organisation has another signal about the same child';
COMMENT ON COLUMN signal.archive_from       IS '(plain) 00:00 of the day after its end, in the covenant''s time zone';
COMMENT ON COLUMN signal.archive_until      IS '(plain) from when nothing of it is left';
COMMENT ON COLUMN signal.archive_noticed_at IS '(plain) when one later new party was told of it';
COMMENT ON COLUMN signal.archive_notice_tag IS '(pseudonym) random name of that notice in the audit log; by it the notice is opened';
COMMENT ON COLUMN signal.destroy_at         IS '(plain) 00:00 of destroy_by in the covenant''s time zone';
COMMENT ON COLUMN signal.delegate_id        IS '(plain) who gave it on behalf of the organisation, if another did';
COMMENT ON COLUMN signal.professional_key   IS '(hash) keyed hash of organisation and professional''s reference; finds the signals of one who leaves';

-- ---------------------------------------------------------------------------------------------------
-- Parties and notices outlive signals
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE match_party
    ALTER COLUMN signal_id DROP NOT NULL,
    ADD COLUMN paused_from  timestamptz,
    ADD COLUMN hidden_until timestamptz,
    ADD COLUMN left_because text CHECK (left_because IN
               ('expired', 'resolved', 'unjustified', 'objection', 'age_limit', 'deceased', 'joined'));
UPDATE match_party SET left_because = 'expired' WHERE left_at IS NOT NULL;
ALTER TABLE signal FORCE ROW LEVEL SECURITY;
ALTER TABLE organisation FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party FORCE ROW LEVEL SECURITY;
ALTER TABLE match_party
    ADD CONSTRAINT match_party_left CHECK ((left_at IS NULL) = (left_because IS NULL)),
    ADD CONSTRAINT match_party_signal CHECK (signal_id IS NOT NULL OR left_at IS NOT NULL);
CREATE INDEX match_party_by_signal ON match_party (subject_id, signal_id);
COMMENT ON COLUMN match_party.signal_id    IS '(plain) the signal with which it takes part; NULL once nothing of that is left';
COMMENT ON COLUMN match_party.expires_at   IS '(plain) planned end of its signal, copied so that no party reads another''s signal';
COMMENT ON COLUMN match_party.professional IS '(encrypted) reference and work contact, copied for the same reason; empty once its signal was destroyed';
COMMENT ON COLUMN match_party.paused_from  IS '(plain) from when its signal is paused, copied for the same reason';
COMMENT ON COLUMN match_party.hidden_until IS '(plain) until when the family''s pages do not show it, copied for the same reason';
COMMENT ON COLUMN match_party.left_because IS '(plain) why its signal no longer counts';

ALTER TABLE notice
    ALTER COLUMN match_id DROP NOT NULL,
    ADD COLUMN signal_id bigint,
    ADD FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id),
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN
        ('match-opened', 'match-joined', 'match-closed', 'match-corrected', 'lead-proposed', 'lead-accepted',
         'lead-declined', 'contact-reminder', 'archived-signal', 'signal-destroyed', 'disclosure-reminder',
         'postponement-review', 'soft-match', 'family-match', 'objection-advice', 'objection-decided'));
CREATE INDEX notice_by_signal ON notice (subject_id, signal_id) WHERE signal_id IS NOT NULL;
COMMENT ON COLUMN notice.match_id  IS '(plain) the match it tells of, if it is one';
COMMENT ON COLUMN notice.signal_id IS '(plain) the receiver''s own signal that it is about, if it is one';

-- ---------------------------------------------------------------------------------------------------
-- What is to be erased from the log when a record is destroyed
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE erasure_task (
    id      bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    log_tag uuid   NOT NULL
);
COMMENT ON TABLE  erasure_task IS 'Records that were destroyed; what the log''s openings say about them is erased, then the row goes.';
COMMENT ON COLUMN erasure_task.id      IS '(plain) order of arrival';
COMMENT ON COLUMN erasure_task.log_tag IS '(pseudonym) random name of the destroyed record in the audit log';
GRANT INSERT ON erasure_task TO tp_matcher;
GRANT SELECT, UPDATE, DELETE ON erasure_task TO tp_erase;

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

-- tp_submit answers with the signal that is there, as it is. A resubmission holds its signal FOR KEY SHARE, which asks for
-- the right to update some column of it.
GRANT SELECT (basis, sleeps_until, ended_at, end_reason, paused_from, archive_from, archive_until, archive_noticed_at,
      destroy_at, delegate_id, woken_at) ON signal TO tp_submit;
GRANT UPDATE (id) ON signal TO tp_submit;

-- tp_matcher writes what became of signals, and destroys. It reads of what it destroys only what that takes.
GRANT UPDATE (professional, professional_key, sleeps_until, woken_at, paused_from, hidden_until, ended_at, end_reason, archive_from, archive_until,
      archive_noticed_at, archive_notice_tag) ON signal TO tp_matcher;
GRANT DELETE ON subject, signal, moved_signal, match_case, match_party, notice, consent, consent_party, signatory,
      portal_session, message, viewing TO tp_matcher;
GRANT SELECT (id, sender_id, recipient_id, subject_id) ON message TO tp_matcher;
GRANT SELECT (subject_id, id, consent_id) ON signatory TO tp_matcher;
GRANT SELECT (subject_id, signatory_id) ON portal_session TO tp_matcher;
GRANT SELECT (subject_id, match_id) ON viewing TO tp_matcher;
CREATE POLICY matcher ON signatory TO tp_matcher USING (true);
CREATE POLICY matcher ON viewing   TO tp_matcher USING (true);
-- The acts that change many records of a child at once run in its role, under an idempotency key as all acts.
GRANT SELECT, INSERT ON idempotency TO tp_matcher;
