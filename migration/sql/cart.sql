CREATE TABLE cart (
    id {uuid} PRIMARY KEY,
    user_id {uuid} UNIQUE REFERENCES app_user (id),
    -- SHA-256 of a guest's cookie.
    token_hash TEXT UNIQUE,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL,
    CHECK (user_id IS NOT NULL OR token_hash IS NOT NULL)
);

CREATE TABLE cart_item (
    id {uuid} PRIMARY KEY,
    cart_id {uuid} NOT NULL REFERENCES cart (id) ON DELETE CASCADE,
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    -- Price the buyer last saw and accepted.
    seen_price BIGINT NOT NULL CHECK (seen_price > 0),
    is_selected BOOLEAN NOT NULL DEFAULT TRUE,
    is_saved BOOLEAN NOT NULL DEFAULT FALSE,
    created_at {time} NOT NULL,
    UNIQUE (cart_id, variant_id)
);
CREATE INDEX cart_item_variant ON cart_item (variant_id);
