-- A mix of two versions: of the first a revision was asked for, the second was approved.
INSERT INTO assets (id, studio_id, kind, state, sha256, bytes, media_type, file_name, created_at) VALUES
    ($id(mix), $id(nova), 'mix', 'ready', '8888888888888888888888888888888888888888888888888888888888888888', 1000, 'audio/wav', 'mix.wav', '2026-11-03T09:00:00+00:00'), ($id(wave), $id(nova), 'waveform', 'ready', '9999999999999999999999999999999999999999999999999999999999999999', 1000, 'application/json', 'mix.json', '2026-11-03T09:00:00+00:00'),
    ($id(voice), $id(nova), 'voice', 'ready', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 1000, 'audio/mpeg', 'voice.mp3', '2026-11-03T09:00:00+00:00');
INSERT INTO mix_documents (studio_id, sha256, body, created_at) VALUES ($id(nova), '1111111111111111111111111111111111111111111111111111111111111111', '{"tracks":[]}', '2026-11-03T09:00:00+00:00');
INSERT INTO mix_versions (id, studio_id, song_id, number, kind, file_asset_id, document_sha256, note, made_by, made_at) VALUES
    ($id(mix one), $id(nova), $id(song), 1, 'file', $id(mix), NULL, 'Louder', $id(ben), '2026-11-03T09:00:00+00:00'),
    ($id(mix two), $id(nova), $id(song), 2, 'document', NULL, '1111111111111111111111111111111111111111111111111111111111111111', NULL, $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO mix_sources (version_id, name, asset_id) VALUES ($id(mix two), 'drums.wav', $id(stem));
INSERT INTO mix_sounds
    (version_id, studio_id, state, refusal, audio_asset_id, waveform_asset_id, loudness_mlufs, true_peak_mdbtp, duration_ms, settled_at)
VALUES
    ($id(mix one), $id(nova), 'ready', NULL, $id(mix), $id(wave), -14000, -1000, 180000, '2026-11-03T09:00:00+00:00'),
    ($id(mix two), $id(nova), 'ready', NULL, $id(mix), $id(wave), -13500, -900, 180000, '2026-11-03T09:00:00+00:00');
INSERT INTO review_terms (project_id, studio_id, rounds, extra_price_minor, currency, sign_off_days, updated_at) VALUES
    ($id(project), $id(nova), 2, 15000, 'EUR', 7, '2026-11-03T09:00:00+00:00');
INSERT INTO reviews (id, studio_id, song_id, state, rounds, extra_price_minor, currency, sign_off_days, opened_at) VALUES
    ($id(review), $id(nova), $id(song), 'approved', 2, 15000, 'EUR', 7, '2026-11-03T09:00:00+00:00');
INSERT INTO reviewers (id, review_id, studio_id, name, email, email_key, decides, invited_at, expires_at, revoked_at) VALUES
    ($id(reviewer), $id(review), $id(nova), 'Mia', 'Mia@example.com', 'mia@example.com', TRUE, '2026-11-03T09:00:00+00:00', '2027-11-03T09:00:00+00:00', NULL),
    ($id(reviewer revoked), $id(review), $id(nova), 'Leo', 'leo@example.com', 'leo@example.com', FALSE, '2026-11-03T09:00:00+00:00', '2027-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO review_rounds
    (id, review_id, studio_id, number, version_id, began_at, clock_from, sign_off_days, half_told_at, last_told_at, outcome, decided_by, decided_at)
VALUES ($id(round one), $id(review), $id(nova), 1, $id(mix one), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', 7, '2026-11-03T09:00:00+00:00', NULL, 'revision', $id(reviewer), '2026-11-03T09:00:00+00:00');
INSERT INTO review_versions (version_id, review_id, studio_id, round_id, sent_by, sent_at) VALUES
    ($id(mix one), $id(review), $id(nova), $id(round one), $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO review_rounds
    (id, review_id, studio_id, number, version_id, began_at, clock_from, sign_off_days, outcome, decided_by, decided_at)
VALUES ($id(round two), $id(review), $id(nova), 2, $id(mix two), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', NULL, 'approved', NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO review_versions (version_id, review_id, studio_id, round_id, sent_by, sent_at) VALUES
    ($id(mix two), $id(review), $id(nova), $id(round two), $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO review_levels (version_id, gain_mdb, studio_id, asset_id, loudness_mlufs, made_at) VALUES ($id(mix two), -500, $id(nova), $id(mix), -14000, '2026-11-03T09:00:00+00:00');
INSERT INTO review_extras (id, review_id, studio_id, price_minor, currency, agreed_by, granted_by, ip, user_agent, agreed_at) VALUES
    ($id(extra), $id(review), $id(nova), 15000, 'EUR', $id(reviewer), NULL, '192.0.2.9', 'a browser', '2026-11-03T09:00:00+00:00');
INSERT INTO mix_approvals (round_id, review_id, studio_id, song_id, version_id, approved_by, approved_at) VALUES
    ($id(round two), $id(review), $id(nova), $id(song), $id(mix two), NULL, '2026-11-03T09:00:00+00:00');
INSERT INTO review_comments
    (id, review_id, studio_id, version_id, parent_id, from_ms, to_ms, words, voice_asset_id, author, reviewer_id, user_id, ip, user_agent, at, resolved_at)
VALUES
    ($id(comment), $id(review), $id(nova), $id(mix one), NULL, 1000, 2000, 'Softer', $id(voice), 'Mia', $id(reviewer), NULL, '192.0.2.9', 'a browser', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO review_comments (id, review_id, studio_id, version_id, parent_id, words, author, user_id, at) VALUES
    ($id(reply), $id(review), $id(nova), $id(mix one), $id(comment), 'Done', 'Ben', $id(ben), '2026-11-03T09:00:00+00:00');
INSERT INTO review_steps
    (id, review_id, studio_id, side, act, reviewer_id, user_id, round_id, version_id, comment_id, words, ip, user_agent, at)
VALUES
    ($id(review step), $id(review), $id(nova), 'reviewer', 'revision_asked', $id(reviewer), NULL, $id(round one), $id(mix one), $id(comment), 'Softer', '192.0.2.9',
     'a browser', '2026-11-03T09:00:00+00:00');
