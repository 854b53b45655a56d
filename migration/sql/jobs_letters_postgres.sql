-- Letters that still wait are known by their event as well. Its id is in their key.
UPDATE email SET event_id = o.id FROM outbox o
    WHERE email.sent_at IS NULL AND o.done_at IS NULL AND email.dedupe_key LIKE '%:' || o.id::text || ':%';
