-- Undoes V1. Destroys every key: what was evaluated under them can never be evaluated again. The role stays: it belongs
-- to the cluster, and other databases of it may use it.
DROP SCHEMA keyholder CASCADE;
DELETE FROM keyholder_schema_history WHERE version = 1;
