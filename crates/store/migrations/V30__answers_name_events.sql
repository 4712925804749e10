-- An answer names the events its receipts promise; the leaves stand in the log and need not be kept a second time.

CREATE FUNCTION audit.leaves_of(p_events uuid[]) RETURNS bytea[]
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = audit, pg_temp
    AS $$ SELECT array_agg(coalesce((SELECT l.leaf FROM audit.leaf l WHERE l.event_id = w.event_id),
                                    (SELECT p.leaf FROM audit.pending p WHERE p.event_id = w.event_id))
                           ORDER BY w.place)
            FROM unnest(p_events) WITH ORDINALITY AS w (event_id, place) $$;
COMMENT ON FUNCTION audit.leaves_of IS 'The leaves of these events, in this order, wherever in the log they stand. Whoever knows the id of an event has had its leaf already, in a receipt.';
REVOKE ALL ON FUNCTION audit.leaves_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit.leaves_of TO tp_party, tp_submit, tp_matcher;
-- An owner who is no superuser may only give a function to a role it belongs to, and which may create in the schema.
GRANT tp_log TO CURRENT_USER;
GRANT CREATE ON SCHEMA audit TO tp_log;
ALTER FUNCTION audit.leaves_of OWNER TO tp_log;
REVOKE CREATE ON SCHEMA audit FROM tp_log;
REVOKE tp_log FROM CURRENT_USER;

ALTER TABLE idempotency ADD COLUMN events uuid[];
UPDATE idempotency i
   SET events = (SELECT array_agg((line::json ->> 'id')::uuid ORDER BY place)
                   FROM regexp_split_to_table(convert_from(i.leaves, 'UTF8'), chr(10)) WITH ORDINALITY AS w (line, place))
 WHERE leaves IS NOT NULL;
ALTER TABLE idempotency DROP COLUMN leaves;
COMMENT ON COLUMN idempotency.events IS '(plain) ids of the events whose leaves the answer''s receipts promise, so that they can be given again';
