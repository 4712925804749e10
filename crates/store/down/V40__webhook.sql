-- Undoes V40. Notices about endpoints go with them.
DROP TRIGGER leaf_beside ON notice;
DROP TRIGGER leaf_beside_step ON notice;
DELETE FROM notice WHERE endpoint_id IS NOT NULL;
DROP TABLE webhook_attempt, webhook_delivery;
DROP INDEX notice_to_dispatch, notice_by_endpoint, notice_by_time;
ALTER TABLE notice
    DROP CONSTRAINT notice_about_one,
    DROP CONSTRAINT notice_of_a_child,
    DROP CONSTRAINT notice_kind_check,
    DROP COLUMN dispatched_at,
    DROP COLUMN endpoint_id,
    ADD CONSTRAINT notice_about_one CHECK (num_nonnulls(match_id, signal_id) = 1),
    ADD CONSTRAINT notice_kind_check CHECK (kind IN
        ('match-opened', 'match-joined', 'match-closed', 'match-corrected', 'lead-proposed', 'lead-accepted',
         'lead-declined', 'contact-reminder', 'archived-signal', 'signal-destroyed', 'disclosure-reminder',
         'postponement-review', 'soft-match', 'family-match', 'objection-advice', 'objection-decided'));
DROP TABLE webhook_endpoint;
CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON notice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();
