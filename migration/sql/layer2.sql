-- Figures of the desk's second layer look back a day.
CREATE INDEX order_event_desk ON order_event (created_at) WHERE party = 'desk';
