-- Stores and who works in them.

CREATE TABLE store (
    id {uuid} PRIMARY KEY,
    owner_id {uuid} NOT NULL REFERENCES app_user (id),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    location TEXT NOT NULL,
    logo_key TEXT,
    banner_key TEXT,
    is_open BOOLEAN NOT NULL DEFAULT TRUE,
    stock_policy TEXT NOT NULL DEFAULT 'reserve_at_checkout' CHECK (stock_policy IN ('reserve_at_checkout', 'deduct_at_payment')),
    -- Ten-thousandths of the order total.
    commission_bps BIGINT NOT NULL DEFAULT 0 CHECK (commission_bps BETWEEN 0 AND 10000),
    -- Hours ahead of UTC: 7 (WIB), 8 (WITA), 9 (WIT).
    utc_offset_hours INTEGER NOT NULL DEFAULT 7,
    rating_sum BIGINT NOT NULL DEFAULT 0,
    rating_count BIGINT NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX store_owner ON store (owner_id);
CREATE INDEX store_location ON store (location);

CREATE TABLE user_role (
    id {uuid} PRIMARY KEY,
    user_id {uuid} NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
    role_id {uuid} NOT NULL REFERENCES role (id),
    -- NULL: the whole platform.
    store_id {uuid} REFERENCES store (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX user_role_platform ON user_role (user_id, role_id) WHERE store_id IS NULL;
CREATE UNIQUE INDEX user_role_store ON user_role (user_id, role_id, store_id) WHERE store_id IS NOT NULL;
