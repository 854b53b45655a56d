ALTER TABLE orders DROP CONSTRAINT orders_check;
ALTER TABLE orders ADD CONSTRAINT orders_total_adds_up
    CHECK (total = items_total + shipping_cost - discount + CASE WHEN tax_mode = 'added' THEN tax ELSE 0 END);

ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only;
UPDATE ledger_entry SET gateway = COALESCE((SELECT p.gateway FROM ledger_transaction t JOIN payment p ON p.id = t.payment_id
    WHERE t.id = ledger_entry.transaction_id), 'sandbox') WHERE account = 'gateway_clearing';
ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_append_only;
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_gateway CHECK (account NOT IN ('gateway_clearing', 'gateway_fee') OR gateway IS NOT NULL);

CREATE TRIGGER ledger_transaction_append_only BEFORE UPDATE OR DELETE ON ledger_transaction FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- At the commit: by then all entries are there.
CREATE FUNCTION refuse_unbalanced() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT SUM(amount) FROM ledger_entry WHERE transaction_id = NEW.transaction_id) <> 0 THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id;
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_entry_balanced AFTER INSERT ON ledger_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse_unbalanced();
