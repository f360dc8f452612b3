-- Ada owns a studio, Ben helps her.
INSERT INTO users (id, email, email_key, name, password_hash, email_verified_at, created_at) VALUES
    ($id(ada), 'Ada@example.com', 'ada@example.com', 'Ada', 'no hash of anything', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00'),
    ($id(ben), 'ben@example.com', 'ben@example.com', 'Ben', 'no hash of anything', NULL, '2026-11-01T09:00:00+00:00');
INSERT INTO studios (id, slug, name, currency, contact_email, legal_name, address, governing_law, created_at) VALUES
    ($id(nova), 'nova', 'Nova', 'EUR', 'nova@example.com', 'Nova Sound GmbH', 'Hafen 1, Hamburg', 'Germany', '2026-11-01T09:00:00+00:00'),
    ($id(vela), 'vela', 'Vela', 'USD', 'vela@example.com', NULL, NULL, 'New York', '2026-11-01T09:00:00+00:00');
INSERT INTO members (studio_id, user_id, role, joined_at) VALUES
    ($id(nova), $id(ada), 'owner', '2026-11-01T09:00:00+00:00'), ($id(nova), $id(ben), 'manager', '2026-11-01T09:00:00+00:00'), ($id(vela), $id(ben), 'owner', '2026-11-01T09:00:00+00:00');
INSERT INTO invitations (id, studio_id, email, role, invited_by, created_at, expires_at, accepted_at) VALUES
    ($id(invitation), $id(nova), 'ben@example.com', 'manager', $id(ada), '2026-11-01T09:00:00+00:00', '2026-11-08T09:00:00+00:00', '2026-11-01T10:00:00.123456+00:00');
INSERT INTO sign_ins (id, user_id, user_agent, ip, created_at, last_seen_at, revoked_at, revoked_reason) VALUES
    ($id(sign_in), $id(ada), 'a browser', '192.0.2.1', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', NULL, NULL),
    ($id(sign_in of before), $id(ada), 'a browser', '2001:db8::1', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', 'signed out');
INSERT INTO refresh_tokens (id, sign_in_id, fingerprint, issued_at, expires_at, used_at) VALUES
    ($id(refresh token), $id(sign_in), 'fingerprint of a token', '2026-11-01T09:00:00+00:00', '2026-12-01T09:00:00+00:00', NULL);
INSERT INTO api_keys (id, studio_id, name, fingerprint, scopes, created_at) VALUES
    ($id(api key), $id(nova), 'The website', 'fingerprint of a key', '["catalog:read"]', '2026-11-01T09:00:00+00:00');
INSERT INTO mail_tokens (id, user_id, purpose, created_at, expires_at, used_at) VALUES
    ($id(mail token), $id(ada), 'verify_email', '2026-11-01T09:00:00+00:00', '2026-11-02T09:00:00+00:00', '2026-11-01T09:00:00+00:00');
INSERT INTO throttles (subject, window_started_at, attempts) VALUES ('sign_in 192.0.2.1', '2026-11-01T09:00:00+00:00', 3);
