-- Undoes V54.

ALTER TABLE signatory NO FORCE ROW LEVEL SECURITY;
UPDATE signatory SET assurance = 'attested' WHERE assurance = 'assisted';
ALTER TABLE signatory FORCE ROW LEVEL SECURITY;
ALTER TABLE signatory
    DROP CONSTRAINT signatory_recorded,
    ADD CONSTRAINT signatory_recorded CHECK ((assurance IS NOT DISTINCT FROM 'attested') = (recorded_by IS NOT NULL)
                                             AND (recorded_by IS NULL) = (recorded_on IS NULL));
COMMENT ON COLUMN signatory.recorded_by IS '(plain) the organisation whose professional recorded what was said or written';
