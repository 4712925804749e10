-- The clock of a sandbox can be moved, by the service itself, and only forward. A network stays of the kind it was set up as, so
-- that nobody makes a sandbox of a live one.

CREATE FUNCTION keep_kind_and_clock() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
    AS $$
BEGIN
    IF NEW.kind <> OLD.kind THEN
        RAISE EXCEPTION 'a network stays of its kind' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.kind = 'sandbox' AND NEW.clock_offset < OLD.clock_offset THEN
        RAISE EXCEPTION 'the clock of a sandbox only goes forward' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION keep_kind_and_clock IS 'A network stays of its kind, and the clock of a sandbox only goes forward.';

CREATE TRIGGER kind_and_clock BEFORE UPDATE OF kind, clock_offset ON network
    FOR EACH ROW EXECUTE FUNCTION keep_kind_and_clock();

GRANT UPDATE (clock_offset) ON network TO tp_matcher;

-- Waits until every transaction that wrote a leaf has ended, and lets none write one until this one has: what happened before
-- the clock moved stands in the log before what happened after. Only where there is a clock to move.
CREATE FUNCTION hold_leaves() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
    AS $$
BEGIN
    IF EXISTS (SELECT FROM network WHERE kind = 'live') THEN
        RAISE EXCEPTION 'only in a sandbox' USING ERRCODE = 'insufficient_privilege';
    END IF;
    LOCK TABLE audit.pending IN SHARE ROW EXCLUSIVE MODE;
END
$$;
COMMENT ON FUNCTION hold_leaves IS 'For the clock of a sandbox: no leaf is written while it moves.';
REVOKE EXECUTE ON FUNCTION hold_leaves FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_leaves TO tp_matcher;
