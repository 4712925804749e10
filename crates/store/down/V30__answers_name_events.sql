ALTER TABLE idempotency ADD COLUMN leaves bytea;
UPDATE idempotency SET leaves = convert_to((SELECT string_agg(convert_from(leaf, 'UTF8'), chr(10))
                                              FROM unnest(audit.leaves_of(events)) AS leaf), 'UTF8')
 WHERE events IS NOT NULL;
ALTER TABLE idempotency DROP COLUMN events;
DROP FUNCTION audit.leaves_of;
