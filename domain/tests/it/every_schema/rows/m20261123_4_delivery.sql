INSERT INTO deliverables (id, studio_id, order_id, licence_id, kind, file_name, asset_id, created_at, ready_at) VALUES
    ($id(contract), $id(nova), $id(order of lease), $id(lease), 'contract', 'LIC-1.pdf', $id(paper), '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ($id(mp3), $id(nova), $id(order of lease), $id(lease), 'mp3', 'night.mp3', NULL, '2026-11-01T09:00:00+00:00', NULL);
INSERT INTO renders (key, studio_id, beat_id, purpose, state, progress_ppm, outputs, failure, claimed_by, beat_at, requested_at, finished_at) VALUES
    ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', $id(nova), $id(night), 'preview', 'done', 1000000, '{"preview": "night.mp3"}', NULL, $id(worker), '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ('bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', $id(nova), $id(night), 'masters', 'failed', 10000, NULL, 'the source ends early', $id(worker), '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ('cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', $id(nova), $id(dawn), 'preview', 'running', 500000, NULL, NULL, $id(worker), '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', NULL);
INSERT INTO downloads (id, studio_id, licence_id, deliverable_id, ip, user_agent, range_start, range_end, at) VALUES
    ($id(download), $id(nova), $id(lease), $id(contract), '192.0.2.7', 'a browser', 0, 999, '2026-11-01T09:00:00+00:00');
