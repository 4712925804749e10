-- Family matches: different children whose signals came with the pseudonym of one guardian.

CREATE TABLE family_tag PARTITION OF shared_tag FOR VALUES IN (32);
COMMENT ON TABLE  family_tag IS 'Tags of guardians'' pseudonyms. A tag leads to a family, never to a child.';
COMMENT ON COLUMN family_tag.kind       IS '(plain) kind of identifier: 32 guardian''s BSN';
COMMENT ON COLUMN family_tag.tag        IS '(pseudonym) keyed BLAKE3 of the token under K_tag';
COMMENT ON COLUMN family_tag.circle_id  IS '(pseudonym) number of the family: of the signals that came with this token; derived from nothing';
COMMENT ON COLUMN family_tag.network_id IS '(plain) the network';
COMMENT ON COLUMN family_tag.suite      IS '(plain) 1 keyed hash, 2 oblivious';
COMMENT ON COLUMN family_tag.net_epoch  IS '(plain) epoch of K_net';
COMMENT ON COLUMN family_tag.oprf_epoch IS '(plain) epoch of the keyholder''s key; NULL for a keyed hash';
COMMENT ON COLUMN family_tag.tag_epoch  IS '(plain) epoch of K_tag';
COMMENT ON COLUMN family_tag.sealed     IS '(encrypted) the token, sealed to the lift key that only a rotation ceremony can open';

-- Hangs on the family and on no child, so no child's number stands in its key.
CREATE TABLE family_match (
    id        bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    circle_id bigint      NOT NULL,
    opened_at timestamptz NOT NULL,
    ended_at  timestamptz,
    log_tag   uuid        NOT NULL
);
CREATE UNIQUE INDEX family_match_one_open ON family_match (circle_id) WHERE ended_at IS NULL;
COMMENT ON COLUMN family_match.id        IS '(plain) internal number';
COMMENT ON COLUMN family_match.circle_id IS '(pseudonym) the family it hangs on';
COMMENT ON COLUMN family_match.opened_at IS '(plain) when signals about different children met';
COMMENT ON COLUMN family_match.ended_at  IS '(plain) when it ended';
COMMENT ON COLUMN family_match.log_tag   IS '(pseudonym) random name of this family match in the audit log';

CREATE TABLE family_match_party (
    subject_id      bigint      NOT NULL,
    signal_id       bigint      NOT NULL,
    family_match_id bigint      NOT NULL REFERENCES family_match,
    organisation_id integer     NOT NULL REFERENCES organisation,
    visible_at      timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    professional    bytea       NOT NULL,
    PRIMARY KEY (subject_id, signal_id, family_match_id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
CREATE INDEX family_match_party_by_match ON family_match_party (family_match_id);
CREATE INDEX family_match_party_by_organisation ON family_match_party (organisation_id, family_match_id);
COMMENT ON COLUMN family_match_party.subject_id      IS '(pseudonym) the child its signal is about';
COMMENT ON COLUMN family_match_party.signal_id       IS '(plain) the signal with which it takes part';
COMMENT ON COLUMN family_match_party.family_match_id IS '(plain) the family match';
COMMENT ON COLUMN family_match_party.organisation_id IS '(plain) the party';
COMMENT ON COLUMN family_match_party.visible_at      IS '(plain) from when any door shows this party and to this party the family match';
COMMENT ON COLUMN family_match_party.ends_at         IS '(plain) end of its signal, copied so that no party reads another''s signal';
COMMENT ON COLUMN family_match_party.professional    IS '(encrypted) reference and work contact, copied for the same reason; empty once erased';

-- ---------------------------------------------------------------------------------------------------
-- Rights
-- ---------------------------------------------------------------------------------------------------

-- Run as the matcher, because a policy that reads its own table would recurse.
CREATE FUNCTION is_family_match_party(p_family_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM family_match_party p
                          WHERE p.family_match_id = p_family_match AND p.organisation_id = current_organisation()
                            AND p.visible_at <= transaction_time()) $$;

CREATE FUNCTION is_family_match_counterpart(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM family_match_party mine
                           JOIN family_match_party theirs USING (family_match_id)
                          WHERE mine.organisation_id = current_organisation()
                            AND mine.visible_at <= transaction_time()
                            AND theirs.organisation_id = p_organisation
                            AND theirs.visible_at <= transaction_time()) $$;

-- An owner who is no superuser may only give a function to a role it belongs to, and which may create in the schema.
GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION is_family_match_party OWNER TO tp_matcher;
ALTER FUNCTION is_family_match_counterpart OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

ALTER TABLE family_match       ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE family_match_party ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

-- tp_party: who takes part sees who else does. Which of them it is shown by name, the rules say.
GRANT SELECT (id, log_tag) ON family_match TO tp_party;
GRANT SELECT ON family_match_party TO tp_party;
CREATE POLICY party ON family_match FOR SELECT TO tp_party USING (is_family_match_party(id));
CREATE POLICY party ON family_match_party FOR SELECT TO tp_party
    USING (is_family_match_party(family_match_id) AND visible_at <= transaction_time());
CREATE POLICY family_match ON organisation FOR SELECT TO tp_party USING (is_family_match_counterpart(id));

-- tp_matcher: finds, tells and ends.
GRANT SELECT, INSERT, UPDATE, DELETE ON family_match, family_match_party TO tp_matcher;
CREATE POLICY matcher ON family_match       TO tp_matcher USING (true);
CREATE POLICY matcher ON family_match_party TO tp_matcher USING (true);

-- tp_erase: the copies of a contact go with it.
GRANT SELECT (subject_id, signal_id, professional), UPDATE (professional) ON family_match_party TO tp_erase;
CREATE POLICY erase ON family_match_party TO tp_erase USING (true);
