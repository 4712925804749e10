-- Municipalities, the roles of programs, what was agreed when, and the guardrail.

-- ---------------------------------------------------------------------------------------------------
-- Organisations and the roles of their clients
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE organisation DROP CONSTRAINT organisation_role_check;
ALTER TABLE organisation ADD CONSTRAINT organisation_role_check
    CHECK (role IN ('partner', 'municipality', 'supervisor'));
COMMENT ON COLUMN organisation.role IS '(plain) a partner gives signals, a municipality answers for the family''s rights, a supervisor inspects';

ALTER TABLE client ADD COLUMN roles text[];
UPDATE client c
   SET roles = CASE o.role WHEN 'partner' THEN ARRAY['professional', 'lead', 'coordinator'] ELSE ARRAY['supervisor'] END
  FROM organisation o WHERE o.id = c.organisation_id;
ALTER TABLE client
    ALTER COLUMN roles SET NOT NULL,
    ADD CONSTRAINT client_roles CHECK (cardinality(roles) > 0 AND roles <@ ARRAY
        ['professional', 'lead', 'coordinator', 'follow_up_officer', 'municipality', 'supervisor']);
COMMENT ON COLUMN client.roles IS '(plain) for people in which roles it may act';

CREATE TABLE delegation (
    principal_id integer     NOT NULL REFERENCES organisation,
    delegate_id  integer     NOT NULL REFERENCES organisation CHECK (delegate_id <> principal_id),
    since        timestamptz NOT NULL,
    PRIMARY KEY (principal_id, delegate_id)
);
COMMENT ON TABLE  delegation IS 'Who may give signals for whom.';
COMMENT ON COLUMN delegation.principal_id IS '(plain) the organisation that the signals are of';
COMMENT ON COLUMN delegation.delegate_id  IS '(plain) the organisation that may give them';
COMMENT ON COLUMN delegation.since        IS '(plain) when the operator registered it';

-- ---------------------------------------------------------------------------------------------------
-- Covenants
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE covenant
    ADD COLUMN municipality_id      integer REFERENCES organisation,
    ADD COLUMN follow_up_officer_id integer REFERENCES organisation,
    ADD COLUMN min_suite            smallint NOT NULL DEFAULT 1 CHECK (min_suite IN (1, 2));
ALTER TABLE covenant ALTER COLUMN min_suite DROP DEFAULT;
COMMENT ON COLUMN covenant.municipality_id      IS '(plain) the municipality its settings name, once that is registered';
COMMENT ON COLUMN covenant.follow_up_officer_id IS '(plain) the municipality whose follow-up officer its settings name, once that is registered';
COMMENT ON COLUMN covenant.min_suite            IS '(plain) lowest suite of tokens, from its settings';

CREATE TABLE covenant_version (
    covenant_id integer     NOT NULL REFERENCES covenant,
    version     integer     NOT NULL CHECK (version > 0),
    settings    text        NOT NULL,
    applied_at  timestamptz NOT NULL,
    PRIMARY KEY (covenant_id, version)
);
INSERT INTO covenant_version (covenant_id, version, settings, applied_at)
SELECT id, version, settings, applied_at FROM covenant;
COMMENT ON TABLE  covenant_version IS 'What was agreed when. Nothing reads it to decide: what counted is written down with what it counted for.';
COMMENT ON COLUMN covenant_version.covenant_id IS '(plain) the covenant';
COMMENT ON COLUMN covenant_version.version     IS '(plain) rises by one with each applied change';
COMMENT ON COLUMN covenant_version.settings    IS '(plain) the settings, as TOML';
COMMENT ON COLUMN covenant_version.applied_at  IS '(plain) from when they counted';

-- ---------------------------------------------------------------------------------------------------
-- Guardrail and alerts
-- ---------------------------------------------------------------------------------------------------

