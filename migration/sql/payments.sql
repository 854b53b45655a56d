-- Attempts to pay, refunds with approval, disputes, reminders, bank statements.

-- The attempt the buyer is making now is in the payment itself: there is always exactly one.
ALTER TABLE payment ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1 CHECK (attempt BETWEEN 1 AND 20);
-- When it began; NULL: with the payment.
ALTER TABLE payment ADD COLUMN attempted_at {time};
-- When the buyer was reminded to pay.
ALTER TABLE payment ADD COLUMN reminded_at {time};
CREATE INDEX payment_remind ON payment (expires_at) WHERE status = 'pending' AND reminded_at IS NULL;

-- Attempts that were left for another one. Money that still comes this way counts.
CREATE TABLE payment_attempt (
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 20),
    method TEXT NOT NULL,
    gateway TEXT NOT NULL,
    gateway_reference TEXT,
    redirect_url TEXT,
    instructions TEXT,
    transfer_account TEXT,
    transfer_amount BIGINT,
    created_at {time} NOT NULL,
    ended_at {time} NOT NULL,
    PRIMARY KEY (payment_id, number)
);
CREATE INDEX payment_attempt_transfer ON payment_attempt (transfer_account, transfer_amount);
CREATE INDEX payment_attempt_ended ON payment_attempt (ended_at);

-- When the buyer was reminded that the order completes by itself.
ALTER TABLE orders ADD COLUMN reminded_at {time};

-- Which attempt's money goes back.
ALTER TABLE refund ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
-- NULL: the system asked for it.
ALTER TABLE refund ADD COLUMN requested_by {uuid} REFERENCES app_user (id);
ALTER TABLE refund ADD COLUMN note TEXT;
-- Shipping cost contained in the amount.
ALTER TABLE refund ADD COLUMN shipping BIGINT NOT NULL DEFAULT 0 CHECK (shipping >= 0);
-- Whether the goods go back on the shelf.
ALTER TABLE refund ADD COLUMN restock BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE refund ADD COLUMN decided_by {uuid} REFERENCES app_user (id);
ALTER TABLE refund ADD COLUMN decided_at {time};
-- Finance sends it instead of the gateway.
ALTER TABLE refund ADD COLUMN is_by_hand BOOLEAN NOT NULL DEFAULT FALSE;
-- Picture or PDF of the bank transfer that carried it out.
ALTER TABLE refund ADD COLUMN evidence_key TEXT;
ALTER TABLE refund ADD COLUMN evidence_type TEXT;
CREATE INDEX refund_order ON refund (order_id);

CREATE TABLE refund_line (
    refund_id {uuid} NOT NULL REFERENCES refund (id),
    order_line_id {uuid} NOT NULL REFERENCES order_line (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (refund_id, order_line_id)
);
CREATE INDEX refund_line_order ON refund_line (order_line_id);

-- What became of a refund, by whom. Append-only.
CREATE TABLE refund_event (
    id {uuid} PRIMARY KEY,
    refund_id {uuid} NOT NULL REFERENCES refund (id),
    status TEXT NOT NULL,
    actor_id {uuid} REFERENCES app_user (id),
    note TEXT,
    created_at {time} NOT NULL
);
CREATE INDEX refund_event_refund ON refund_event (refund_id, id);

-- Asked for or approved, not yet sent: together with what was sent never more than was paid.
ALTER TABLE payment_split ADD COLUMN refund_held BIGINT NOT NULL DEFAULT 0
    CHECK (refund_held >= 0 AND refunded + refund_held <= amount);
UPDATE payment_split SET refund_held = COALESCE((SELECT SUM(r.amount) FROM refund r
    WHERE r.payment_id = payment_split.payment_id AND r.order_id = payment_split.order_id AND r.status = 'requested'), 0);

-- Money a gateway or bank takes or gives back by itself: a person must look.
CREATE TABLE payment_dispute (
    id {uuid} PRIMARY KEY,
    payment_id {uuid} NOT NULL REFERENCES payment (id),
    event_id {uuid} NOT NULL UNIQUE REFERENCES payment_event (id),
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    opened_at {time} NOT NULL,
    resolved_by {uuid} REFERENCES app_user (id),
    resolved_at {time},
    resolution TEXT
);
CREATE INDEX payment_dispute_open ON payment_dispute (resolved_at, opened_at);
CREATE INDEX payment_dispute_payment ON payment_dispute (payment_id);

-- Layouts of bank statements beside those that are built in.
CREATE TABLE statement_layout (
    id {uuid} PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    definition {json} NOT NULL,
    updated_by {uuid} NOT NULL REFERENCES app_user (id),
    updated_at {time} NOT NULL
);

CREATE TABLE bank_statement (
    id {uuid} PRIMARY KEY,
    layout TEXT NOT NULL,
    -- Number of our account, if the agent chose one.
    account TEXT,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    line_count INTEGER NOT NULL,
    uploaded_by {uuid} NOT NULL REFERENCES app_user (id),
    created_at {time} NOT NULL
);
CREATE INDEX bank_statement_age ON bank_statement (created_at);

-- Money that came in, as the bank says. One row per line of a statement, however often it is uploaded.
CREATE TABLE bank_statement_line (
    id {uuid} PRIMARY KEY,
    statement_id {uuid} NOT NULL REFERENCES bank_statement (id),
    position INTEGER NOT NULL,
    booked_on {date} NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    description TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    -- open, used, dismissed
    status TEXT NOT NULL,
    -- What it paid.
    payment_id {uuid} REFERENCES payment (id),
    decided_by {uuid} REFERENCES app_user (id),
    decided_at {time}
);
CREATE INDEX bank_statement_line_status ON bank_statement_line (status, booked_on, id);
CREATE INDEX bank_statement_line_statement ON bank_statement_line (statement_id, position);
CREATE INDEX bank_statement_line_payment ON bank_statement_line (payment_id);
