-- Undoes V10. Published statistics and the officers' marks are lost; notices of signals have no place in what was before.
DROP POLICY officer_reads ON organisation;
DROP POLICY officer_reads ON consent_party;
DROP POLICY officer_reads ON consent;
DROP POLICY officer_reads ON match_party;
DROP POLICY officer_reads ON match_case;
DROP POLICY officer ON viewing;
DROP TABLE statistics, statistics_quarter, statistics_count, statistics_following, statistics_place;
DROP INDEX match_case_by_log_tag;
DROP TABLE follow_up_mark, follow_up;
DROP SEQUENCE follow_up_mark_id;
DROP FUNCTION follows_up_organisation, follows_up_consent, follows_up;
DROP POLICY counting ON organisation;
DROP POLICY counting ON match_case;
DROP POLICY counting ON consent;
REVOKE SELECT (public_id, covenant_id) ON organisation FROM tp_log;
REVOKE SELECT (log_tag) ON match_case, consent FROM tp_log;
DROP POLICY party_tells ON notice;
REVOKE INSERT ON notice FROM tp_party;
REVOKE USAGE ON SEQUENCE notice_id FROM tp_party;
REVOKE UPDATE (unread_at) ON notice FROM tp_matcher;
ALTER TABLE notice
    DROP CONSTRAINT notice_about_one,
    DROP CONSTRAINT notice_unread,
    DROP COLUMN unread_from,
    DROP COLUMN unread_at,
    DROP COLUMN about_tag;
