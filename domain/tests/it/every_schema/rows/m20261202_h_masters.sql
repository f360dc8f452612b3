INSERT INTO master_plans (project_id, studio_id, looked_at) VALUES ($id(project), $id(nova), '2026-11-03T09:00:00+00:00');
INSERT INTO master_choices (project_id, profile) VALUES ($id(project), 'streaming'), ($id(project), 'cd');
INSERT INTO master_deliveries (id, studio_id, project_id, song_id, version_id, round_id, ordered_by, ordered_at) VALUES
    ($id(delivery), $id(nova), $id(project), $id(song), $id(mix two), $id(round two), $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO masters (id, studio_id, delivery_id, profile, number, state, refusal, asset_id, tags_sha256, qc, ordered_at, settled_at) VALUES
    ($id(master), $id(nova), $id(delivery), 'streaming', 1, 'ready', NULL, $id(mix), '1111111111111111111111111111111111111111111111111111111111111111', '{"clipped": 0}', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00'),
    ($id(master refused), $id(nova), $id(delivery), 'cd', 1, 'refused', 'too loud', NULL, NULL, NULL, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO master_steps (delivery_id, number, studio_id, kind, notice_id, at) VALUES ($id(delivery), 1, $id(nova), 'delivered', $id(notice), '2026-11-03T09:00:00+00:00');
INSERT INTO master_downloads (id, studio_id, master_id, ip, user_agent, range_start, range_end, at) VALUES
    ($id(master download), $id(nova), $id(master), '192.0.2.10', 'a browser', NULL, NULL, '2026-11-03T09:00:00+00:00');
