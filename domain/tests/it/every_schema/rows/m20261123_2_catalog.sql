-- Three beats: one with all that a beat can have, one with a sample that was declared as text, one whose sound is not there yet.
INSERT INTO parties (id, studio_id, kind, name, legal_name, email, ipi, isni, created_at) VALUES
    ($id(mia), $id(nova), 'person', 'Mia', 'Mia Holm', 'mia@example.com', '00012345678', '000000012146438X', '2026-11-01T09:00:00+00:00'),
    ($id(leo), $id(nova), 'person', 'Leo', NULL, NULL, NULL, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(label), $id(nova), 'company', 'Kontor 7', 'Kontor 7 UG', 'kontor@example.com', NULL, NULL, '2026-11-01T09:00:00+00:00');
INSERT INTO works (id, studio_id, title, iswc, created_at) VALUES
    ($id(work night), $id(nova), 'Night Drive', 'T0345246801', '2026-11-01T09:00:00+00:00'),
    ($id(work dawn), $id(nova), 'Dawn', NULL, '2026-11-01T09:00:00+00:00'),
    ($id(work haze), $id(nova), 'Haze', NULL, '2026-11-01T09:00:00+00:00');
INSERT INTO recordings (id, studio_id, work_id, title, isrc, created_at) VALUES
    ($id(recording night), $id(nova), $id(work night), 'Night Drive', 'DEA012600001', '2026-11-01T09:00:00+00:00'),
    ($id(recording dawn), $id(nova), $id(work dawn), 'Dawn', NULL, '2026-11-01T09:00:00+00:00'),
    ($id(recording haze), $id(nova), $id(work haze), 'Haze', NULL, '2026-11-01T09:00:00+00:00');
INSERT INTO assets
    (id, studio_id, kind, state, refusal, sha256, bytes, media_type, file_name, duration_ms, sample_rate_hz, channels, bits_per_sample, measurement, created_at)
VALUES
    ($id(sound), $id(nova), 'source', 'ready', NULL, '1111111111111111111111111111111111111111111111111111111111111111', 5000000000, 'audio/wav', 'night.wav', 180000, 44100, 2, 24, '{"loudness_mlufs": -14000}', '2026-11-01T09:00:00+00:00'),
    ($id(stem), $id(nova), 'stem', 'ready', NULL, '2222222222222222222222222222222222222222222222222222222222222222', 1000, 'audio/wav', 'drums.wav', 180000, 44100, 2, 24, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(stem two), $id(nova), 'stem', 'ready', NULL, '3333333333333333333333333333333333333333333333333333333333333333', 1000, 'audio/wav', 'bass.wav', 180000, 44100, 2, 24, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(preview), $id(nova), 'preview', 'ready', NULL, '4444444444444444444444444444444444444444444444444444444444444444', 1000, 'audio/mpeg', 'night.mp3', NULL, NULL, NULL, NULL, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(picture), $id(nova), 'artwork', 'ready', NULL, '5555555555555555555555555555555555555555555555555555555555555555', 1000, 'image/png', 'night.png', NULL, NULL, NULL, NULL, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(paper), $id(nova), 'contract', 'ready', NULL, '6666666666666666666666666666666666666666666666666666666666666666', 1000, 'application/pdf', 'LIC-1.pdf', NULL, NULL, NULL, NULL, NULL, '2026-11-01T09:00:00+00:00'),
    ($id(noise), $id(nova), 'source', 'refused', 'this is not music', '7777777777777777777777777777777777777777777777777777777777777777', 0, 'audio/wav', 'noise.wav', NULL, NULL, NULL, NULL, NULL, '2026-11-01T09:00:00+00:00');
INSERT INTO beats
    (id, studio_id, work_id, recording_id, state, title, slug, description, bpm_milli, musical_key, source_asset_id, artwork_asset_id,
     preview_asset_id, waveform_asset_id, samples, published_at, created_at, updated_at)
VALUES
    ($id(night), $id(nova), $id(work night), $id(recording night), 'published', 'Night Drive', 'night-drive', 'For late roads.', 92500, 'A minor',
     $id(sound), $id(picture), $id(preview), NULL, '', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ($id(dawn), $id(nova), $id(work dawn), $id(recording dawn), 'sold', 'Dawn', 'dawn', '', NULL, NULL, NULL, NULL, NULL, NULL,
     'Two bars of an old record', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ($id(haze), $id(nova), $id(work haze), $id(recording haze), 'draft', 'Haze', 'haze', '', NULL, NULL, NULL, NULL, NULL, NULL, '', NULL, '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00');
INSERT INTO beat_labels (beat_id, kind, label) VALUES ($id(night), 'mood', 'dark'), ($id(night), 'tag', 'drive');
INSERT INTO stems (beat_id, position, asset_id, name) VALUES ($id(night), 0, $id(stem), 'Drums'), ($id(night), 1, $id(stem two), 'Bass');
INSERT INTO collaborators (beat_id, party_id, position, role, share) VALUES
    ($id(night), $id(mia), 0, 'producer', 500000), ($id(night), $id(leo), 1, 'writer', 500000);
INSERT INTO uploads (id, studio_id, kind, file_name, media_type, length_bytes, offset_bytes, asset_id, created_at, expires_at) VALUES
    ($id(upload), $id(nova), 'source', 'night.wav', 'audio/wav', 5000000000, 5000000000, $id(sound), '2026-11-01T09:00:00+00:00', '2026-11-02T09:00:00+00:00'),
    ($id(upload under way), $id(nova), 'source', 'haze.wav', NULL, 4000000000, 8388608, NULL, '2026-11-01T09:00:00+00:00', '2026-11-02T09:00:00+00:00');
