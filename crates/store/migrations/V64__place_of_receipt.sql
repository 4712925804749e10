-- Answers that are given together have receipts under one signature. Where the leaf of each stands below it is kept, so that
-- a repeated request is answered with the same bytes.

ALTER TABLE idempotency ADD COLUMN place bytea;
COMMENT ON COLUMN idempotency.place IS '(hash) where the leaf of its one receipt stands among those signed with it, with the audit path; none when it was signed alone';
