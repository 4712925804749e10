-- Undoes V45.

DROP POLICY erase ON mail;
REVOKE SELECT (organisation_id, address_hash, due_at), DELETE ON mail FROM tp_erase;
DROP POLICY submit ON organisation;
REVOKE SELECT (id, disabled_at) ON organisation FROM tp_submit;
