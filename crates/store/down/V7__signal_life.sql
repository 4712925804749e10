-- Undoes V7. Signals that ended early, lie in the archive or sleep have no place in what was before: they are as expired.
DROP POLICY matcher ON signatory;
DROP POLICY matcher ON viewing;
REVOKE SELECT, INSERT ON idempotency FROM tp_matcher;
GRANT SELECT (stored_at) ON idempotency TO tp_matcher;
REVOKE SELECT (subject_id, match_id) ON viewing FROM tp_matcher;
REVOKE SELECT (subject_id, signatory_id) ON portal_session FROM tp_matcher;
REVOKE SELECT (subject_id, id, consent_id) ON signatory FROM tp_matcher;
REVOKE SELECT (id, sender_id, recipient_id) ON message FROM tp_matcher;
REVOKE DELETE ON subject, signal, moved_signal, match_case, match_party, notice, consent, consent_party, signatory,
       message, viewing FROM tp_matcher;
REVOKE UPDATE (id) ON signal FROM tp_submit;
DROP TABLE erasure_task;

ALTER TABLE signal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE notice NO FORCE ROW LEVEL SECURITY;
DELETE FROM notice WHERE match_id IS NULL OR kind NOT IN ('match-opened', 'match-joined');
ALTER TABLE notice
    DROP COLUMN signal_id,
    ALTER COLUMN match_id SET NOT NULL,
    DROP CONSTRAINT notice_kind_check,
    ADD CONSTRAINT notice_kind_check CHECK (kind IN ('match-opened', 'match-joined'));
ALTER TABLE match_party
    DROP COLUMN paused_from,
    DROP COLUMN hidden_until,
    DROP COLUMN left_because;
DROP INDEX match_party_by_signal;
DROP INDEX signal_by_expiry, signal_by_archive, signal_by_destruction, signal_by_professional;
ALTER TABLE signal DROP CONSTRAINT signal_state_check, DROP CONSTRAINT signal_asleep, DROP CONSTRAINT signal_ended;
UPDATE signal SET state = 'expired' WHERE state IN ('sleeping', 'ended', 'archived');
ALTER TABLE signal
    DROP COLUMN basis,
    DROP COLUMN sleeps_until,
    DROP COLUMN woken_at,
    DROP COLUMN paused_from,
    DROP COLUMN hidden_until,
    DROP COLUMN ended_at,
    DROP COLUMN end_reason,
    DROP COLUMN archive_from,
    DROP COLUMN archive_until,
    DROP COLUMN archive_noticed_at,
    DROP COLUMN archive_notice_tag,
    DROP COLUMN destroy_at,
    DROP COLUMN delegate_id,
    DROP COLUMN professional_key,
    ADD CONSTRAINT signal_state_check CHECK (state IN ('sleeping', 'active', 'paused', 'expired', 'moved'));
CREATE INDEX signal_by_expiry ON signal (expires_at) WHERE state IN ('active', 'paused');
ALTER TABLE signal FORCE ROW LEVEL SECURITY;
ALTER TABLE notice FORCE ROW LEVEL SECURITY;
