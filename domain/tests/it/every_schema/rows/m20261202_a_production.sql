INSERT INTO clients (id, studio_id, party_id, stage, stage_since, created_at) VALUES ($id(client), $id(nova), $id(label), 'active', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO projects (id, studio_id, client_id, kind, state, title, created_at) VALUES
    ($id(project), $id(nova), $id(client), 'record', 'active', 'The record', '2026-11-03T09:00:00+00:00'),
    ($id(project of nobody), $id(nova), NULL, 'beats', 'planned', 'A tape', '2026-11-03T09:00:00+00:00');
INSERT INTO songs (id, studio_id, project_id, position, title, work_id, recording_id, created_at) VALUES
    ($id(song), $id(nova), $id(project), 1, 'Night Drive', $id(work night), $id(recording night), '2026-11-03T09:00:00+00:00'),
    ($id(song two), $id(nova), $id(project), 2, 'Haze', $id(work haze), $id(recording haze), '2026-11-03T09:00:00+00:00');
