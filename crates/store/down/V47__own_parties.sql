-- Takes V47 back.

CREATE OR REPLACE FUNCTION is_standing(p_subject bigint, p_consent bigint, p_now timestamptz) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp
    AS $$ WITH RECURSIVE place (id, replaced_by) AS (
              SELECT c.id, c.replaced_by FROM consent c WHERE c.subject_id = p_subject AND c.id = p_consent
              UNION SELECT c.id, c.replaced_by
                      FROM place p JOIN consent c ON c.subject_id = p_subject AND c.id = p.replaced_by)
          SELECT EXISTS (
              SELECT FROM place l JOIN consent c ON c.subject_id = p_subject AND c.id = l.id
               WHERE l.replaced_by IS NULL AND c.state = 'given' AND c.valid_until > p_now
                 AND (c.match_id IS NULL
                      OR (EXISTS (SELECT FROM match_case m
                                   WHERE m.subject_id = c.subject_id AND m.id = c.match_id AND m.state <> 'closed')
                          AND 1 < (SELECT count(*) FROM consent_party named
                                     JOIN consent_party covered ON covered.subject_id = named.subject_id
                                          AND covered.consent_id = c.id
                                          AND covered.organisation_id = named.organisation_id
                                     JOIN match_party p ON p.subject_id = named.subject_id AND p.match_id = c.match_id
                                          AND p.organisation_id = named.organisation_id
                                    WHERE named.subject_id = c.subject_id AND named.consent_id = p_consent
                                      AND p.left_at IS NULL AND p.expires_at > p_now
                                      AND p.joined_at <= c.requested_at)))) $$;
