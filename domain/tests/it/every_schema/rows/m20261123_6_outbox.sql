INSERT INTO outbox
    (id, studio_id, queue, kind, payload, state, round, attempts, last_error, created_at, due_at, handed_at, beat_at, finished_at)
VALUES
    ($id(job), $id(nova), 'office', 'deliver_order', '{"job": "deliver_order"}', 'done', 0, 1, NULL, '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ($id(job that died), NULL, 'audio', 'render', '{"job": "render"}', 'dead', 2, 5, 'the disk is full', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', NULL, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(job that waits), $id(nova), 'audio', 'render', '{"job": "render"}', 'open', 0, 0, NULL, '2026-11-01T09:00:00+00:00', '2026-11-02T09:00:00+00:00', NULL, NULL, NULL);
