-- Undoes V17.
DROP POLICY principal ON organisation;
