-- Proven emails, links by email, the second factor.

ALTER TABLE app_user ADD COLUMN email_verified_at {time};
-- The second factor is asked for since; NULL: off.
ALTER TABLE app_user ADD COLUMN two_factor_at {time};
-- Whoever registered before emails were verified is not locked out.
UPDATE app_user SET email_verified_at = created_at;

-- One row per link sent by email. Its secret is derived from the id and the installation's secret.
CREATE TABLE account_link (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    purpose TEXT NOT NULL CHECK (purpose IN ('reset_password', 'verify_email')),
    token_hash TEXT NOT NULL UNIQUE,
    created_at {time} NOT NULL,
    expires_at {time} NOT NULL,
    used_at {time}
);
-- A new link replaces the one before.
CREATE UNIQUE INDEX account_link_open ON account_link (user_id, purpose) WHERE used_at IS NULL;
CREATE INDEX account_link_expiry ON account_link (expires_at);

-- Secret of the authenticator app; in force when app_user.two_factor_at is set, else being set up.
CREATE TABLE two_factor (
    user_id {uuid} PRIMARY KEY REFERENCES app_user (id),
    -- Sealed (XChaCha20-Poly1305) with a key derived from the installation's secret, base64.
    secret TEXT NOT NULL,
    -- 30-second step of the last code that was taken: each works once.
    last_step BIGINT NOT NULL,
    created_at {time} NOT NULL
);

CREATE TABLE recovery_code (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    code_hash TEXT NOT NULL,
    used_at {time}
);
CREATE UNIQUE INDEX recovery_code_user ON recovery_code (user_id, code_hash);
