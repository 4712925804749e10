-- Undoes V64.

ALTER TABLE idempotency DROP COLUMN place;
