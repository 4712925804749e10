-- The live log: checkpoints by the log's name, the roots of complete parts of the tree, witnesses' signatures, and how
-- far the scrubber is.

ALTER TABLE audit.checkpoint ADD COLUMN origin text;
UPDATE audit.checkpoint SET origin = split_part(note, chr(10), 1);
ALTER TABLE audit.checkpoint ALTER COLUMN origin SET NOT NULL;
ALTER TABLE audit.checkpoint DROP CONSTRAINT checkpoint_pkey;
ALTER TABLE audit.checkpoint ADD PRIMARY KEY (origin, size);
COMMENT ON COLUMN audit.checkpoint.origin IS '(plain) the name of the log that signed';

CREATE TABLE audit.tile (
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 7),
    index bigint   NOT NULL,
    root  bytea    NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (level, index)
);
COMMENT ON TABLE  audit.tile IS 'Roots of the complete tiles of the tree (C2SP tlog-tiles, height 8); the hashes in a tile are made from what is below it.';
COMMENT ON COLUMN audit.tile.level IS '(plain) the root is over 256 to the power of this many leaves';
COMMENT ON COLUMN audit.tile.index IS '(plain) position among the tiles of this level, from 0';
COMMENT ON COLUMN audit.tile.root  IS '(hash) the root';

CREATE TABLE audit.cosignature (
    origin    text        NOT NULL,
    size      bigint      NOT NULL,
    witness   text        NOT NULL,
    line      text        NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (origin, size, witness),
    FOREIGN KEY (origin, size) REFERENCES audit.checkpoint
);
COMMENT ON TABLE  audit.cosignature IS 'Signatures of witnesses, who saw that a checkpoint continues the one before.';
COMMENT ON COLUMN audit.cosignature.origin    IS '(plain) the log';
COMMENT ON COLUMN audit.cosignature.size      IS '(plain) the checkpoint';
COMMENT ON COLUMN audit.cosignature.witness   IS '(plain) name and key of the witness';
COMMENT ON COLUMN audit.cosignature.line      IS '(plain) its signature line';
COMMENT ON COLUMN audit.cosignature.signed_at IS '(plain) when it was asked';

CREATE TABLE audit.scrub (
    only_one boolean     PRIMARY KEY DEFAULT true CHECK (only_one),
    frontier bytea       NOT NULL,
    passes   bigint      NOT NULL,
    passed   timestamptz,
    fault    text,
    fault_at bigint,
    found    timestamptz
);
INSERT INTO audit.scrub (frontier, passes) VALUES ('', 0);
COMMENT ON TABLE  audit.scrub IS 'One row: how far the scrubber has computed the tree again from the leaves, and what it found.';
COMMENT ON COLUMN audit.scrub.only_one IS '(plain) holds the table to one row';
COMMENT ON COLUMN audit.scrub.frontier IS '(hash) the tree computed again so far';
COMMENT ON COLUMN audit.scrub.passes   IS '(plain) how often it reached the end';
COMMENT ON COLUMN audit.scrub.passed   IS '(plain) when it last did';
COMMENT ON COLUMN audit.scrub.fault    IS '(plain) what differed; stays until an operator has looked';
COMMENT ON COLUMN audit.scrub.fault_at IS '(plain) from which leaf on';
COMMENT ON COLUMN audit.scrub.found    IS '(plain) when';

ALTER TABLE idempotency ADD COLUMN leaves bytea;
COMMENT ON COLUMN idempotency.leaves IS '(pseudonym) the leaves that the answer promises, one a line, so that its receipt can be given again';

GRANT SELECT, INSERT ON audit.tile, audit.cosignature TO tp_log;
GRANT SELECT, UPDATE ON audit.scrub TO tp_log;
