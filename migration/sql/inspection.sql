-- What gateways sent is looked through, newest first.

ALTER TABLE webhook ADD COLUMN state TEXT NOT NULL DEFAULT 'applied';
UPDATE webhook SET state = CASE WHEN is_signed THEN 'not_applied' ELSE 'forged' END
 WHERE NOT is_signed OR outcome IS NULL OR outcome LIKE 'not understood%'
    OR outcome IN ('unknown reference', 'another gateway''s payment', 'not confirmed');
DROP INDEX webhook_received;
CREATE INDEX webhook_newest ON webhook (received_at, id);
CREATE INDEX webhook_by_state ON webhook (state, received_at, id);
CREATE INDEX webhook_by_gateway ON webhook (gateway, received_at, id);
