-- What the driver has dealt with stands beside the signal and not in it: planning is no change of a signal, and has no leaf.
DROP INDEX signal_by_disclosure;
ALTER TABLE signal DROP COLUMN disclosure_step, DROP COLUMN disclosure_step_at;
CREATE TABLE disclosure_watch (
    subject_id bigint   NOT NULL,
    signal_id  bigint   NOT NULL,
    step       smallint NOT NULL CHECK (step BETWEEN 0 AND 3),
    next_at    timestamptz,
    PRIMARY KEY (subject_id, signal_id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
COMMENT ON TABLE  disclosure_watch IS 'When an organisation is to be reminded that a family is to be told, and what was dealt with.';
COMMENT ON COLUMN disclosure_watch.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN disclosure_watch.signal_id  IS '(plain) the signal';
COMMENT ON COLUMN disclosure_watch.step       IS '(plain) of two reminders and the pause, how many were dealt with since the time to tell began';
COMMENT ON COLUMN disclosure_watch.next_at    IS '(plain) when the next of them is due';
ALTER TABLE disclosure_watch ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE, UPDATE ON disclosure_watch TO tp_matcher;
CREATE POLICY matcher ON disclosure_watch TO tp_matcher USING (true);

-- Who told the family, and who postponed that, is erased with the contact of the professional whose signal it was.
GRANT SELECT (subject_id, signal_id, told_by), UPDATE (told_by) ON disclosure TO tp_erase;
GRANT SELECT (subject_id, signal_id, proposed_by, decided_by), UPDATE (proposed_by, decided_by) ON postponement TO tp_erase;
CREATE POLICY erase ON disclosure   TO tp_erase USING (true);
CREATE POLICY erase ON postponement TO tp_erase USING (true);
COMMENT ON COLUMN disclosure.told_by       IS '(encrypted) reference of the professional who told them; empty once erased';
COMMENT ON COLUMN postponement.proposed_by IS '(encrypted) reference of the professional who proposed it; empty once erased';
COMMENT ON COLUMN postponement.decided_by  IS '(encrypted) reference of the second person; empty once erased';
