-- Commission, tax, payouts, settlements.

-- Whose rate counts: that of the store, else of the nearest category, else of the platform.
CREATE TABLE rate (
    id {uuid} PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('commission', 'commission_tax')),
    category_id {uuid} REFERENCES category (id),
    store_id {uuid} REFERENCES store (id),
    -- Ten-thousandths.
    basis_points BIGINT NOT NULL CHECK (basis_points BETWEEN 0 AND 10000),
    updated_at {time} NOT NULL,
    CHECK (category_id IS NULL OR store_id IS NULL)
);
CREATE UNIQUE INDEX rate_platform ON rate (kind) WHERE category_id IS NULL AND store_id IS NULL;
CREATE UNIQUE INDEX rate_category ON rate (kind, category_id) WHERE category_id IS NOT NULL;
CREATE UNIQUE INDEX rate_store ON rate (kind, store_id) WHERE store_id IS NOT NULL;
INSERT INTO rate (id, kind, store_id, basis_points, updated_at)
    SELECT id, 'commission', id, commission_bps, updated_at FROM store WHERE commission_bps > 0;
ALTER TABLE store DROP COLUMN commission_bps;

ALTER TABLE store ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'none' CHECK (tax_mode IN ('none', 'included', 'added'));
ALTER TABLE store ADD COLUMN tax_bps BIGINT NOT NULL DEFAULT 1100 CHECK (tax_bps BETWEEN 0 AND 10000);

-- As at the sale. Tax that is added is part of the total, tax that is included part of the prices.
ALTER TABLE orders ADD COLUMN tax_mode TEXT NOT NULL DEFAULT 'none' CHECK (tax_mode IN ('none', 'included', 'added'));
ALTER TABLE orders ADD COLUMN tax_bps BIGINT NOT NULL DEFAULT 0 CHECK (tax_bps BETWEEN 0 AND 10000);
ALTER TABLE orders ADD COLUMN tax BIGINT NOT NULL DEFAULT 0 CHECK (tax >= 0);
ALTER TABLE orders ADD COLUMN commission_tax BIGINT NOT NULL DEFAULT 0 CHECK (commission_tax >= 0);
ALTER TABLE order_line ADD COLUMN commission BIGINT NOT NULL DEFAULT 0 CHECK (commission >= 0);
ALTER TABLE order_line ADD COLUMN commission_bps BIGINT NOT NULL DEFAULT 0 CHECK (commission_bps BETWEEN 0 AND 10000);
-- Older orders knew the sum only: it stands on their first line.
UPDATE order_line SET commission = (SELECT o.commission FROM orders o WHERE o.id = order_line.order_id) WHERE position = 0;

-- Which gateway holds the money, or took the fee.
ALTER TABLE ledger_entry ADD COLUMN gateway TEXT;
DROP INDEX ledger_entry_account;
CREATE INDEX ledger_entry_balance ON ledger_entry (account, store_id, gateway, amount);
CREATE INDEX ledger_entry_store ON ledger_entry (store_id, account, created_at);
CREATE INDEX ledger_entry_time ON ledger_entry (created_at);
CREATE INDEX ledger_transaction_time ON ledger_transaction (created_at, id);
CREATE INDEX ledger_transaction_kind ON ledger_transaction (kind, created_at);
CREATE INDEX ledger_transaction_payment ON ledger_transaction (payment_id);

-- Where a store wants its money.
CREATE TABLE payout_account (
    store_id {uuid} PRIMARY KEY REFERENCES store (id),
    bank TEXT NOT NULL,
    account_number TEXT NOT NULL,
    holder TEXT NOT NULL,
    -- Payouts wait a day after a change.
    changed_at {time} NOT NULL
);

CREATE TABLE payout_batch (
    id {uuid} PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    created_by {uuid} NOT NULL REFERENCES app_user (id),
    created_at {time} NOT NULL
);
CREATE INDEX payout_batch_time ON payout_batch (created_at);

CREATE TABLE payout (
    id {uuid} PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    store_id {uuid} NOT NULL REFERENCES store (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    status TEXT NOT NULL CHECK (status IN ('requested', 'approved', 'sent', 'settled', 'refused', 'failed')),
    -- As when it was asked for.
    bank TEXT NOT NULL,
    account_number TEXT NOT NULL,
    holder TEXT NOT NULL,
    requested_by {uuid} NOT NULL REFERENCES app_user (id),
    requested_at {time} NOT NULL,
    decided_by {uuid} REFERENCES app_user (id),
    decided_at {time},
    batch_id {uuid} REFERENCES payout_batch (id),
    -- The bank's, once it is settled.
    reference TEXT,
    -- Why it was refused or failed.
    reason TEXT,
    closed_at {time}
);
-- One at a time per store.
CREATE UNIQUE INDEX payout_open ON payout (store_id) WHERE status IN ('requested', 'approved', 'sent');
CREATE INDEX payout_store ON payout (store_id, requested_at);
CREATE INDEX payout_status ON payout (status, requested_at);
CREATE INDEX payout_batch_of ON payout (batch_id);

-- What gateways say they paid out to us.
CREATE TABLE settlement_import (
    id {uuid} PRIMARY KEY,
    gateway TEXT NOT NULL,
    file_name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    imported_by {uuid} NOT NULL REFERENCES app_user (id),
    imported_at {time} NOT NULL,
    UNIQUE (gateway, sha256)
);
CREATE INDEX settlement_import_time ON settlement_import (imported_at);

CREATE TABLE settlement_line (
    id {uuid} PRIMARY KEY,
    import_id {uuid} NOT NULL REFERENCES settlement_import (id),
    gateway TEXT NOT NULL,
    line INTEGER NOT NULL,
    -- As in the report.
    reference TEXT NOT NULL,
    gross BIGINT NOT NULL,
    fee BIGINT NOT NULL CHECK (fee >= 0),
    payment_id {uuid} REFERENCES payment (id),
    -- What we have from the payment at the gateway.
    expected BIGINT,
    outcome TEXT NOT NULL CHECK (outcome IN ('matched', 'amount_differs', 'unknown', 'repeated'))
);
-- The same money arrives once, in whatever file.
CREATE UNIQUE INDEX settlement_line_payment ON settlement_line (payment_id) WHERE outcome = 'matched';
CREATE INDEX settlement_line_import ON settlement_line (import_id, outcome, line);
CREATE INDEX settlement_line_outcome ON settlement_line (outcome, gateway);
CREATE INDEX payment_unsettled ON payment (status, paid_at, id);
