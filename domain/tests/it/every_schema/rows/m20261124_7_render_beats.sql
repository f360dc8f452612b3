-- Another beat asks for the same sound.
INSERT INTO render_beats (render_key, beat_id, outputs, requested_at) VALUES ('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', $id(haze), NULL, '2026-11-01T09:00:00+00:00');
