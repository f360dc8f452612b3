INSERT INTO tier_prices (tier_id, currency, studio_id, price_minor) VALUES ($id(tier mp3), 'USD', $id(nova), 1100);
INSERT INTO bundle_prices (bundle_id, currency, studio_id, price_minor) VALUES ($id(bundle), 'USD', $id(nova), 3300);
INSERT INTO carts (id, studio_id, secret_fingerprint, created_at, expires_at, country, currency) VALUES
    ($id(cart in pounds), $id(nova), 'fingerprint of a third cart', '2026-11-03T09:00:00+00:00', '2026-12-01T09:00:00+00:00', 'GB', 'GBP');
