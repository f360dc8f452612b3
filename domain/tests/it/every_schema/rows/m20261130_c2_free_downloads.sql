INSERT INTO free_downloads (beat_id, studio_id, opened_at) VALUES ($id(night), $id(nova), '2026-11-03T09:00:00+00:00');
INSERT INTO free_download_requests (id, studio_id, beat_id, email, wording_version, asked_at, expires_at, confirmed_at) VALUES
    ($id(free request), $id(nova), $id(night), 'Kontor@example.com', '1', '2026-11-03T09:00:00+00:00', '2026-11-04T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO mailing_consents (id, studio_id, party_id, email, email_key, wording_version, request_id, given_at, given_ip, withdrawn_at) VALUES
    ($id(consent), $id(nova), $id(label), 'Kontor@example.com', 'kontor@example.com', '1', $id(free request), '2026-11-03T09:00:00+00:00', '192.0.2.10', NULL);
