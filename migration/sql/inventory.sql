-- Stock. Written only by the inventory feature, always together with a movement.

CREATE TABLE warehouse (
    id {uuid} PRIMARY KEY,
    store_id {uuid} NOT NULL REFERENCES store (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    location TEXT NOT NULL,
    is_default BOOLEAN NOT NULL DEFAULT FALSE,
    created_at {time} NOT NULL,
    UNIQUE (store_id, code)
);
CREATE UNIQUE INDEX warehouse_one_default ON warehouse (store_id) WHERE is_default;

CREATE TABLE stock_level (
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    warehouse_id {uuid} NOT NULL REFERENCES warehouse (id),
    store_id {uuid} NOT NULL REFERENCES store (id),
    on_hand BIGINT NOT NULL DEFAULT 0,
    reserved BIGINT NOT NULL DEFAULT 0,
    low_stock_threshold BIGINT NOT NULL DEFAULT 10,
    updated_at {time} NOT NULL,
    PRIMARY KEY (variant_id, warehouse_id),
    CHECK (reserved >= 0),
    CHECK (on_hand >= reserved)
);
CREATE INDEX stock_level_store ON stock_level (store_id, variant_id);

CREATE TABLE stock_movement (
    id {uuid} PRIMARY KEY,
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    warehouse_id {uuid} NOT NULL REFERENCES warehouse (id),
    store_id {uuid} NOT NULL REFERENCES store (id),
    kind TEXT NOT NULL,
    -- Changes, never balances.
    on_hand_delta BIGINT NOT NULL,
    reserved_delta BIGINT NOT NULL,
    reason TEXT,
    -- Order number or the like.
    reference TEXT,
    -- NULL: the system.
    actor_id {uuid} REFERENCES app_user (id),
    created_at {time} NOT NULL,
    CHECK (on_hand_delta <> 0 OR reserved_delta <> 0)
);
CREATE INDEX stock_movement_variant ON stock_movement (variant_id, warehouse_id, id);
