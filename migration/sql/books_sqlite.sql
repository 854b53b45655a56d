-- A changed CHECK without copying the table, the way SQLite documents it (ALTER TABLE, section 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (total = items_total + shipping_cost - discount)',
    'CHECK (total = items_total + shipping_cost - discount + CASE WHEN tax_mode = ''added'' THEN tax ELSE 0 END)')
    WHERE type = 'table' AND name = 'orders';
PRAGMA writable_schema = RESET;

DROP TRIGGER ledger_entry_no_update;
UPDATE ledger_entry SET gateway = COALESCE((SELECT p.gateway FROM ledger_transaction t JOIN payment p ON p.id = t.payment_id
    WHERE t.id = ledger_entry.transaction_id), 'sandbox') WHERE account = 'gateway_clearing';
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END;
CREATE TRIGGER ledger_entry_gateway BEFORE INSERT ON ledger_entry WHEN NEW.account IN ('gateway_clearing', 'gateway_fee') AND NEW.gateway IS NULL
    BEGIN SELECT RAISE(ABORT, 'ledger_entry without its gateway'); END;

CREATE TRIGGER ledger_transaction_no_update BEFORE UPDATE ON ledger_transaction BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;
CREATE TRIGGER ledger_transaction_no_delete BEFORE DELETE ON ledger_transaction BEGIN SELECT RAISE(ABORT, 'ledger_transaction is append-only'); END;