CREATE TABLE signals_in_hour (
    organisation_id integer     PRIMARY KEY REFERENCES organisation,
    hour            timestamptz NOT NULL,
    given           integer     NOT NULL CHECK (given >= 0)
);
COMMENT ON TABLE  signals_in_hour IS 'How many signals an organisation gave in the last hour of the clock in which it tried.';
COMMENT ON COLUMN signals_in_hour.organisation_id IS '(plain) the organisation the signals are of';
COMMENT ON COLUMN signals_in_hour.hour            IS '(plain) when that hour began';
COMMENT ON COLUMN signals_in_hour.given           IS '(plain) how many';

CREATE TABLE alert (
    id              bigint      PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    network_id      smallint    NOT NULL REFERENCES network,
    kind            text        NOT NULL CHECK (kind IN ('signals-per-hour')),
    organisation_id integer     NOT NULL REFERENCES organisation,
    hour            timestamptz NOT NULL,
    raised_at       timestamptz NOT NULL,
    UNIQUE (organisation_id, kind, hour)
);
COMMENT ON TABLE  alert IS 'What supervisors are to know at once: at most one of a kind per organisation and hour.';
COMMENT ON COLUMN alert.id              IS '(plain) internal number';
COMMENT ON COLUMN alert.network_id      IS '(plain) the network';
COMMENT ON COLUMN alert.kind            IS '(plain) what happened';
COMMENT ON COLUMN alert.organisation_id IS '(plain) by whom';
COMMENT ON COLUMN alert.hour            IS '(plain) in which hour of the clock';
COMMENT ON COLUMN alert.raised_at       IS '(plain) when it was raised';

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

-- The questions that policies ask about the organisation that acts.
CREATE FUNCTION is_municipality_of(p_covenant integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT FROM covenant c
                          WHERE c.id = p_covenant AND c.municipality_id = current_organisation()) $$;

CREATE FUNCTION is_follow_up_officer_of(p_covenant integer) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT EXISTS (SELECT FROM covenant c
                          WHERE c.id = p_covenant AND c.follow_up_officer_id = current_organisation()) $$;

-- Runs as the matcher, because a policy that reads its own table would recurse.
CREATE FUNCTION is_supervisor() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM organisation o
                          WHERE o.id = current_organisation() AND o.role = 'supervisor') $$;

-- An owner who is no superuser may only give a function to a role it belongs to, and which may create in the schema.
GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION is_supervisor OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

ALTER TABLE delegation      ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE signals_in_hour ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE alert           ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

CREATE POLICY operator ON delegation FOR ALL TO CURRENT_USER USING (true);

-- Municipalities are public bodies: everybody may know which there are.
CREATE POLICY municipality ON organisation FOR SELECT TO tp_party USING (role = 'municipality');

-- Which organisation may give signals for which; the delegate finds its principals.
GRANT SELECT ON delegation TO tp_party, tp_submit;
CREATE POLICY party  ON delegation FOR SELECT TO tp_party
    USING (current_organisation() IN (principal_id, delegate_id));
CREATE POLICY submit ON delegation FOR SELECT TO tp_submit USING (true);

-- The batched submission counts, and raises the alarm. It reads alerts only to raise none twice.
GRANT SELECT, INSERT, UPDATE (hour, given) ON signals_in_hour TO tp_submit;
GRANT INSERT, SELECT (organisation_id, kind, hour) ON alert TO tp_submit;
CREATE POLICY submit ON signals_in_hour TO tp_submit USING (true);
CREATE POLICY submit ON alert           TO tp_submit USING (true);

-- Supervisors read alerts, with the name of whom they are about.
GRANT SELECT ON alert TO tp_party;
CREATE POLICY supervisor ON alert FOR SELECT TO tp_party USING (is_supervisor());
CREATE POLICY supervisor ON organisation FOR SELECT TO tp_party
    USING (is_supervisor() AND EXISTS (SELECT FROM alert a WHERE a.organisation_id = organisation.id));
