-- Payments and the double-entry ledger.

CREATE TABLE payment (
    id {uuid} PRIMARY KEY,
    group_id {uuid} NOT NULL REFERENCES order_group (id),
    buyer_id {uuid} NOT NULL REFERENCES app_user (id),
    method TEXT NOT NULL,
    gateway TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    status TEXT NOT NULL,
    -- What the gateway calls the payment; NULL until it answered.
    gateway_reference TEXT,
    redirect_url TEXT,
    instructions TEXT,
    expires_at {time} NOT NULL,
    paid_at {time},
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX payment_group ON payment (group_id);
CREATE INDEX payment_due ON payment (status, expires_at);
CREATE INDEX payment_reference ON payment (gateway, gateway_reference);

CREATE TABLE payment_split (
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    order_id {uuid} NOT NULL REFERENCES orders (id),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    refunded BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (payment_id, order_id),
    CHECK (refunded BETWEEN 0 AND amount)
);
CREATE INDEX payment_split_order ON payment_split (order_id);

CREATE TABLE payment_event (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    gateway TEXT NOT NULL,
    gateway_reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    -- What the event did: settled, closed, nothing, or the reason the money goes back.
    outcome TEXT NOT NULL,
    created_at {time} NOT NULL,
    UNIQUE (gateway, gateway_reference, kind, amount)
);
CREATE INDEX payment_event_payment ON payment_event (payment_id, id);

-- Every webhook as it came, stored before it is interpreted.
CREATE TABLE webhook (
    id {uuid} PRIMARY KEY,
    gateway TEXT NOT NULL,
    body TEXT NOT NULL,
    is_signed BOOLEAN NOT NULL,
    outcome TEXT,
    received_at {time} NOT NULL,
    processed_at {time}
);
CREATE INDEX webhook_received ON webhook (gateway, received_at);

CREATE TABLE refund (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    -- NULL: money that belongs to no order (late, double, wrong amount).
    order_id {uuid} REFERENCES orders (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL,
    status TEXT NOT NULL,
    gateway_reference TEXT,
    -- One refund per cause: cancel of an order, or an unexpected payment event.
    cause TEXT NOT NULL UNIQUE,
    attempts INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    created_at {time} NOT NULL,
    updated_at {time} NOT NULL
);
CREATE INDEX refund_payment ON refund (payment_id);
CREATE INDEX refund_status ON refund (status, created_at);

CREATE TABLE ledger_transaction (
    id {uuid} PRIMARY KEY,
    kind TEXT NOT NULL,
    -- What it records, once: payment event, order or refund id.
    reference TEXT NOT NULL,
    order_id {uuid} REFERENCES orders (id),
    payment_id {uuid} REFERENCES payment (id),
    created_at {time} NOT NULL,
    UNIQUE (kind, reference)
);
CREATE INDEX ledger_transaction_order ON ledger_transaction (order_id);

CREATE TABLE ledger_entry (
    id {uuid} PRIMARY KEY,
    transaction_id {uuid} NOT NULL REFERENCES ledger_transaction (id),
    account TEXT NOT NULL,
    store_id {uuid} REFERENCES store (id),
    -- Debit positive, credit negative.
    amount BIGINT NOT NULL CHECK (amount <> 0),
    created_at {time} NOT NULL
);
CREATE INDEX ledger_entry_transaction ON ledger_entry (transaction_id);
CREATE INDEX ledger_entry_account ON ledger_entry (account, store_id);
