-- When the follow-up of a match is looked at again is planning, not something that happened: it moves without a leaf. A
-- reminder and an escalation never do, nor does a follow-up begin or go without one.

DROP TRIGGER leaf_beside ON follow_up;

CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR DELETE ON follow_up
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase'))
    EXECUTE FUNCTION audit.demand_leaf();

CREATE CONSTRAINT TRIGGER leaf_beside_step AFTER UPDATE ON follow_up
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (session_user IN ('tp_party', 'tp_submit', 'tp_matcher', 'tp_erase')
          AND to_jsonb(OLD) - 'look_at' IS DISTINCT FROM to_jsonb(NEW) - 'look_at')
    EXECUTE FUNCTION audit.demand_leaf();
