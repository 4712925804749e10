-- What is new in an inbox, for who waits for it. Numbers are given out before transactions commit and a notice may show
-- later than the next one, so neither tells what a reader has not seen yet. The transaction that laid it does: whatever was
-- laid by a transaction that is older than every one still running can have no predecessor to come.
ALTER TABLE notice
    ADD COLUMN laid_in bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint;
COMMENT ON COLUMN notice.laid_in IS '(plain) number of the transaction that laid it, which tells what a waiting reader has seen';

-- Whether a reader who looked at this time, when this was the oldest transaction running, has seen the notice. No
-- transaction of the service lasts a minute; a database put back from a backup counts its transactions anew, and there age
-- alone decides.
CREATE FUNCTION was_seen(p_visible_at timestamptz, p_laid_in bigint, p_created_at timestamptz,
                         p_looked_at timestamptz, p_oldest bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT p_visible_at <= p_looked_at
             AND (p_laid_in < p_oldest OR p_created_at < p_looked_at - interval '1 minute') $$;
COMMENT ON FUNCTION was_seen IS 'What a waiting reader of an inbox has seen.';
