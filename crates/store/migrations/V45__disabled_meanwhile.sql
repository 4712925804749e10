-- The submission that works lines of a batch off sees which organisations were disabled: nothing is taken for one of them that
-- another gave on its behalf before.
GRANT SELECT (id, disabled_at) ON organisation TO tp_submit;
CREATE POLICY submit ON organisation FOR SELECT TO tp_submit USING (true);

-- Who erases the contact of a professional takes its address from the mails that were sent or refused, too.
GRANT SELECT (organisation_id, address_hash, due_at), DELETE ON mail TO tp_erase;
CREATE POLICY erase ON mail TO tp_erase USING (true);
