INSERT INTO studio_sessions
    (id, studio_id, booking_id, room_id, project_id, kind, title, venue, started_at, ended_at, bit_depth, sample_rate_hz, notes, edits, created_at)
VALUES
    ($id(session), $id(nova), $id(booking), $id(room), $id(project), 'vocal', 'Voice', NULL, '2026-11-09T09:00:00+00:00', '2026-11-09T10:00:00+00:00', 24, 96000, '', 1, '2026-11-03T09:00:00+00:00');
INSERT INTO session_credits (id, session_id, studio_id, party_id, song_id, role, instrument, from_at, to_at, note, created_at) VALUES
    ($id(credit), $id(session), $id(nova), $id(mia), $id(song), 'lead_vocalist', 'Voice', '2026-11-09T09:00:00+00:00', NULL, 'Two takes', '2026-11-03T09:00:00+00:00');
INSERT INTO session_takes (id, session_id, studio_id, song_id, part, number, recorded_at, rating, is_comp, notes, created_at) VALUES
    ($id(take), $id(session), $id(nova), $id(song), 'Voice', 1, '2026-11-09T09:10:00+00:00', 4, FALSE, '', '2026-11-03T09:00:00+00:00'),
    ($id(comp), $id(session), $id(nova), $id(song), 'Voice', 2, NULL, 5, TRUE, 'The best of it', '2026-11-03T09:00:00+00:00');
INSERT INTO session_comp_takes (comp_id, take_id) VALUES ($id(comp), $id(take));
INSERT INTO session_gear (id, session_id, studio_id, equipment_id, name, used_for, created_at) VALUES
    ($id(gear), $id(session), $id(nova), $id(microphone), 'A ribbon', 'Voice', '2026-11-03T09:00:00+00:00');
INSERT INTO session_samples (id, session_id, studio_id, song_id, title, source, clearance, created_at) VALUES
    ($id(sample), $id(session), $id(nova), $id(song), 'Rain', 'The window', 'royalty_free', '2026-11-03T09:00:00+00:00');
INSERT INTO session_edits (session_id, seq, entry, entry_id, act, before, after, user_id, at) VALUES
    ($id(session), 1, 'session', $id(session), 'added', NULL, '{"title": "Voice"}', $id(ada), '2026-11-03T09:00:00+00:00');
