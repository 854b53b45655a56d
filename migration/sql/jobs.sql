-- Runs and events in somebody's hands, letters by their event, indexes for what is cleaned up.

-- When the node that claimed a run was last heard of; the default lets what was left unfinished be taken over.
ALTER TABLE job_run ADD COLUMN beat_at {time} NOT NULL DEFAULT '2026-01-01T00:00:00+00:00';
CREATE INDEX job_run_open ON job_run (job) WHERE finished_at IS NULL;

-- A worker has the event in hand since; NULL: nobody has.
ALTER TABLE outbox ADD COLUMN handed_at {time};
CREATE INDEX outbox_undone ON outbox (id) WHERE done_at IS NULL;
CREATE INDEX outbox_done ON outbox (done_at) WHERE done_at IS NOT NULL;

-- The event that made us write the letter.
ALTER TABLE email ADD COLUMN event_id {uuid};
CREATE INDEX email_unsent_event ON email (event_id) WHERE sent_at IS NULL;
-- What the letter said was removed.
ALTER TABLE email ADD COLUMN blanked_at {time};
CREATE INDEX email_full ON email (created_at) WHERE blanked_at IS NULL AND sent_at IS NOT NULL;

CREATE INDEX refresh_token_expiry ON refresh_token (expires_at);
CREATE INDEX session_expiry ON session (expires_at);
-- Forged ones go after two weeks.
CREATE INDEX webhook_forged ON webhook (is_signed, received_at);
