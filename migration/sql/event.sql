-- Outbox, emails, schedules, figures.

CREATE TABLE outbox (
    id {uuid} PRIMARY KEY,
    kind TEXT NOT NULL,
    payload {json} NOT NULL,
    created_at {time} NOT NULL,
    -- Handed to the job queue.
    dispatched_at {time},
    -- Handled to the end.
    done_at {time},
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    -- Given up after the last attempt: waits for a person.
    dead_at {time}
);
CREATE INDEX outbox_waiting ON outbox (created_at) WHERE dispatched_at IS NULL;
CREATE INDEX outbox_open ON outbox (dispatched_at) WHERE done_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_dead ON outbox (dead_at) WHERE dead_at IS NOT NULL;

CREATE TABLE email (
    id {uuid} PRIMARY KEY,
    -- One email per cause and recipient: `order_shipped:<order>:<user>`.
    dedupe_key TEXT NOT NULL UNIQUE,
    template TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    html TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at {time} NOT NULL,
    claimed_at {time},
    sent_at {time}
);
CREATE INDEX email_created ON email (created_at);
CREATE INDEX email_unsent ON email (created_at) WHERE sent_at IS NULL;

-- Each tick of each schedule runs on exactly one node.
CREATE TABLE job_run (
    job TEXT NOT NULL,
    tick TEXT NOT NULL,
    node TEXT NOT NULL,
    started_at {time} NOT NULL,
    finished_at {time},
    outcome TEXT,
    PRIMARY KEY (job, tick)
);

-- Revenue by day of delivery in the store's time zone, kept up in the transaction that delivers.
CREATE TABLE sales_daily (
    store_id {uuid} NOT NULL REFERENCES store (id),
    day {date} NOT NULL,
    revenue BIGINT NOT NULL DEFAULT 0,
    orders BIGINT NOT NULL DEFAULT 0,
    items BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, day)
);

CREATE TABLE product_sales_daily (
    store_id {uuid} NOT NULL REFERENCES store (id),
    day {date} NOT NULL,
    product_id {uuid} NOT NULL REFERENCES product (id),
    quantity BIGINT NOT NULL DEFAULT 0,
    revenue BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id, day, product_id)
);
