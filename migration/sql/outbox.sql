-- An event has the time of its next try; until now it had the time it was last handed out.

DROP INDEX outbox_waiting;
DROP INDEX outbox_open;
-- The default lets every open event be looked at once more.
ALTER TABLE outbox ADD COLUMN due_at {time} NOT NULL DEFAULT '2026-01-01T00:00:00+00:00';
ALTER TABLE outbox DROP COLUMN dispatched_at;
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE done_at IS NULL AND dead_at IS NULL;
