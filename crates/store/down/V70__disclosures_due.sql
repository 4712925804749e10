-- Undoes V70.

DROP INDEX disclosure_watch_due;
