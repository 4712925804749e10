-- Undoes V43.

DROP TRIGGER leaf_beside_step ON notice;
CREATE CONSTRAINT TRIGGER leaf_beside_step AFTER UPDATE ON notice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase')
          AND to_jsonb(OLD) - 'dispatched_at' IS DISTINCT FROM to_jsonb(NEW) - 'dispatched_at')
    EXECUTE FUNCTION audit.demand_leaf();
ALTER TABLE notice DROP COLUMN mailed_at;
DROP TABLE mail;
DROP TABLE mail_address;
