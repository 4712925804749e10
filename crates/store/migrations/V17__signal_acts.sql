-- What acts of an organisation on its own signals need.

-- A signal shows its organisation who gave it on its behalf.
CREATE POLICY principal ON organisation FOR SELECT TO tp_party
    USING (EXISTS (SELECT FROM delegation d
                    WHERE d.delegate_id = organisation.id AND d.principal_id = current_organisation()));
