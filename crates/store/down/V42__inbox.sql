-- Undoes V42.

DROP FUNCTION was_seen;
ALTER TABLE notice DROP COLUMN laid_in;
