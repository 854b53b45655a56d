-- When gateways are next asked what became of a payment; NULL: not any more.
ALTER TABLE payment ADD COLUMN ask_at {time};
CREATE INDEX payment_ask ON payment (ask_at) WHERE ask_at IS NOT NULL;
