INSERT INTO webhooks
    (id, studio_id, url, kinds, sealed_secret, sealed_secret_before, secret_before_until, created_at, off_at, off_because, failing_since)
VALUES ($id(webhook), $id(nova), 'https://nova.example.com/told', '["order.delivered"]', 'a sealed secret', 'the one before', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', 'failing', '2026-11-03T09:00:00+00:00');
INSERT INTO webhook_events (id, studio_id, kind, body, created_at) VALUES ($id(event), $id(nova), 'order.delivered', '{"order":"LL-1"}', '2026-11-03T09:00:00+00:00');
INSERT INTO webhook_deliveries (id, studio_id, webhook_id, event_id, state, tries, attempts, created_at, due_at, settled_at) VALUES
    ($id(event delivery), $id(nova), $id(webhook), $id(event), 'dead', 2, 2, '2026-11-03T09:00:00+00:00', NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO webhook_attempts (delivery_id, number, at, took_ms, status, answer, fault) VALUES
    ($id(event delivery), 1, '2026-11-03T09:00:00+00:00', 120, 500, 'no', NULL), ($id(event delivery), 2, '2026-11-03T09:00:00+00:00', 10000, NULL, NULL, 'nobody answers');
