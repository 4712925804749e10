-- Undoes V61.
DROP TRIGGER stays ON organisation;
DROP TRIGGER stays ON network;
DROP FUNCTION keep_named;
ALTER TABLE signal      ADD CONSTRAINT signal_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation;
ALTER TABLE idempotency ADD CONSTRAINT idempotency_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation;
ALTER TABLE subject     ADD CONSTRAINT subject_network_id_fkey FOREIGN KEY (network_id) REFERENCES network;
