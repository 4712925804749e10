-- Letters that open one signal, objections, and requests for access and erasure.
--
-- Who holds what: the family its letter, the municipality its cases, the reporting organisation the question for its
-- advice. The last is a table of its own, so that no organisation can read who objected.

-- ---------------------------------------------------------------------------------------------------
-- Letters
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE letter_id;
CREATE TABLE letter (
    subject_id bigint      NOT NULL,
    id         bigint      NOT NULL,
    signal_id  bigint      NOT NULL,
    role       text        NOT NULL CHECK (role IN ('guardian', 'youngPerson')),
    number     integer     NOT NULL CHECK (number > 0),
    issued_at  timestamptz NOT NULL,
    code_hash  bytea       NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    code_until timestamptz NOT NULL,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id)
);
CREATE INDEX letter_by_signal ON letter (subject_id, signal_id);
COMMENT ON TABLE  letter IS 'A letter for one person that opens one signal, to see it and to object.';
COMMENT ON COLUMN letter.subject_id IS '(pseudonym) the child';
COMMENT ON COLUMN letter.id         IS '(plain) internal number';
COMMENT ON COLUMN letter.signal_id  IS '(plain) the signal it opens';
COMMENT ON COLUMN letter.role       IS '(plain) guardian or young person';
COMMENT ON COLUMN letter.number     IS '(plain) first, second, ... of that role: which letter';
COMMENT ON COLUMN letter.issued_at  IS '(plain) when';
COMMENT ON COLUMN letter.code_hash  IS '(hash) keyed hash of its code';
COMMENT ON COLUMN letter.code_until IS '(plain) until when it opens anything: the end of all there is to see, or for a guardian 00:00 of the 16th birthday';

-- ---------------------------------------------------------------------------------------------------
-- Objections
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE objection_id;
CREATE TABLE objection (
    subject_id      bigint      NOT NULL REFERENCES subject,
    id              bigint      NOT NULL,
    signal_id       bigint,
    organisation_id integer     NOT NULL REFERENCES organisation,
    covenant_id     integer     NOT NULL REFERENCES covenant,
    municipality_id integer     NOT NULL REFERENCES organisation,
    state           text        NOT NULL CHECK (state IN ('open', 'upheld', 'rejected', 'withdrawn')),
    made_at         timestamptz NOT NULL,
    made_by         text        NOT NULL CHECK (made_by IN ('guardian', 'youngPerson')),
    route           text        NOT NULL CHECK (route IN ('portal', 'assisted')),
    signatory_id    bigint,
    letter_id       bigint,
    named           boolean     NOT NULL,
    decision_due    timestamptz NOT NULL,
    decided_at      timestamptz CHECK ((decided_at IS NULL) = (state = 'open')),
    reasons         text[]      NOT NULL DEFAULT '{}',
    log_tag         uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    FOREIGN KEY (subject_id, signal_id) REFERENCES signal (subject_id, id),
    CHECK (state IN ('open', 'withdrawn') OR cardinality(reasons) > 0),
    CHECK (num_nonnulls(signatory_id, letter_id) = 1)
);
CREATE INDEX objection_by_signal ON objection (subject_id, signal_id);
CREATE INDEX objection_by_municipality ON objection (municipality_id, id);
-- Whoever objects twice is answered with the objection that is open.
CREATE UNIQUE INDEX objection_one_open
    ON objection (subject_id, signal_id, coalesce(signatory_id, 0), coalesce(letter_id, 0)) WHERE state = 'open';
