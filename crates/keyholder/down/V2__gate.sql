-- Undoes V2. Forgets which consents ended: whoever brings V2 back has the service tell them again before it opens the doors.
DROP TABLE keyholder.gate_refusal_day, keyholder.gate_tombstone, keyholder.consent_key;
ALTER TABLE keyholder.setting DROP COLUMN gate_key_check;
DELETE FROM keyholder_schema_history WHERE version = 2;
