INSERT INTO passkeys (id, user_id, name, credential_id, public_key, transports, sign_count, backup, created_at, last_used_at) VALUES
    ($id(passkey), $id(ada), 'A phone', 'credential', 'a public key', 3, 4294967295, 'exists', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO passkey_ceremonies (id, kind, user_id, state, expires_at) VALUES
    ($id(ceremony), 'add', $id(ben), '{}', '2026-11-03T09:05:00+00:00'), ($id(ceremony of nobody), 'sign_in', NULL, '{}', '2026-11-03T09:05:00+00:00');
