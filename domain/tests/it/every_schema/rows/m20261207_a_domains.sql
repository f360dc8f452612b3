INSERT INTO domains (id, studio_id, host, token, created_at, verified_at) VALUES
    ($id(domain), $id(nova), 'beats.example.com', '0123456789abcdef0123456789abcdef', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00'),
    ($id(domain claimed), $id(vela), 'beats.example.com', 'fedcba9876543210fedcba9876543210', '2026-11-03T09:00:00+00:00', NULL);
