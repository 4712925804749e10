DROP POLICY lead_closes ON match_case;
REVOKE UPDATE (closed_at) ON match_case FROM tp_party;
DROP FUNCTION is_municipality_for(bigint, bigint);
DROP FUNCTION look_again(bigint, bigint);
ALTER TABLE match_task DROP COLUMN tries, DROP COLUMN not_before;
ALTER TABLE match_case
    DROP COLUMN municipality_id,
    DROP COLUMN covenant_id,
    DROP COLUMN lead_proposed_at,
    DROP COLUMN lead_proposed_by_id,
    DROP COLUMN proposed_lead_id,
    DROP COLUMN lead_since,
    DROP COLUMN lead_id,
    DROP COLUMN deadline_shown_from,
    DROP COLUMN earlier_deadline,
    DROP COLUMN outcome;
