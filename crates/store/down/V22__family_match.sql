-- Undoes V22.
DROP POLICY family_match ON organisation;
DROP POLICY party ON family_match;
DROP POLICY party ON family_match_party;
DROP FUNCTION is_family_match_party, is_family_match_counterpart;
DROP TABLE family_match_party, family_match, family_tag;
