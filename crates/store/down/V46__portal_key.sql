DROP FUNCTION bury_consents;
DROP FUNCTION is_standing;
DROP TABLE tombstone;
DROP TABLE portal_key;
DROP INDEX consent_to_sign;
ALTER TABLE consent DROP COLUMN record_key;
DROP INDEX consent_by_record;
