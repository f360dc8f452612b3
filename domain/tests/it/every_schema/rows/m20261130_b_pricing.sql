-- The lease was bought with a coupon, and taxed.
INSERT INTO coupons
    (id, studio_id, code, off_minor, off_part, minimum_minor, currency, starts_at, ends_at, max_uses, uses, enabled, created_at)
VALUES
    ($id(coupon), $id(nova), 'NIGHT', NULL, 100000, 500, 'EUR', '2026-11-01T09:00:00+00:00', '2026-12-01T09:00:00+00:00', 10, 1, TRUE, '2026-11-01T09:00:00+00:00'),
    ($id(coupon of amount), $id(nova), 'FIVE', 500, NULL, NULL, 'EUR', NULL, NULL, NULL, 0, FALSE, '2026-11-01T09:00:00+00:00');
INSERT INTO coupon_beats (coupon_id, beat_id) VALUES ($id(coupon), $id(night));
INSERT INTO coupon_tiers (coupon_id, tier_code) VALUES ($id(coupon), 'mp3');
INSERT INTO coupon_uses (order_id, coupon_id, used_at) VALUES ($id(order of lease), $id(coupon), '2026-11-01T09:00:00+00:00');
INSERT INTO bulk_deals (id, studio_id, buy, free) VALUES ($id(deal), $id(nova), 2, 1);
INSERT INTO bulk_deal_tiers (studio_id, tier_code, deal_id) VALUES ($id(nova), 'mp3', $id(deal));
INSERT INTO bundles (id, studio_id, name, tier_code, price_minor, currency, enabled, updated_at) VALUES
    ($id(bundle), $id(nova), 'Both', 'wav', 3000, 'EUR', TRUE, '2026-11-03T09:00:00+00:00');
INSERT INTO bundle_beats (bundle_id, beat_id, position) VALUES ($id(bundle), $id(night), 0), ($id(bundle), $id(haze), 1);
INSERT INTO tax_rates (studio_id, country, name, rate, included) VALUES ($id(nova), 'DE', 'Umsatzsteuer', 190000, TRUE);
UPDATE carts SET coupon_id = $id(coupon), country = 'DE' WHERE id = $id(cart);
INSERT INTO order_discounts (order_line_id, kind, name, coupon_id, amount_minor) VALUES
    ($id(line of lease), 'coupon', 'NIGHT', $id(coupon), 111), ($id(line of parts), 'bulk', '2 + 1', NULL, 500);
INSERT INTO order_taxes (order_line_id, country, name, rate, included, amount_minor) VALUES
    ($id(line of parts), 'DE', 'Umsatzsteuer', 190000, TRUE, 319);
