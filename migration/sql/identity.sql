-- People, roles, sessions.

CREATE TABLE app_user (
    id {uuid} PRIMARY KEY,
    email TEXT NOT NULL,
    -- Lower-cased email: unique without regard to case.
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    phone TEXT,
    avatar_key TEXT,
    password_hash TEXT NOT NULL,
    locale TEXT NOT NULL DEFAULT 'id',
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);

CREATE TABLE role (
    id {uuid} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL CHECK (scope IN ('platform', 'store')),
    -- JSON array of permission names.
    permissions {json} NOT NULL,
    is_built_in BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE session (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    device TEXT NOT NULL,
    created_at {time} NOT NULL,
    last_seen_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    revoked_at {time}
);
CREATE INDEX session_by_user ON session (user_id, revoked_at);

-- One row per refresh token ever issued in a session; spent ones are kept to notice replays.
CREATE TABLE refresh_token (
    id {uuid} PRIMARY KEY,
    session_id {uuid} NOT NULL REFERENCES session (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    used_at {time}
);
CREATE INDEX refresh_token_session ON refresh_token (session_id);

CREATE TABLE address (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    label TEXT NOT NULL DEFAULT '',
    recipient TEXT NOT NULL,
    phone TEXT NOT NULL,
    street TEXT NOT NULL,
    district TEXT NOT NULL,
    regency TEXT NOT NULL,
    province TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    created_at {time} NOT NULL
);
CREATE INDEX address_user ON address (user_id, created_at);
CREATE UNIQUE INDEX address_one_default ON address (user_id) WHERE is_default;
