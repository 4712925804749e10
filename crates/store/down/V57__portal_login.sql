DROP POLICY family_came_back ON portal_session;
DROP POLICY family_comes_back ON portal_session;
ALTER TABLE portal_session
    DROP CONSTRAINT portal_session_login,
    DROP COLUMN login_until,
    DROP COLUMN login_hash;
