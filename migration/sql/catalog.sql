-- What is sold.

CREATE TABLE category (
    id {uuid} PRIMARY KEY,
    parent_id {uuid} REFERENCES category (id),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    name_en TEXT NOT NULL,
    position INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX category_parent ON category (parent_id, position);

CREATE TABLE product (
    id {uuid} PRIMARY KEY,
    store_id {uuid} NOT NULL REFERENCES store (id),
    category_id {uuid} NOT NULL REFERENCES category (id),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- Markdown.
    description TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL CHECK (status IN ('draft', 'active', 'archived')),
    weight_grams BIGINT NOT NULL CHECK (weight_grams > 0),
    length_mm BIGINT,
    width_mm BIGINT,
    height_mm BIGINT,
    -- [{"label","value"}]
    specifications {json} NOT NULL,
    -- [{"name","values":[]}]
    options {json} NOT NULL,
    tags {json} NOT NULL,
    -- Over the active variants.
    price_min BIGINT NOT NULL CHECK (price_min > 0),
    price_max BIGINT NOT NULL CHECK (price_max >= price_min),
    -- Storage key of the first picture.
    image_key TEXT,
    -- Kept by the review and inventory features for sorting and filtering.
    rating_sum BIGINT NOT NULL DEFAULT 0,
    rating_count BIGINT NOT NULL DEFAULT 0,
    -- Average stars in hundredths, 0 without reviews.
    rating_avg INTEGER NOT NULL DEFAULT 0,
    sold_count BIGINT NOT NULL DEFAULT 0,
    view_count BIGINT NOT NULL DEFAULT 0,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX product_store ON product (store_id, status, created_at);
CREATE INDEX product_newest ON product (status, created_at);
CREATE INDEX product_price ON product (status, price_min);
CREATE INDEX product_sold ON product (status, sold_count);
CREATE INDEX product_rating ON product (status, rating_avg);
CREATE INDEX product_category ON product (category_id, status, created_at);

CREATE TABLE variant (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES product (id),
    store_id {uuid} NOT NULL REFERENCES store (id),
    sku TEXT NOT NULL,
    barcode TEXT,
    price BIGINT NOT NULL CHECK (price > 0),
    -- {"Warna":"Merah"}
    options {json} NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    image_key TEXT,
    -- FALSE: retired, kept for old orders.
    is_active BOOLEAN NOT NULL DEFAULT TRUE,
    created_at {time} NOT NULL,
    UNIQUE (store_id, sku)
);
CREATE INDEX variant_product ON variant (product_id, position);

CREATE TABLE product_image (
    id {uuid} PRIMARY KEY,
    product_id {uuid} NOT NULL REFERENCES product (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    -- Storage key without size and extension.
    image_key TEXT NOT NULL,
    alt TEXT NOT NULL DEFAULT '',
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created_at {time} NOT NULL
);
CREATE INDEX product_image_product ON product_image (product_id, position);