COMMENT ON TABLE  objection IS 'Somebody of the family says that one signal should not be there; the municipality decides.';
COMMENT ON COLUMN objection.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN objection.id              IS '(plain) internal number';
COMMENT ON COLUMN objection.signal_id       IS '(plain) the signal; NULL once nothing of that is left';
COMMENT ON COLUMN objection.organisation_id IS '(plain) the organisation that gave it';
COMMENT ON COLUMN objection.covenant_id     IS '(plain) the covenant under which it was given';
COMMENT ON COLUMN objection.municipality_id IS '(plain) the municipality that decides';
COMMENT ON COLUMN objection.state           IS '(plain) lifecycle; one that is open without a signal has lapsed';
COMMENT ON COLUMN objection.made_at         IS '(plain) when it was made';
COMMENT ON COLUMN objection.made_by         IS '(plain) guardian or young person';
COMMENT ON COLUMN objection.route           IS '(plain) by the family itself, or at the municipality''s desk';
COMMENT ON COLUMN objection.signatory_id    IS '(plain) whose letter of a request for consent, if it was one; that row may be gone';
COMMENT ON COLUMN objection.letter_id       IS '(plain) which letter of a signal, if it was one; that row may be gone';
COMMENT ON COLUMN objection.named           IS '(plain) whether whoever objected may know the organisation';
COMMENT ON COLUMN objection.decision_due    IS '(plain) 24:00 of the last day to decide, in the covenant''s time zone';
COMMENT ON COLUMN objection.decided_at      IS '(plain) when it was decided or taken back';
COMMENT ON COLUMN objection.reasons         IS '(plain) why it was decided so: words of a closed list';
COMMENT ON COLUMN objection.log_tag         IS '(pseudonym) random name of this objection in the audit log';

CREATE TABLE objection_advice (
    subject_id      bigint      NOT NULL,
    objection_id    bigint      NOT NULL,
    organisation_id integer     NOT NULL REFERENCES organisation,
    asked_at        timestamptz NOT NULL,
    due_at          timestamptz NOT NULL,
    noticed_at      timestamptz,
    advice          text        CHECK (advice IN ('end_signal', 'keep_signal', 'no_advice')),
    advised_at      timestamptz CHECK ((advised_at IS NULL) = (advice IS NULL)),
    PRIMARY KEY (subject_id, objection_id),
    FOREIGN KEY (subject_id, objection_id) REFERENCES objection (subject_id, id)
);
CREATE INDEX objection_advice_by_organisation ON objection_advice (organisation_id, objection_id);
CREATE INDEX objection_advice_to_notice ON objection_advice (objection_id) WHERE noticed_at IS NULL;
COMMENT ON TABLE  objection_advice IS 'What the reporting organisation is asked, and its advice.';
COMMENT ON COLUMN objection_advice.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN objection_advice.objection_id    IS '(plain) the objection';
COMMENT ON COLUMN objection_advice.organisation_id IS '(plain) who is asked';
COMMENT ON COLUMN objection_advice.asked_at        IS '(plain) when';
COMMENT ON COLUMN objection_advice.due_at          IS '(plain) 24:00 of the last day to advise, in the covenant''s time zone';
COMMENT ON COLUMN objection_advice.noticed_at      IS '(plain) when the notice was laid into its inbox';
COMMENT ON COLUMN objection_advice.advice          IS '(plain) a word of a closed list';
COMMENT ON COLUMN objection_advice.advised_at      IS '(plain) when it advised';

-- ---------------------------------------------------------------------------------------------------
-- Requests for access and erasure
-- ---------------------------------------------------------------------------------------------------

