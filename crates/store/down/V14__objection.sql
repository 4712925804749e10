-- Undoes V14.
DROP POLICY access ON signatory;
DROP POLICY access ON consent_party;
DROP POLICY access ON consent;
DROP POLICY access ON message;
DROP POLICY access ON viewing;
DROP POLICY access ON match_party;
DROP POLICY access ON match_case;
DROP POLICY access ON signal;
DROP POLICY access ON organisation;
DROP POLICY objection ON organisation;
DROP POLICY letter ON organisation;
DROP POLICY family ON match_party;
DROP POLICY letter ON signal;
DROP POLICY family ON message;
DROP POLICY family ON disclosure;
DROP POLICY access ON disclosure;
DROP TABLE objection_advice, objection, rights_request, letter;
DROP SEQUENCE letter_id, objection_id, rights_request_id;
DROP FUNCTION is_person, access_subject, is_hidden_match, is_hidden_organisation, is_letter_signal, is_letter_organisation,
     is_objected_to, is_in_access_file, municipality_for_signal, state_of_objection, signal_of_objection, tag_of_objection;
