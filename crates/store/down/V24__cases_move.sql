-- Undoes V24.
REVOKE UPDATE (subject_id) ON objection, rights_request FROM tp_matcher;
ALTER TABLE objection_advice
    DROP CONSTRAINT objection_advice_subject_id_objection_id_fkey,
    ADD FOREIGN KEY (subject_id, objection_id) REFERENCES objection (subject_id, id);