CREATE SEQUENCE rights_request_id;
CREATE TABLE rights_request (
    subject_id      bigint      NOT NULL REFERENCES subject,
    id              bigint      NOT NULL,
    used_right      text        NOT NULL CHECK (used_right IN ('access', 'erasure')),
    covenant_id     integer     NOT NULL REFERENCES covenant,
    municipality_id integer     NOT NULL REFERENCES organisation,
    state           text        NOT NULL CHECK (state IN ('requested', 'given', 'partly', 'refused', 'withdrawn')),
    made_at         timestamptz NOT NULL,
    made_by         text        NOT NULL CHECK (made_by IN ('guardian', 'youngPerson')),
    route           text        NOT NULL CHECK (route IN ('portal', 'assisted')),
    signatory_id    bigint,
    letter_id       bigint,
    sees_sensitive  boolean     NOT NULL,
    due_at          timestamptz NOT NULL,
    extended_at     timestamptz,
    decided_at      timestamptz CHECK ((decided_at IS NULL) = (state = 'requested')),
    reason          text        CHECK ((reason IS NOT NULL) = (state = 'refused')),
    log_tag         uuid        NOT NULL,
    PRIMARY KEY (subject_id, id),
    CHECK (state <> 'partly' OR used_right = 'erasure'),
    CHECK (num_nonnulls(signatory_id, letter_id) = 1)
);
CREATE INDEX rights_request_by_municipality ON rights_request (municipality_id, id);
-- Whoever asks the same twice is answered with the request that is open.
CREATE UNIQUE INDEX rights_request_one_open
    ON rights_request (subject_id, used_right, coalesce(signatory_id, 0), coalesce(letter_id, 0)) WHERE state = 'requested';
COMMENT ON TABLE  rights_request IS 'Somebody of the family asks to see what is kept about a child, or to have it erased.';
COMMENT ON COLUMN rights_request.subject_id      IS '(pseudonym) the child';
COMMENT ON COLUMN rights_request.id              IS '(plain) internal number';
COMMENT ON COLUMN rights_request.used_right      IS '(plain) access or erasure';
COMMENT ON COLUMN rights_request.covenant_id     IS '(plain) the covenant of the organisation that issued the letter';
COMMENT ON COLUMN rights_request.municipality_id IS '(plain) the municipality that decides';
COMMENT ON COLUMN rights_request.state           IS '(plain) lifecycle';
COMMENT ON COLUMN rights_request.made_at         IS '(plain) when it was made';
COMMENT ON COLUMN rights_request.made_by         IS '(plain) guardian or young person';
COMMENT ON COLUMN rights_request.route           IS '(plain) by the family itself, or at the municipality''s desk';
COMMENT ON COLUMN rights_request.signatory_id    IS '(plain) whose letter of a request for consent, if it was one; that row may be gone';
COMMENT ON COLUMN rights_request.letter_id       IS '(plain) which letter of a signal, if it was one; that row may be gone';
COMMENT ON COLUMN rights_request.sees_sensitive  IS '(plain) whether whoever asked may know organisations of a sensitive sector';
COMMENT ON COLUMN rights_request.due_at          IS '(plain) 24:00 of the last day to answer, in the covenant''s time zone';
COMMENT ON COLUMN rights_request.extended_at     IS '(plain) when the municipality said that it takes longer';
COMMENT ON COLUMN rights_request.decided_at      IS '(plain) when it was decided or taken back';
COMMENT ON COLUMN rights_request.reason          IS '(plain) why it was refused: a word of a closed list';
COMMENT ON COLUMN rights_request.log_tag         IS '(pseudonym) random name of this request in the audit log';

-- ---------------------------------------------------------------------------------------------------
-- The questions that policies ask
-- ---------------------------------------------------------------------------------------------------

-- Which person of the family is here: 'signatory:subject:row' or 'letter:subject:row', put by the statement that found
-- the code's hash.
CREATE FUNCTION is_person(p_subject bigint, p_signatory bigint, p_letter bigint) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT coalesce(NULLIF(current_setting('app.person', true), '') =
                 CASE WHEN p_letter IS NULL THEN 'signatory:' || p_subject || ':' || p_signatory
                      ELSE 'letter:' || p_subject || ':' || p_letter END, false) $$;

-- The child whose file is being made, in the transaction of the municipality that gave access.
CREATE FUNCTION access_subject() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT r.subject_id FROM rights_request r
           WHERE r.municipality_id = current_organisation() AND r.used_right = 'access' AND r.state = 'given'
             AND r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '') $$;

-- What a postponement hides at this moment is hidden here too: a signal, and the matches it is in.
CREATE FUNCTION is_hidden_match(p_subject bigint, p_match bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = p_subject AND p.match_id = p_match
                            AND p.hidden_until > transaction_time()) $$;

