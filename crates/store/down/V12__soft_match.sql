-- Undoes V12. Children without a BSN, of whom V11 knows nothing, stay in the way, and are told.
DO $check$
BEGIN
    IF EXISTS (SELECT FROM client_reference) THEN
        RAISE EXCEPTION 'this database has children without a BSN, which the schema before V12 does not know';
    END IF;
END
$check$;

DROP TABLE soft_match_party, soft_match, circle_task, signal_circle, client_reference, shared_tag;
DROP SEQUENCE soft_match_party_id, circle_id;
