-- The second guard of the audit log: a transaction of the service that changes a record and writes no leaf is not
-- committed. The first guard is the compiler (a method that changes state takes its event); correctness never depends on
-- this one, since a distributed engine has no triggers. Which tables are guarded stands in the program and is compared.

CREATE FUNCTION audit.note_leaf() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        IF EXISTS (SELECT FROM written) THEN
            PERFORM set_config('audit.leaf_in', pg_current_xact_id()::text, true);
        END IF;
        RETURN NULL;
    END $$;
COMMENT ON FUNCTION audit.note_leaf IS 'Remembers, until the transaction ends, that it wrote a leaf.';

CREATE TRIGGER note_leaf AFTER INSERT ON audit.pending
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION audit.note_leaf();

CREATE FUNCTION audit.demand_leaf() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN
        IF current_setting('audit.leaf_in', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
            RAISE EXCEPTION 'a change of % has no leaf in the audit log', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END $$;
COMMENT ON FUNCTION audit.demand_leaf IS 'Refuses the commit of a change without a leaf.';

DO $guard$
DECLARE guarded text;
BEGIN
    FOREACH guarded IN ARRAY ARRAY[
        'alert', 'audit_export', 'consent', 'consent_party', 'disclosure', 'family_match', 'follow_up', 'follow_up_mark',
        'letter', 'match_case', 'match_party', 'message', 'notice', 'objection', 'objection_advice', 'postponement',
        'rights_request', 'signal', 'signatory', 'viewing'] LOOP
        -- Evaluated with the change itself: an operator at the database is not the service, and is found by the scrubber.
        EXECUTE format('CREATE CONSTRAINT TRIGGER leaf_beside AFTER INSERT OR UPDATE OR DELETE ON %I
                            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
                            WHEN (session_user IN (''tp_party'', ''tp_submit'', ''tp_matcher'', ''tp_erase''))
                            EXECUTE FUNCTION audit.demand_leaf()', guarded);
    END LOOP;
END
$guard$;
