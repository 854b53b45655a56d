-- Which attempt the money had come in: what paid no order is not taken from orders.
ALTER TABLE payment_dispute ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
UPDATE payment_dispute SET attempt = (SELECT p.attempt FROM payment p WHERE p.id = payment_dispute.payment_id);

-- A refund made on a gateway's own pages names the charge.
CREATE INDEX payment_attempt_reference ON payment_attempt (gateway, gateway_reference);
