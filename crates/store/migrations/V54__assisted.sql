-- What somebody decides at a municipality's desk is written down by an official, as a professional's word is.

ALTER TABLE signatory
    DROP CONSTRAINT signatory_recorded,
    ADD CONSTRAINT signatory_recorded CHECK ((assurance IN ('attested', 'assisted')) IS TRUE = (recorded_by IS NOT NULL)
                                             AND (recorded_by IS NULL) = (recorded_on IS NULL));
COMMENT ON COLUMN signatory.recorded_by IS '(plain) the organisation whose professional, or official at a desk, recorded what was said or written';
