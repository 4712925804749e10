-- Undoes V41.
ALTER TABLE batch DROP COLUMN dispatched_at;
