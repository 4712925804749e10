COMMENT ON COLUMN rotation.cursor IS '(pseudonym) the last tag that was filled';
