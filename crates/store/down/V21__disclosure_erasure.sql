-- Undoes V21.
DROP POLICY erase ON postponement;
DROP POLICY erase ON disclosure;
REVOKE ALL ON disclosure, postponement FROM tp_erase;
REVOKE SELECT (subject_id, signal_id, told_by), UPDATE (told_by) ON disclosure FROM tp_erase;
REVOKE SELECT (subject_id, signal_id, proposed_by, decided_by), UPDATE (proposed_by, decided_by) ON postponement FROM tp_erase;
DROP TABLE disclosure_watch;
ALTER TABLE signal
    ADD COLUMN disclosure_step    smallint NOT NULL DEFAULT 0 CHECK (disclosure_step BETWEEN 0 AND 3),
    ADD COLUMN disclosure_step_at timestamptz;
CREATE INDEX signal_by_disclosure ON signal (coalesce(disclosure_step_at, '-infinity'::timestamptz))
    WHERE paused_from IS NOT NULL AND disclosure_step < 3 AND state NOT IN ('sleeping', 'moved');