CREATE FUNCTION is_hidden_organisation(p_subject bigint, p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = p_subject AND g.organisation_id = p_organisation
                            AND g.hidden_until > transaction_time()) $$;

-- The signals that a letter opens: that of the letter itself, or those of the organisations a request for consent names,
-- in its match.
CREATE FUNCTION is_letter_signal(p_subject bigint, p_signal bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM letter l
                          WHERE l.subject_id = p_subject AND l.signal_id = p_signal
                            AND is_person(l.subject_id, NULL, l.id) AND l.code_until > transaction_time())
              OR EXISTS (SELECT FROM match_party p
                           JOIN consent c ON c.subject_id = p.subject_id AND c.match_id = p.match_id
                           JOIN consent_party n ON n.subject_id = c.subject_id AND n.consent_id = c.id
                                               AND n.organisation_id = p.organisation_id
                          WHERE p.subject_id = p_subject AND p.signal_id = p_signal
                            AND p.visible_at <= transaction_time() AND current_family(c.subject_id, c.id)) $$;

CREATE FUNCTION is_letter_organisation(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM letter l JOIN signal g ON g.subject_id = l.subject_id AND g.id = l.signal_id
                          WHERE p_organisation IN (g.organisation_id, g.delegate_id)
                            AND is_person(l.subject_id, NULL, l.id)) $$;

-- Organisations that the municipality learns of: by an objection to a signal of theirs, or by a file it gives.
CREATE FUNCTION is_objected_to(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM objection o
                          WHERE o.organisation_id = p_organisation AND o.municipality_id = current_organisation()) $$;

CREATE FUNCTION is_in_access_file(p_organisation integer) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT EXISTS (SELECT FROM signal g
                          WHERE g.subject_id = access_subject() AND p_organisation IN (g.organisation_id, g.delegate_id)
                            AND (g.hidden_until > transaction_time()) IS NOT TRUE)
              OR EXISTS (SELECT FROM match_party p
                          WHERE p.subject_id = access_subject() AND p.organisation_id = p_organisation
                            AND NOT is_hidden_match(p.subject_id, p.match_id))
              OR EXISTS (SELECT FROM consent_party n
                          WHERE n.subject_id = access_subject() AND n.organisation_id = p_organisation
                            AND NOT is_hidden_organisation(n.subject_id, n.organisation_id)) $$;

-- The municipality that answers for a signal: that of its match, when that was handed over to another, or of its covenant.
CREATE FUNCTION municipality_for_signal(p_subject bigint, p_signal bigint) RETURNS integer
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT coalesce((SELECT m.municipality_id FROM match_party p
                             JOIN match_case m ON m.subject_id = p.subject_id AND m.id = p.match_id
                            WHERE p.subject_id = g.subject_id AND p.signal_id = g.id AND m.state <> 'closed'
                            ORDER BY m.id DESC LIMIT 1), c.municipality_id)
            FROM signal g JOIN organisation o ON o.id = g.organisation_id JOIN covenant c ON c.id = o.covenant_id
           WHERE g.subject_id = p_subject AND g.id = p_signal $$;

