-- Who told the family, and who postponed that, is erased with the contact of the professional whose signal it was.
GRANT SELECT (subject_id, signal_id, told_by), UPDATE (told_by) ON disclosure TO tp_erase;
GRANT SELECT (subject_id, signal_id, proposed_by, decided_by), UPDATE (proposed_by, decided_by) ON postponement TO tp_erase;
CREATE POLICY erase ON disclosure   TO tp_erase USING (true);
CREATE POLICY erase ON postponement TO tp_erase USING (true);
COMMENT ON COLUMN disclosure.told_by       IS '(encrypted) reference of the professional who told them; empty once erased';
COMMENT ON COLUMN postponement.proposed_by IS '(encrypted) reference of the professional who proposed it; empty once erased';
COMMENT ON COLUMN postponement.decided_by  IS '(encrypted) reference of the second person; empty once erased';
