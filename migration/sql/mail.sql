-- Letters, who does not want them, jobs run by hand, nightly checks of the books.

ALTER TABLE email ADD COLUMN user_id {uuid} REFERENCES app_user (id);
ALTER TABLE email ADD COLUMN locale TEXT NOT NULL DEFAULT 'id';
-- Lower case, for the search of the log.
ALTER TABLE email ADD COLUMN recipient_key TEXT NOT NULL DEFAULT '';
UPDATE email SET recipient_key = lower(recipient);
ALTER TABLE email ADD COLUMN unsubscribe_url TEXT;
ALTER TABLE email ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE email ADD COLUMN last_error TEXT;
-- Refused for good by the mail server.
ALTER TABLE email ADD COLUMN failed_at {time};
CREATE INDEX email_recipient ON email (recipient_key, created_at);
CREATE INDEX email_failed ON email (created_at) WHERE failed_at IS NOT NULL;
CREATE INDEX email_sent ON email (created_at) WHERE sent_at IS NOT NULL;

-- A kind of letter that somebody does not want any more.
CREATE TABLE letter_opt_out (
    user_id {uuid} NOT NULL REFERENCES app_user (id),
    kind TEXT NOT NULL,
    created_at {time} NOT NULL,
    PRIMARY KEY (user_id, kind)
);

-- Each delivered order is asked about once.
CREATE TABLE review_invitation (
    order_id {uuid} PRIMARY KEY REFERENCES orders (id),
    created_at {time} NOT NULL
);
CREATE INDEX orders_delivered ON orders (delivered_at) WHERE delivered_at IS NOT NULL;

ALTER TABLE job_run ADD COLUMN is_failed BOOLEAN NOT NULL DEFAULT FALSE;
-- Who asked for it; nobody: the schedule.
ALTER TABLE job_run ADD COLUMN requested_by {uuid} REFERENCES app_user (id);
CREATE INDEX job_run_latest ON job_run (job, started_at);
CREATE INDEX job_run_age ON job_run (started_at);

-- The nightly check; one alert per night.
CREATE TABLE books_check (
    -- In Asia/Jakarta.
    day {date} PRIMARY KEY,
    checked_at {time} NOT NULL,
    disagreements BIGINT NOT NULL,
    -- The first of them, in words.
    findings {json} NOT NULL,
    -- Found in the log and in the alert; NULL while the books agree.
    reference TEXT
);

CREATE INDEX audit_entry_action ON audit_entry (action, id);
CREATE INDEX audit_entry_time ON audit_entry (created_at);
CREATE INDEX outbox_attention ON outbox (created_at) WHERE done_at IS NULL;
