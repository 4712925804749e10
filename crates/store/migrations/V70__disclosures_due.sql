-- Whom to remind that a family is to be told is found by an index, and not by looking through all signals: each signal that
-- counts is in the list from the time the matcher first looked at it.

CREATE INDEX disclosure_watch_due ON disclosure_watch (next_at) WHERE step < 3;

ALTER TABLE signal NO FORCE ROW LEVEL SECURITY;
ALTER TABLE disclosure_watch NO FORCE ROW LEVEL SECURITY;
INSERT INTO disclosure_watch (subject_id, signal_id, step, next_at)
SELECT g.subject_id, g.id, 0, '-infinity' FROM signal g
 WHERE g.paused_from IS NOT NULL AND g.state NOT IN ('sleeping', 'moved')
    ON CONFLICT (subject_id, signal_id) DO NOTHING;
ALTER TABLE signal FORCE ROW LEVEL SECURITY;
ALTER TABLE disclosure_watch FORCE ROW LEVEL SECURITY;
