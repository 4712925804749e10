-- The rows that one signal makes, as somebody would lay them who writes this in an afternoon: one function, one round trip.
CREATE TABLE subject      (id bigserial PRIMARY KEY);
CREATE TABLE tag          (subject_id bigint NOT NULL REFERENCES subject, tag bytea NOT NULL, PRIMARY KEY (subject_id, tag));
CREATE UNIQUE INDEX tag_by_value ON tag (tag);
CREATE TABLE signal       (id bigserial PRIMARY KEY, subject_id bigint NOT NULL REFERENCES subject, organisation_id int NOT NULL,
                           public_id uuid NOT NULL, planned_end date NOT NULL, destroy_by text NOT NULL,
                           created_at timestamptz NOT NULL, UNIQUE (subject_id, organisation_id));
CREATE TABLE contact      (signal_id bigint PRIMARY KEY REFERENCES signal, professional bytea NOT NULL);
CREATE TABLE answer       (organisation_id int NOT NULL, key text NOT NULL, fingerprint bytea NOT NULL, body text NOT NULL,
                           created_at timestamptz NOT NULL, PRIMARY KEY (organisation_id, key));
CREATE TABLE leaf         (event_id uuid PRIMARY KEY, leaf bytea NOT NULL);
CREATE TABLE opening      (event_id uuid PRIMARY KEY, sealed bytea NOT NULL);
CREATE TABLE match_case   (id bigserial PRIMARY KEY, subject_id bigint NOT NULL REFERENCES subject, opened_at timestamptz NOT NULL);
CREATE TABLE match_party  (match_id bigint NOT NULL REFERENCES match_case, organisation_id int NOT NULL, signal_id bigint NOT NULL,
                           PRIMARY KEY (match_id, organisation_id));
CREATE TABLE notice       (id bigserial PRIMARY KEY, match_id bigint NOT NULL REFERENCES match_case, organisation_id int NOT NULL,
                           created_at timestamptz NOT NULL);
CREATE INDEX notice_by_organisation ON notice (organisation_id, id);

CREATE FUNCTION give_signal(p_tag bytea, p_organisation int, p_key text, p_fingerprint bytea, p_public uuid, p_planned_end date,
                            p_destroy_by text, p_professional bytea, p_leaf bytea, p_answer text) RETURNS text
    LANGUAGE plpgsql AS $$
DECLARE
    v_known   text;
    v_subject bigint;
    v_signal  bigint;
    v_match   bigint;
    v_event   uuid;
BEGIN
    SELECT a.body INTO v_known FROM answer a WHERE a.organisation_id = p_organisation AND a.key = p_key;
    IF FOUND THEN
        RETURN v_known;
    END IF;
    SELECT t.subject_id INTO v_subject FROM tag t WHERE t.tag = p_tag;
    IF NOT FOUND THEN
        INSERT INTO subject DEFAULT VALUES RETURNING id INTO v_subject;
        INSERT INTO tag VALUES (v_subject, p_tag);
    END IF;
    PERFORM FROM subject s WHERE s.id = v_subject FOR UPDATE;
    INSERT INTO signal (subject_id, organisation_id, public_id, planned_end, destroy_by, created_at)
    VALUES (v_subject, p_organisation, p_public, p_planned_end, p_destroy_by, now()) RETURNING id INTO v_signal;
    INSERT INTO contact VALUES (v_signal, p_professional);
    v_event := gen_random_uuid();
    INSERT INTO leaf VALUES (v_event, p_leaf);
    INSERT INTO opening VALUES (v_event, p_professional);
    IF EXISTS (SELECT FROM signal g WHERE g.subject_id = v_subject AND g.id <> v_signal) THEN
        INSERT INTO match_case (subject_id, opened_at) VALUES (v_subject, now()) RETURNING id INTO v_match;
        INSERT INTO match_party SELECT v_match, g.organisation_id, g.id FROM signal g WHERE g.subject_id = v_subject;
        INSERT INTO notice (match_id, organisation_id, created_at)
        SELECT v_match, g.organisation_id, now() FROM signal g WHERE g.subject_id = v_subject;
        v_event := gen_random_uuid();
        INSERT INTO leaf VALUES (v_event, p_leaf);
    END IF;
    INSERT INTO answer VALUES (p_organisation, p_key, p_fingerprint, p_answer, now());
    RETURN p_answer;
END $$;
