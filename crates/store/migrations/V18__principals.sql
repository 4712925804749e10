-- Who may give signals for another sees for whom: its name, sector and covenant.

CREATE POLICY delegate ON organisation FOR SELECT TO tp_party
    USING (EXISTS (SELECT FROM delegation d
                    WHERE d.principal_id = organisation.id AND d.delegate_id = current_organisation()));
