-- Undoes V21.
DROP POLICY erase ON postponement;
DROP POLICY erase ON disclosure;
REVOKE ALL ON disclosure, postponement FROM tp_erase;
REVOKE SELECT (subject_id, signal_id, told_by), UPDATE (told_by) ON disclosure FROM tp_erase;
REVOKE SELECT (subject_id, signal_id, proposed_by, decided_by), UPDATE (proposed_by, decided_by) ON postponement FROM tp_erase;
