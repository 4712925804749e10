-- Undoes V1. The roles stay: they belong to the cluster, and other databases of it may use them.
DROP SCHEMA audit CASCADE;
DROP TABLE audit_export, spent_assertion, idempotency, message, portal_session, signatory, consent_party, consent,
           notice, match_party, match_case, match_task, signal, subject_tag, subject, client, organisation,
           covenant, network CASCADE;
DROP SEQUENCE audit_export_id, message_row_id, signatory_id, consent_id, notice_id, match_id, signal_id, subject_id;
DROP FUNCTION is_family_match(bigint, bigint), is_named_to_family(integer), is_covered(bigint, bigint), is_counterpart(integer),
              is_party(bigint, bigint), current_family(bigint, bigint), current_credential(), current_client(),
              current_organisation(), transaction_time(), app_now(smallint);
