CREATE TRIGGER refund_event_no_update BEFORE UPDATE ON refund_event BEGIN SELECT RAISE(ABORT, 'refund_event is append-only'); END;
CREATE TRIGGER refund_event_no_delete BEFORE DELETE ON refund_event BEGIN SELECT RAISE(ABORT, 'refund_event is append-only'); END;
