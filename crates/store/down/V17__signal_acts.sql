-- Undoes V17.
DROP POLICY delegation ON organisation;
