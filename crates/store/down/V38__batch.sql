-- Undoes V38.
DROP TABLE batch_line, batch;
REVOKE SELECT (id) ON alert FROM tp_submit;
-- The owner is under row-level security like everybody.
ALTER TABLE alert NO FORCE ROW LEVEL SECURITY;
DELETE FROM alert WHERE kind = 'batch-held';
ALTER TABLE alert FORCE ROW LEVEL SECURITY;
DROP INDEX alert_once_an_hour;
ALTER TABLE alert ADD CONSTRAINT alert_organisation_id_kind_hour_key UNIQUE (organisation_id, kind, hour);
ALTER TABLE alert DROP CONSTRAINT alert_kind_check;
ALTER TABLE alert ADD CONSTRAINT alert_kind_check CHECK (kind IN ('signals-per-hour'));
COMMENT ON TABLE alert IS 'What supervisors are to know at once: at most one of a kind per organisation and hour.';
