-- Letters that still wait are known by their event as well. Its id is in their key.
UPDATE email SET event_id = (SELECT o.id FROM outbox o WHERE o.done_at IS NULL AND email.dedupe_key LIKE '%:' || lower(
    substr(hex(o.id), 1, 8) || '-' || substr(hex(o.id), 9, 4) || '-' || substr(hex(o.id), 13, 4) || '-' ||
    substr(hex(o.id), 17, 4) || '-' || substr(hex(o.id), 21)) || ':%') WHERE sent_at IS NULL;
