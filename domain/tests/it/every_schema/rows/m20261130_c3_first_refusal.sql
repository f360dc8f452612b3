INSERT INTO first_refusal_settings (studio_id, since) VALUES ($id(nova), '2026-11-03T09:00:00+00:00');
INSERT INTO first_refusals (id, studio_id, work_id, beat_id, beat_title, terms, price_minor, currency, began_at, ends_at) VALUES
    ($id(refusal), $id(nova), $id(work night), $id(night), 'Night Drive', '{"code": "exclusive"}', 5000, 'EUR', '2026-11-03T09:00:00+00:00', '2026-11-06T09:00:00+00:00');
INSERT INTO first_refusal_holders (id, refusal_id, licence_id, email, email_key) VALUES
    ($id(refusal holder), $id(refusal), $id(lease), 'Kim@example.com', 'kim@example.com');
