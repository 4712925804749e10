-- Whoever is in can log in at a broker beside that. While they are there, their session remembers for whom it waits.

-- The cookie of the session does not travel when the broker sends the browser back, because another site leads here then.
-- A second one does, which is good for nothing else: by its hash the session is found, once.
ALTER TABLE portal_session
    ADD COLUMN login_hash  bytea UNIQUE CHECK (octet_length(login_hash) = 32),
    ADD COLUMN login_until timestamptz,
    ADD CONSTRAINT portal_session_login CHECK ((login_hash IS NULL) = (login_until IS NULL));
COMMENT ON COLUMN portal_session.login_hash  IS '(hash) of the cookie with which its reader comes back from logging in; NULL when they never went there';
COMMENT ON COLUMN portal_session.login_until IS '(plain) until when they may come back, real time; past when they did';

GRANT UPDATE (login_hash, login_until) ON portal_session TO tp_party;
CREATE POLICY family_comes_back ON portal_session FOR SELECT TO tp_party
    USING (login_hash = current_credential());
-- What is used up keeps its hash, so that nobody can use it a second time.
CREATE POLICY family_came_back ON portal_session FOR UPDATE TO tp_party
    USING (login_hash = current_credential()) WITH CHECK (login_hash = current_credential());
