-- Checkout groups, orders and their lines.

-- First answer of a request that must not happen twice.
CREATE TABLE idempotency_key (
    caller_id {uuid} NOT NULL,
    key TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    status INTEGER NOT NULL,
    body {json} NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (caller_id, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

CREATE TABLE order_group (
    id {uuid} PRIMARY KEY,
    buyer_id {uuid} NOT NULL REFERENCES app_user (id),
    total BIGINT NOT NULL CHECK (total >= 0),
    created_at {time} NOT NULL
);

CREATE TABLE orders (
    id {uuid} PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    group_id {uuid} NOT NULL REFERENCES order_group (id),
    store_id {uuid} NOT NULL REFERENCES store (id),
    buyer_id {uuid} NOT NULL REFERENCES app_user (id),
    buyer_name TEXT NOT NULL,
    status TEXT NOT NULL,
    items_total BIGINT NOT NULL CHECK (items_total >= 0),
    shipping_cost BIGINT NOT NULL CHECK (shipping_cost >= 0),
    discount BIGINT NOT NULL DEFAULT 0 CHECK (discount >= 0),
    total BIGINT NOT NULL,
    item_count BIGINT NOT NULL CHECK (item_count > 0),
    -- Commission of the platform, frozen at the sale.
    commission BIGINT NOT NULL DEFAULT 0 CHECK (commission >= 0),
    shipping_service TEXT NOT NULL,
    courier TEXT NOT NULL,
    shipping_name TEXT NOT NULL,
    eta_days TEXT NOT NULL,
    tracking_number TEXT,
    recipient TEXT NOT NULL,
    phone TEXT NOT NULL,
    street TEXT NOT NULL,
    district TEXT NOT NULL,
    regency TEXT NOT NULL,
    province TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    note TEXT NOT NULL DEFAULT '',
    -- Lower case: number, buyer and product names.
    search_text TEXT NOT NULL,
    -- Name and picture of the first line, for lists.
    first_item TEXT NOT NULL,
    first_image_key TEXT,
    created_at {time} NOT NULL,
    shipped_at {time},
    delivered_at {time},
    updated_at {time} NOT NULL,
    CHECK (total = items_total + shipping_cost - discount),
    CHECK (total >= 0)
);
CREATE INDEX orders_group ON orders (group_id);
CREATE INDEX orders_buyer ON orders (buyer_id, created_at);
CREATE INDEX orders_buyer_status ON orders (buyer_id, status, created_at);
CREATE INDEX orders_store ON orders (store_id, created_at);
CREATE INDEX orders_store_status ON orders (store_id, status, created_at);
CREATE INDEX orders_status_age ON orders (status, shipped_at);

CREATE TABLE order_line (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    position INTEGER NOT NULL,
    product_id {uuid} NOT NULL REFERENCES product (id),
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    product_slug TEXT NOT NULL,
    product_name TEXT NOT NULL,
    options {json} NOT NULL,
    sku TEXT NOT NULL,
    image_key TEXT,
    unit_price BIGINT NOT NULL CHECK (unit_price > 0),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    line_total BIGINT NOT NULL,
    weight_grams BIGINT NOT NULL,
    tax BIGINT NOT NULL DEFAULT 0,
    CHECK (line_total = unit_price * quantity)
);
CREATE INDEX order_line_order ON order_line (order_id, position);
CREATE INDEX order_line_product ON order_line (product_id);
CREATE INDEX order_line_variant ON order_line (variant_id);

-- Stock held for an order line.
CREATE TABLE reservation (
    id {uuid} PRIMARY KEY,
    order_line_id {uuid} NOT NULL REFERENCES order_line (id),
    variant_id {uuid} NOT NULL REFERENCES variant (id),
    warehouse_id {uuid} NOT NULL REFERENCES warehouse (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'released', 'dispatched'))
);
CREATE INDEX reservation_line ON reservation (order_line_id);
CREATE INDEX reservation_stock ON reservation (variant_id, warehouse_id, state);

-- Who moved an order, when and why. Append-only.
CREATE TABLE order_event (
    id {uuid} PRIMARY KEY,
    order_id {uuid} NOT NULL REFERENCES orders (id),
    status TEXT NOT NULL,
    party TEXT NOT NULL,
    actor_id {uuid} REFERENCES app_user (id),
    note TEXT,
    created_at {time} NOT NULL
);
CREATE INDEX order_event_order ON order_event (order_id, id);

CREATE TABLE review (
    id {uuid} PRIMARY KEY,
    order_line_id {uuid} NOT NULL UNIQUE REFERENCES order_line (id),
    product_id {uuid} NOT NULL REFERENCES product (id),
    store_id {uuid} NOT NULL REFERENCES store (id),
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    author TEXT NOT NULL,
    variant TEXT NOT NULL DEFAULT '',
    rating INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 5),
    comment TEXT NOT NULL DEFAULT '',
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX review_product ON review (product_id, created_at);
