DROP FUNCTION hold_leaves;
REVOKE UPDATE (clock_offset) ON network FROM tp_matcher;
DROP TRIGGER kind_and_clock ON network;
DROP FUNCTION keep_kind_and_clock;