CREATE FUNCTION state_of_objection(p_subject bigint, p_objection bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT CASE WHEN o.state = 'open' AND o.signal_id IS NULL THEN 'lapsed' ELSE o.state END
            FROM objection o
           WHERE o.subject_id = p_subject AND o.id = p_objection $$;

CREATE FUNCTION signal_of_objection(p_subject bigint, p_objection bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.signal_id FROM objection o WHERE o.subject_id = p_subject AND o.id = p_objection $$;

CREATE FUNCTION tag_of_objection(p_subject bigint, p_objection bigint) RETURNS uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    AS $$ SELECT o.log_tag FROM objection o WHERE o.subject_id = p_subject AND o.id = p_objection $$;

GRANT tp_matcher TO CURRENT_USER;
GRANT CREATE ON SCHEMA public TO tp_matcher;
ALTER FUNCTION access_subject OWNER TO tp_matcher;
ALTER FUNCTION is_hidden_match OWNER TO tp_matcher;
ALTER FUNCTION is_hidden_organisation OWNER TO tp_matcher;
ALTER FUNCTION is_letter_signal OWNER TO tp_matcher;
ALTER FUNCTION is_letter_organisation OWNER TO tp_matcher;
ALTER FUNCTION is_objected_to OWNER TO tp_matcher;
ALTER FUNCTION is_in_access_file OWNER TO tp_matcher;
ALTER FUNCTION municipality_for_signal OWNER TO tp_matcher;
ALTER FUNCTION state_of_objection OWNER TO tp_matcher;
ALTER FUNCTION signal_of_objection OWNER TO tp_matcher;
ALTER FUNCTION tag_of_objection OWNER TO tp_matcher;
REVOKE CREATE ON SCHEMA public FROM tp_matcher;
REVOKE tp_matcher FROM CURRENT_USER;

-- ---------------------------------------------------------------------------------------------------
-- Rights and row-level security
-- ---------------------------------------------------------------------------------------------------

ALTER TABLE letter           ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE objection        ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE objection_advice ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE rights_request   ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;

GRANT SELECT, INSERT ON letter, objection, objection_advice, rights_request TO tp_party;
GRANT UPDATE (state, decided_at) ON objection, rights_request TO tp_party;
GRANT UPDATE (advice, advised_at) ON objection_advice TO tp_party;
GRANT USAGE ON SEQUENCE letter_id, objection_id, rights_request_id TO tp_party;

-- An organisation issues letters for its own signals and never reads them back; a person's own letter opens itself.
CREATE POLICY party_issues ON letter FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM signal g WHERE g.subject_id = letter.subject_id AND g.id = letter.signal_id
                           AND g.organisation_id = current_organisation()));
CREATE POLICY family ON letter FOR SELECT TO tp_party USING (code_hash = current_credential());

-- A person of the family objects to what the letter opens, reads what they made themselves, and takes it back.
CREATE POLICY family_objects ON objection FOR INSERT TO tp_party
    WITH CHECK (is_person(subject_id, signatory_id, letter_id) AND state = 'open'
                AND (is_letter_signal(subject_id, signal_id) OR is_family_signal(subject_id, signal_id)));
CREATE POLICY family_reads ON objection FOR SELECT TO tp_party USING (is_person(subject_id, signatory_id, letter_id));
CREATE POLICY family_withdraws ON objection FOR UPDATE TO tp_party
    USING (is_person(subject_id, signatory_id, letter_id)) WITH CHECK (state = 'withdrawn');
CREATE POLICY municipality ON objection FOR SELECT TO tp_party USING (municipality_id = current_organisation());
CREATE POLICY family_objects ON objection_advice FOR INSERT TO tp_party
    WITH CHECK (EXISTS (SELECT FROM objection o WHERE o.subject_id = objection_advice.subject_id
                           AND o.id = objection_advice.objection_id AND o.organisation_id = objection_advice.organisation_id
                           AND is_person(o.subject_id, o.signatory_id, o.letter_id)));
CREATE POLICY party_reads ON objection_advice FOR SELECT TO tp_party USING (organisation_id = current_organisation());
CREATE POLICY party_advises ON objection_advice FOR UPDATE TO tp_party USING (organisation_id = current_organisation());
-- The policies of the objection say whose it is.
CREATE POLICY with_objection ON objection_advice FOR SELECT TO tp_party
    USING (EXISTS (SELECT FROM objection o WHERE o.subject_id = objection_advice.subject_id
                      AND o.id = objection_advice.objection_id));

CREATE POLICY family_asks ON rights_request FOR INSERT TO tp_party
    WITH CHECK (is_person(subject_id, signatory_id, letter_id) AND state = 'requested');
CREATE POLICY family_reads ON rights_request FOR SELECT TO tp_party
    USING (is_person(subject_id, signatory_id, letter_id));
