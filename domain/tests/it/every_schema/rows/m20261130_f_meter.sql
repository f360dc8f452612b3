-- The lease was upgraded to the next tier.
INSERT INTO orders
    (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, checkout_id, placed_at, paid_at, delivered_at)
VALUES ($id(order of upgrade), $id(nova), 'LL-6', 'delivered', 'Kim', 'kim@example.com', 1000, 'EUR', 'test', 'cs_6', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO order_lines (id, order_id, position, beat_id, work_id, beat_title, tier_code, terms, price_minor) VALUES
    ($id(line of upgrade), $id(order of upgrade), 1, $id(night), $id(work night), 'Night Drive', 'wav', '{"code": "wav"}', 1000);
INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at) VALUES
    ($id(payment of upgrade), $id(nova), $id(order of upgrade), 'test', 'pi_6', 'captured', 1000, 0, 'EUR', '2026-11-03T09:00:00+00:00');
INSERT INTO licences
    (id, studio_id, order_id, order_line_id, beat_id, work_id, reference, licensee_name, licensee_email, exclusive, terms, price_minor, currency, granted_at)
VALUES
    ($id(lease upgraded), $id(nova), $id(order of upgrade), $id(line of upgrade), $id(night), $id(work night), 'LIC-6', 'Kim', 'kim@example.com', FALSE,
     '{"code": "wav"}', 1000, 'EUR', '2026-11-03T09:00:00+00:00');
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
VALUES ($id(sale of upgrade), 0, $id(sale of upgrade), $id(line of upgrade), 'studio', NULL, 1000, 0, NULL, FALSE);
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(sale of upgrade, 1), $id(sale of upgrade), $id(clearing), 1000, 'EUR'),
    ($id(sale of upgrade, 2), $id(sale of upgrade), $id(sales), -1000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(sale of upgrade), $id(nova), 'sale', 'test', 'pi_6', $id(order of upgrade), 'LL-6', 'A sale', '2026-11-03T09:00:00+00:00');

INSERT INTO licence_usage (id, licence_id, studio_id, cap, source, total, as_of, side, user_id, api_key_id, reported_at) VALUES
    ($id(usage), $id(lease), $id(nova), 'streams', 'Spotify', 81000, '2026-11-02', 'licensee', NULL, NULL, '2026-11-03T09:00:00+00:00'),
    ($id(usage of studio), $id(lease), $id(nova), 'copies', 'Shop', 1000000000000, '2026-11-02', 'studio', NULL, $id(api key), '2026-11-03T09:00:00+00:00');
INSERT INTO licence_warnings (licence_id, threshold, warned_at) VALUES ($id(lease), 80, '2026-11-03T09:00:00+00:00');
INSERT INTO order_upgrades (order_id, licence_id, full_price_minor) VALUES ($id(order of upgrade), $id(lease), 2000);
INSERT INTO upgrade_credits (order_id, licence_id, credited_minor) VALUES ($id(order of upgrade), $id(lease), 1000);
INSERT INTO licence_upgrades (licence_id, replaced_id, attempt, granted_at) VALUES ($id(lease upgraded), $id(lease), 1, '2026-11-03T09:00:00+00:00');
