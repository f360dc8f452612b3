INSERT INTO project_plans
    (project_id, studio_id, currency, decider_id, goals, genre, reference_notes, deliverables, starts_on, due_on, updated_at)
VALUES ($id(project), $id(nova), 'EUR', $id(label), 'Ten songs', 'House', '', 'Masters', '2026-11-01', '2027-03-01', '2026-11-03T09:00:00+00:00');
INSERT INTO project_events (id, studio_id, project_id, kind, detail, user_id, api_key_id, at) VALUES
    ($id(project event), $id(nova), $id(project), 'gate_overridden', 'They are friends', $id(ada), NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO project_agreements (project_id, agreement_id, studio_id, linked_at) VALUES ($id(project), $id(agreement), $id(nova), '2026-11-03T09:00:00+00:00');
INSERT INTO project_people (id, studio_id, project_id, song_id, party_id, role, detail, created_at) VALUES
    ($id(project person), $id(nova), $id(project), NULL, $id(label), 'label', '', '2026-11-03T09:00:00+00:00'),
    ($id(song person), $id(nova), $id(project), $id(song), $id(mia), 'artist', 'Voice', '2026-11-03T09:00:00+00:00');
INSERT INTO project_stages (id, studio_id, project_id, song_id, stage, due_on, closed_at) VALUES
    ($id(stage), $id(nova), $id(project), $id(song), 'recording', '2026-12-01', NULL),
    ($id(stage of project), $id(nova), $id(project), NULL, 'ideation', NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO project_tasks
    (id, studio_id, project_id, stage_id, position, title, is_gate, owner_user_id, owner_party_id, due_on, done_at, done_by, created_at)
VALUES
    ($id(task), $id(nova), $id(project), $id(stage), 1, 'Record the voice', TRUE, NULL, $id(mia), '2026-11-20', NULL, NULL, '2026-11-03T09:00:00+00:00'),
    ($id(task that is done), $id(nova), $id(project), $id(stage), 2, 'Tune the piano', FALSE, $id(ben), NULL, NULL, '2026-11-03T09:00:00+00:00', $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO song_candidates (id, studio_id, project_id, title, notes, url, asset_id, state, song_id, created_at) VALUES
    ($id(candidate), $id(nova), $id(project), 'Night Drive', 'Slower', NULL, $id(sound), 'chosen', $id(song), '2026-11-03T09:00:00+00:00'),
    ($id(candidate two), $id(nova), $id(project), 'Rain', '', 'https://demo.example.com/rain', NULL, 'proposed', NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO candidate_votes (id, studio_id, candidate_id, user_id, party_id, vote, voted_at) VALUES
    ($id(vote), $id(nova), $id(candidate), $id(ada), NULL, 'yes', '2026-11-03T09:00:00+00:00'), ($id(vote of mia), $id(nova), $id(candidate), NULL, $id(mia), 'no', '2026-11-03T09:00:00+00:00');
INSERT INTO arrangement_sections (song_id, position, name, bars, bpm_milli, meter_beats, meter_unit, musical_key) VALUES
    ($id(song), 1, 'Verse', 16, 92500, 4, 4, 'A minor');
INSERT INTO reference_tracks (id, studio_id, project_id, song_id, title, notes, url, asset_id, created_at) VALUES
    ($id(reference), $id(nova), $id(project), $id(song), 'A road', 'The drums', 'https://music.example.com/road', NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO budget_lines
    (id, studio_id, project_id, category, title, hire_id, rate_kind, rate_minor, quantity_milli, recoupable, created_at)
VALUES ($id(budget line), $id(nova), $id(project), 'musician', 'A pianist', $id(leo), 'hour', 5000, 2500, TRUE, '2026-11-03T09:00:00+00:00');
INSERT INTO budget_costs
    (id, studio_id, project_id, line_id, amount_minor, incurred_on, note, corrects_id, request_key, user_id, api_key_id, recorded_at)
VALUES
    ($id(cost), $id(nova), $id(project), $id(budget line), 12500, '2026-11-02', '', NULL, 'cost-1', $id(ada), NULL, '2026-11-03T09:00:00+00:00'),
    ($id(cost put right), $id(nova), $id(project), $id(budget line), 10000, '2026-11-02', 'Two hours', $id(cost), NULL, NULL, $id(api key), '2026-11-03T09:00:00+00:00');
