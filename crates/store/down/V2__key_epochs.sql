-- Undoes V2. What V1 has no words for stays in the way, and is told: a keyholder, a second live epoch, children that
-- turned out to be one, a rotation under way.
DO $check$
BEGIN
    IF EXISTS (SELECT FROM network WHERE oprf_epoch IS NOT NULL)
       OR EXISTS (SELECT FROM network_epoch WHERE state = 'live' GROUP BY network_id HAVING count(*) > 1)
       OR EXISTS (SELECT FROM moved_signal)
       OR EXISTS (SELECT FROM rotation) THEN
        RAISE EXCEPTION 'the keys of this database are of a kind that the schema before V2 does not know';
    END IF;
END
$check$;

DROP TABLE rotation, moved_signal, subject_pair, key_epoch_list;
DROP TABLE lift_context;
ALTER TABLE signal DROP CONSTRAINT signal_state_check;
ALTER TABLE signal ADD CONSTRAINT signal_state_check CHECK (state IN ('sleeping', 'active', 'paused', 'expired'));
ALTER TABLE match_task DROP COLUMN met_subject_id, DROP COLUMN organisation_id;
ALTER TABLE subject_tag DROP COLUMN oprf_epoch;
ALTER TABLE subject_tag ALTER CONSTRAINT subject_tag_subject_id_fkey NOT DEFERRABLE;
ALTER TABLE organisation DROP COLUMN min_suite;
ALTER TABLE network ADD COLUMN net_epoch smallint, ADD COLUMN key_check bytea CHECK (octet_length(key_check) = 16);
UPDATE network n SET net_epoch = e.net_epoch, key_check = e.key_check
  FROM network_epoch e WHERE e.network_id = n.id AND e.state = 'live';
ALTER TABLE network
    ALTER COLUMN net_epoch SET NOT NULL,
    ALTER COLUMN key_check SET NOT NULL,
    DROP COLUMN oprf_epoch,
    DROP COLUMN keys_version,
    DROP COLUMN log_tag;
DROP TABLE network_epoch;
REVOKE UPDATE (id) ON network FROM tp_submit;
REVOKE UPDATE (subject_id) ON subject_tag FROM tp_submit;
REVOKE SELECT (log_tag) ON signal FROM tp_submit;
REVOKE SELECT (subject_id, net_epoch), UPDATE (subject_id), DELETE ON subject_tag FROM tp_matcher;
REVOKE INSERT ON signal FROM tp_matcher;
