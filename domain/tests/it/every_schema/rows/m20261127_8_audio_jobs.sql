INSERT INTO outbox (id, studio_id, queue, kind, payload, priority, state, round, attempts, created_at, due_at, finished_at) VALUES
    ($id(job that was cancelled), $id(nova), 'audio', 'analyse', '{"job": "analyse"}', 3, 'cancelled', 0, 0, '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00');
INSERT INTO analyses
    (asset_id, studio_id, engine_version, bpm_milli, bpm_confidence_ppm, alternative_bpm_milli, musical_key, key_confidence_ppm, tuning_cents, verdict,
     findings, fingerprint, analysed_at)
VALUES ($id(sound), $id(nova), '1.0.0', 92500, 900000, 185000, 'A minor', 800000, -3, 'listen', '[]', '[1, 2, 3]', '2026-11-01T09:00:00+00:00');
-- The smaller id stands first.
INSERT INTO likenesses (asset_id, other_id, similarity_ppm) VALUES ($id(noise), $id(sound), 870000);
INSERT INTO stem_checks (beat_id, verdict, stems, checked_at) VALUES ($id(night), 'pass', '[]', '2026-11-01T09:00:00+00:00');
INSERT INTO archive_members (archive_id, position, asset_id) VALUES ($id(sound), 0, $id(stem));