CREATE POLICY family_withdraws ON rights_request FOR UPDATE TO tp_party
    USING (is_person(subject_id, signatory_id, letter_id)) WITH CHECK (state = 'withdrawn');
CREATE POLICY municipality ON rights_request FOR SELECT TO tp_party USING (municipality_id = current_organisation());

-- What a letter opens beside what the family's door showed before: signals, and the parties a request names.
CREATE POLICY letter ON signal FOR SELECT TO tp_party
    USING (is_letter_signal(subject_id, id) AND (hidden_until > transaction_time()) IS NOT TRUE);
CREATE POLICY family ON match_party FOR SELECT TO tp_party
    USING (is_family_match(subject_id, match_id) AND is_named_to_family(organisation_id)
           AND NOT is_hidden_match(subject_id, match_id));
CREATE POLICY family ON message FOR SELECT TO tp_party
    USING (is_family_match(subject_id, match_id) AND is_named_to_family(sender_id) AND is_named_to_family(recipient_id)
           AND NOT is_hidden_match(subject_id, match_id));
CREATE POLICY family ON disclosure FOR SELECT TO tp_party
    USING (is_letter_signal(subject_id, signal_id) OR is_family_signal(subject_id, signal_id));
CREATE POLICY letter ON organisation FOR SELECT TO tp_party USING (is_letter_organisation(id));
CREATE POLICY objection ON organisation FOR SELECT TO tp_party USING (is_objected_to(id));

-- The file about a child, in the one transaction that makes it.
CREATE POLICY access ON organisation FOR SELECT TO tp_party USING (is_in_access_file(id));
CREATE POLICY access ON signal FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND (hidden_until > transaction_time()) IS NOT TRUE);
CREATE POLICY access ON match_case FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, id));
CREATE POLICY access ON match_party FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND visible_at <= transaction_time()
           AND NOT is_hidden_match(subject_id, match_id));
CREATE POLICY access ON viewing FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, match_id));
CREATE POLICY access ON message FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND NOT is_hidden_match(subject_id, match_id));
-- What others asked stays readable, without naming who is hidden.
CREATE POLICY access ON consent FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND NOT is_hidden_organisation(subject_id, requested_by));
CREATE POLICY access ON consent_party FOR SELECT TO tp_party
    USING (subject_id = access_subject() AND NOT is_hidden_organisation(subject_id, organisation_id));
CREATE POLICY access ON disclosure    FOR SELECT TO tp_party USING (subject_id = access_subject());
CREATE POLICY access ON objection     FOR SELECT TO tp_party USING (subject_id = access_subject());
CREATE POLICY access ON rights_request FOR SELECT TO tp_party USING (subject_id = access_subject());
-- Of those who were asked, only the one who asks for the file.
CREATE POLICY access ON signatory FOR SELECT TO tp_party
    USING (subject_id = access_subject()
           AND EXISTS (SELECT FROM rights_request r
                        WHERE r.subject_id = signatory.subject_id AND r.signatory_id = signatory.id
                          AND r.subject_id || ':' || r.id = NULLIF(current_setting('app.access', true), '')));

-- tp_matcher: decides in one transaction with what follows for the signal, tells, and destroys with the child.
GRANT SELECT (subject_id, id, signal_id, role, number, code_until), UPDATE (subject_id), DELETE ON letter TO tp_matcher;
GRANT SELECT, UPDATE (signal_id, state, decided_at, reasons), DELETE ON objection TO tp_matcher;
GRANT SELECT, UPDATE (noticed_at), DELETE ON objection_advice TO tp_matcher;
GRANT SELECT, UPDATE (state, due_at, extended_at, decided_at, reason), DELETE ON rights_request TO tp_matcher;
CREATE POLICY matcher ON letter           TO tp_matcher USING (true);
CREATE POLICY matcher ON objection        TO tp_matcher USING (true);
CREATE POLICY matcher ON objection_advice TO tp_matcher USING (true);
CREATE POLICY matcher ON rights_request   TO tp_matcher USING (true);
