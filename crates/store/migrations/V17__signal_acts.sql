-- What acts of an organisation on its own signals need.

-- A signal shows who gave it on behalf of its organisation; and who gives one finds for whom.
CREATE POLICY delegation ON organisation FOR SELECT TO tp_party
    USING (EXISTS (SELECT FROM delegation d WHERE current_organisation() IN (d.principal_id, d.delegate_id)
                      AND organisation.id IN (d.principal_id, d.delegate_id)));
