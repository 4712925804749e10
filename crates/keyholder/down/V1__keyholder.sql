-- Takes back V1. Destroys every key: what was evaluated under them can never be evaluated again.
DROP SCHEMA keyholder CASCADE;
