-- Undoes V8.
DROP POLICY supervisor ON organisation;
DROP POLICY municipality ON organisation;
DROP TABLE alert, signals_in_hour, covenant_version, delegation;
DROP FUNCTION is_supervisor, is_municipality_of, is_follow_up_officer_of;
ALTER TABLE covenant DROP COLUMN municipality_id, DROP COLUMN follow_up_officer_id, DROP COLUMN min_suite;
DELETE FROM client c USING organisation o WHERE o.id = c.organisation_id AND o.role = 'municipality';
DELETE FROM organisation WHERE role = 'municipality';
ALTER TABLE client DROP COLUMN roles;
ALTER TABLE organisation DROP CONSTRAINT organisation_role_check;
ALTER TABLE organisation ADD CONSTRAINT organisation_role_check CHECK (role IN ('partner', 'supervisor'));
COMMENT ON COLUMN organisation.role IS '(plain) a partner gives signals, a supervisor inspects';
