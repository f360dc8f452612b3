INSERT INTO assets (id, studio_id, kind, state, sha256, bytes, media_type, file_name, created_at) VALUES
    ($id(pack file), $id(nova), 'handoff', 'ready', 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', 1000, 'application/zip', 'pack.zip', '2026-11-03T09:00:00+00:00'),
    ($id(session file), $id(nova), 'session', 'ready', 'cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc', 1000, 'application/zip', 'song.als', '2026-11-03T09:00:00+00:00');
INSERT INTO handoff_packs (id, studio_id, version_id, facts_sha256, facts, state, requested_by, requested_at) VALUES
    ($id(pack), $id(nova), $id(mix two), '1111111111111111111111111111111111111111111111111111111111111111', '{"title": "Night Drive"}', 'waiting', $id(ben), '2026-11-03T09:00:00+00:00');
UPDATE handoff_packs SET state = 'ready', asset_id = $id(pack file), stems = 2, settled_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(pack);
INSERT INTO daw_sessions (id, studio_id, song_id, asset_id, kind, note, state, taken_by, taken_at) VALUES
    ($id(daw session), $id(nova), $id(song), $id(session file), 'inventory', 'As it was', 'waiting', $id(ben), '2026-11-03T09:00:00+00:00');
UPDATE daw_sessions SET state = 'ready', inventory = '{"tracks": 12}', settled_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(daw session);
