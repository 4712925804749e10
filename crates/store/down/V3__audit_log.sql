ALTER TABLE idempotency DROP COLUMN leaves;
DROP TABLE audit.scrub;
DROP TABLE audit.cosignature;
DROP TABLE audit.tile;
ALTER TABLE audit.checkpoint DROP CONSTRAINT checkpoint_pkey;
DELETE FROM audit.checkpoint c
 WHERE EXISTS (SELECT FROM audit.checkpoint o WHERE o.size = c.size AND o.origin < c.origin);
ALTER TABLE audit.checkpoint DROP COLUMN origin;
ALTER TABLE audit.checkpoint ADD PRIMARY KEY (size);
