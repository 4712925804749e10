-- When two children turn out to be one, what the family asked about the one goes on with the other: its objection stays
-- with its signal, and a file shows the child as it is known now.

ALTER TABLE objection_advice
    DROP CONSTRAINT objection_advice_subject_id_objection_id_fkey,
    ADD FOREIGN KEY (subject_id, objection_id) REFERENCES objection (subject_id, id) ON UPDATE CASCADE;
GRANT UPDATE (subject_id) ON objection, rights_request TO tp_matcher;
