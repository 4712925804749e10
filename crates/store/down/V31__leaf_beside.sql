DROP FUNCTION audit.demand_leaf CASCADE;
DROP FUNCTION audit.note_leaf CASCADE;
