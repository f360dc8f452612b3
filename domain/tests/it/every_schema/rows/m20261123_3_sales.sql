-- One lease was sold, one exclusive was sold and given back, one order waits for its payment.
INSERT INTO tiers
    (id, studio_id, beat_id, code, name, price_minor, currency, delivers_mp3, delivers_wav, delivers_stems, max_streams, max_copies, max_music_videos,
     max_radio_stations, max_performances, at_cap, term_months, publishing_kept, credit_line, enabled, updated_at)
VALUES
    ($id(tier mp3), $id(nova), NULL, 'mp3', 'MP3 lease', 1000, 'EUR', TRUE, FALSE, FALSE, 100000, 2000, 1, 0, NULL, 'upgrade', 60, 500000, 'Prod. Nova', TRUE, '2026-11-01T09:00:00+00:00'),
    ($id(tier wav), $id(nova), NULL, 'wav', 'WAV lease', 2000, 'EUR', TRUE, TRUE, FALSE, NULL, NULL, NULL, NULL, NULL, 'terminate', NULL, 500000, 'Prod. Nova', TRUE, '2026-11-01T09:00:00+00:00'),
    ($id(tier of night), $id(nova), $id(night), 'exclusive', 'Exclusive', 5000, 'EUR', TRUE, TRUE, TRUE, NULL, NULL, NULL, NULL, NULL, 'upgrade', NULL, 0, 'Prod. Nova', FALSE, '2026-11-01T09:00:00+00:00');
INSERT INTO carts (id, studio_id, secret_fingerprint, created_at, expires_at) VALUES
    ($id(cart), $id(nova), 'fingerprint of a cart', '2026-11-01T09:00:00+00:00', '2026-12-01T09:00:00+00:00'),
    ($id(cart in dollars), $id(nova), 'fingerprint of another cart', '2026-11-01T09:00:00+00:00', '2026-12-01T09:00:00+00:00');
INSERT INTO cart_lines (id, cart_id, beat_id, tier_code, price_minor, currency, terms, created_at) VALUES
    ($id(cart line), $id(cart), $id(night), 'mp3', 1000, 'EUR', '{"code": "mp3"}', '2026-11-01T09:00:00+00:00'),
    ($id(cart line in dollars), $id(cart in dollars), $id(night), 'wav', 2200, 'USD', '{"code": "wav"}', '2026-11-01T09:00:00+00:00');
INSERT INTO orders
    (id, studio_id, reference, cart_id, state, buyer_name, buyer_email, total_minor, currency, gateway, checkout_id, pay_url, placed_at, paid_at, delivered_at,
     closed_reason, buyer_ip, buyer_user_agent)
VALUES
    ($id(order of lease), $id(nova), 'LL-1', NULL, 'delivered', 'Kim', 'Kim@example.com', 1000, 'EUR', 'test', 'cs_1', NULL,
     '2026-11-01T09:00:00+00:00', '2026-11-01T09:01:00+00:00', '2026-11-01T09:02:00+00:00', NULL, '192.0.2.7', 'a browser'),
    ($id(order of exclusive), $id(nova), 'LL-2', NULL, 'delivered', 'Lou', 'lou@example.com', 5000, 'EUR', 'test', 'cs_2', NULL,
     '2026-11-01T09:00:00+00:00', '2026-11-01T09:03:00+00:00', '2026-11-01T09:04:00+00:00', NULL, NULL, NULL),
    ($id(order that waits), $id(nova), 'LL-3', $id(cart), 'awaiting_payment', 'Kim', 'kim@example.com', 1000, 'EUR', 'test', 'cs_3', 'https://pay.example.com/3',
     '2026-11-01T09:00:00+00:00', NULL, NULL, NULL, NULL, NULL);
INSERT INTO order_lines (id, order_id, position, beat_id, work_id, beat_title, tier_code, terms, price_minor) VALUES
    ($id(line of lease), $id(order of lease), 1, $id(night), $id(work night), 'Night Drive', 'mp3', '{"code": "mp3"}', 1000),
    ($id(line of exclusive), $id(order of exclusive), 1, $id(dawn), $id(work dawn), 'Dawn', 'exclusive', '{"code": "exclusive"}', 5000),
    ($id(line that waits), $id(order that waits), 1, $id(night), $id(work night), 'Night Drive', 'mp3', '{"code": "mp3"}', 1000);
INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at) VALUES
    ($id(payment of lease), $id(nova), $id(order of lease), 'test', 'pi_1', 'captured', 1000, 29, 'EUR', '2026-11-01T09:01:00+00:00'),
    ($id(payment of exclusive), $id(nova), $id(order of exclusive), 'test', 'pi_2', 'refunded', 5000, 100, 'EUR', '2026-11-01T09:03:00+00:00');
INSERT INTO gateway_events (gateway, event_id, kind, order_id, received_at, deliveries) VALUES
    ('test', 'evt_1', 'payment.captured', $id(order of lease), '2026-11-01T09:01:00+00:00', 2);
INSERT INTO licences
    (id, studio_id, order_id, order_line_id, beat_id, work_id, reference, licensee_name, licensee_email, exclusive, terms, price_minor, currency, granted_at)
VALUES
    ($id(lease), $id(nova), $id(order of lease), $id(line of lease), $id(night), $id(work night), 'LIC-1', 'Kim', 'Kim@example.com', FALSE,
     '{"code": "mp3"}', 1000, 'EUR', '2026-11-01T09:01:00+00:00'),
    ($id(exclusive), $id(nova), $id(order of exclusive), $id(line of exclusive), $id(dawn), $id(work dawn), 'LIC-2', 'Lou', 'lou@example.com', TRUE,
     '{"code": "exclusive"}', 5000, 'EUR', '2026-11-01T09:03:00+00:00');
INSERT INTO exclusive_claims (work_id, order_id, claimed_at) VALUES ($id(work dawn), $id(order of exclusive), '2026-11-01T09:03:00+00:00');
