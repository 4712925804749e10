-- How far a rotation is, is told by child and tag: tags are walked by child, as they lie in the table.

COMMENT ON COLUMN rotation.cursor IS '(pseudonym) child and tag up to which the phase is done: 8 and 32 bytes';
