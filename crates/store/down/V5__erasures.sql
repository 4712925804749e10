-- Undoes V5. The role stays: it belongs to the cluster, and other databases of it may use it.
DROP POLICY erase ON match_case;
DROP POLICY erase ON consent;
DROP POLICY erase ON match_party;
DROP POLICY erase ON signal;
DROP POLICY erase ON organisation;
REVOKE ALL ON network, covenant, organisation, signal, match_party, consent, match_case FROM tp_erase;
REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM tp_erase;
REVOKE USAGE ON SCHEMA public, audit FROM tp_erase;
DROP TABLE processing_place, processing_line, viewing;
ALTER TABLE audit_export DROP COLUMN previous_id, DROP COLUMN events, DROP COLUMN organisations, DROP COLUMN origin;
DROP INDEX audit_export_by_organisation;
DROP TABLE audit_scope;
DROP TABLE audit.replay, audit.erasure;
ALTER TABLE audit.opening DROP COLUMN about;
