-- A batch that ended is told at its organisation's endpoints, as notices are: until then it waits, in its own row.

ALTER TABLE batch ADD COLUMN dispatched_at timestamptz;
CREATE INDEX batch_to_dispatch ON batch (ended_at) WHERE state = 'ended' AND dispatched_at IS NULL;
COMMENT ON COLUMN batch.dispatched_at IS '(plain) when its end was handed to the endpoints of its organisation';
GRANT UPDATE (dispatched_at) ON batch TO tp_matcher;
