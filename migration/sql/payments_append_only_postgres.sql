CREATE TRIGGER refund_event_append_only BEFORE UPDATE OR DELETE ON refund_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
