-- Undoes V18.
DROP POLICY delegate ON organisation;
