INSERT INTO offer_settings (id, studio_id, beat_id, tier_code, takes_offers, minimum_minor, currency, answer_days, updated_at) VALUES
    ($id(offer setting), $id(nova), NULL, 'exclusive', TRUE, 3000, 'EUR', 7, '2026-11-03T09:00:00+00:00'),
    ($id(offer setting of night), $id(nova), $id(night), 'exclusive', FALSE, NULL, 'EUR', 7, '2026-11-03T09:00:00+00:00');
INSERT INTO offers
    (id, studio_id, beat_id, work_id, beat_title, tier_code, terms, buyer_email, buyer_key, state, amount_minor, currency, below_minimum, answer_days, steps,
     made_at, expires_at, decline_at, order_id)
VALUES
    ($id(offer), $id(nova), $id(haze), $id(work haze), 'Haze', 'exclusive', '{"code": "exclusive"}', 'Lou@example.com', 'lou@example.com', 'countered', 4000, 'EUR',
     FALSE, 7, 2, '2026-11-03T09:00:00+00:00', '2026-11-10T09:00:00+00:00', NULL, NULL);
INSERT INTO offer_steps (offer_id, seq, side, act, amount_minor, words, user_id, ip, user_agent, at) VALUES
    ($id(offer), 1, 'buyer', 'offered', 3500, 'For an album', NULL, '192.0.2.8', 'a browser', '2026-11-03T09:00:00+00:00'),
    ($id(offer), 2, 'studio', 'offered', 4000, NULL, $id(ada), NULL, NULL, '2026-11-03T09:00:00+00:00');
