-- Which decision a line of a bank statement stands behind, and what matching looks for.

-- The proof it was used for; NULL while it is open.
ALTER TABLE bank_statement_line ADD COLUMN proof_id {uuid} REFERENCES payment_proof (id);
UPDATE bank_statement_line SET proof_id = (
    SELECT f.id FROM payment_proof f
    WHERE f.payment_id = bank_statement_line.payment_id AND f.received = bank_statement_line.amount
    ORDER BY f.submitted_at DESC LIMIT 1)
WHERE status = 'used';
-- Half approvals that were refused have kept their line.
UPDATE bank_statement_line SET status = 'open', payment_id = NULL, decided_by = NULL, decided_at = NULL
WHERE status = 'used' AND proof_id IS NULL AND NOT EXISTS (
    SELECT 1 FROM payment_event e
    WHERE e.payment_id = bank_statement_line.payment_id AND e.gateway = 'manual_transfer' AND e.kind = 'paid');
CREATE INDEX bank_statement_line_proof ON bank_statement_line (proof_id);
CREATE INDEX bank_statement_line_amount ON bank_statement_line (amount) WHERE status = 'open';

CREATE INDEX payment_proof_received ON payment_proof (received) WHERE received IS NOT NULL;
CREATE INDEX payment_transfer ON payment (transfer_amount, transfer_account) WHERE transfer_amount IS NOT NULL;
CREATE INDEX payment_transfer_plain ON payment (amount) WHERE transfer_amount IS NOT NULL;
