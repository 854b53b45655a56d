-- Indexes behind the lists of finance and of the desk, as the plans of their queries ask for them.

-- Orders of all stores, newest first, and of a status.
CREATE INDEX orders_time ON orders (created_at, id);
CREATE INDEX orders_status ON orders (status, created_at);
-- Refunds and payouts of every status.
CREATE INDEX refund_time ON refund (created_at);
CREATE INDEX payout_time ON payout (requested_at);
-- Lines of an account, and what it moved in some days.
CREATE INDEX ledger_entry_account ON ledger_entry (account, created_at);
-- Lines and transactions of a gateway; most entries have none.
CREATE INDEX ledger_entry_gateway ON ledger_entry (gateway, created_at, transaction_id) WHERE gateway IS NOT NULL;
