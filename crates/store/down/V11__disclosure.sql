-- Undoes V11. What is hidden from families is forgotten with it: look at postponements that hold before you do this.
DROP POLICY hidden_from_family ON viewing;
DROP POLICY hidden_from_family ON organisation;
DROP FUNCTION is_hidden_from_family(integer);
DROP FUNCTION is_match_hidden_from_family(bigint, bigint);
DROP FUNCTION is_family();
DROP INDEX signal_by_disclosure, signal_undisclosed;
ALTER TABLE signal DROP COLUMN disclosure_step, DROP COLUMN disclosure_step_at;
DROP TABLE disclosure, postponement;
DROP SEQUENCE postponement_id;
