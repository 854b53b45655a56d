-- Which money a report settles, who sent a refund, and what came of disputes.

-- A payment may have been paid twice: a line is about one of these.
ALTER TABLE settlement_line ADD COLUMN event_id {uuid} REFERENCES payment_event (id);
UPDATE settlement_line SET event_id = (SELECT e.id FROM payment_event e
    WHERE e.payment_id = settlement_line.payment_id AND e.gateway = settlement_line.gateway AND e.kind = 'paid'
      AND e.outcome <> 'nothing' ORDER BY e.id LIMIT 1) WHERE outcome = 'matched';
DROP INDEX settlement_line_payment;
-- The same money arrives once, in whatever file.
CREATE UNIQUE INDEX settlement_line_event ON settlement_line (event_id) WHERE outcome = 'matched';
CREATE INDEX settlement_line_payment ON settlement_line (payment_id, outcome);
CREATE INDEX payment_event_kind ON payment_event (kind, created_at, id);

-- In which report the gateway took it off what it paid out. One line may be about several refunds.
ALTER TABLE refund ADD COLUMN settlement_line_id {uuid} REFERENCES settlement_line (id);
CREATE INDEX refund_settled ON refund (settlement_line_id);
CREATE INDEX refund_reference ON refund (gateway_reference);

-- What a person found, and what was booked for it: of the orders, and as a loss of the platform.
ALTER TABLE payment_dispute ADD COLUMN outcome TEXT CHECK (outcome IN ('nothing', 'chargeback_lost', 'refund_sent'));
ALTER TABLE payment_dispute ADD COLUMN booked BIGINT NOT NULL DEFAULT 0 CHECK (booked >= 0);
ALTER TABLE payment_dispute ADD COLUMN loss BIGINT NOT NULL DEFAULT 0 CHECK (loss >= 0);
ALTER TABLE payment_dispute ADD COLUMN settlement_line_id {uuid} REFERENCES settlement_line (id);
UPDATE payment_dispute SET outcome = 'nothing' WHERE resolved_at IS NOT NULL;

-- Sent by a person, whether taken over from a gateway or because none could: from our bank.
UPDATE refund SET is_by_hand = TRUE WHERE status = 'succeeded' AND EXISTS
    (SELECT 1 FROM refund_event e WHERE e.refund_id = refund.id AND e.status = 'succeeded' AND e.actor_id IS NOT NULL);
-- Until now these were booked as if the gateway had sent them. A mistake is booked back; transfers came to our own account.
-- The ids are those of the refund and of its history: nothing in the ledger has them.
INSERT INTO ledger_transaction (id, kind, reference, order_id, payment_id, created_at)
    SELECT r.id, 'refund_paid', r.cause || ':bank', r.order_id, r.payment_id, e.created_at
    FROM refund r JOIN payment p ON p.id = r.payment_id
    JOIN refund_event e ON e.refund_id = r.id AND e.status = 'succeeded' AND e.actor_id IS NOT NULL
    LEFT JOIN payment_attempt a ON a.payment_id = p.id AND a.number = r.attempt AND p.attempt <> r.attempt
    WHERE r.status = 'succeeded' AND COALESCE(a.gateway, p.gateway) <> 'manual_transfer';
INSERT INTO ledger_entry (id, transaction_id, account, gateway, amount, created_at)
    SELECT r.id, t.id, 'gateway_clearing', COALESCE(a.gateway, p.gateway), r.amount, t.created_at
    FROM refund r JOIN ledger_transaction t ON t.id = r.id JOIN payment p ON p.id = r.payment_id
    LEFT JOIN payment_attempt a ON a.payment_id = p.id AND a.number = r.attempt AND p.attempt <> r.attempt;
INSERT INTO ledger_entry (id, transaction_id, account, gateway, amount, created_at)
    SELECT e.id, t.id, 'bank', NULL, -r.amount, t.created_at
    FROM refund r JOIN ledger_transaction t ON t.id = r.id
    JOIN refund_event e ON e.refund_id = r.id AND e.status = 'succeeded' AND e.actor_id IS NOT NULL;
