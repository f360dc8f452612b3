-- A sale of 20.00 of which 3.19 are tax and the rest is Mia's, with its parts.
INSERT INTO orders
    (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, checkout_id, placed_at, paid_at, delivered_at)
VALUES
    ($id(order of parts), $id(nova), 'LL-5', 'delivered', 'Lou', 'lou@example.com', 2000, 'EUR', 'test', 'cs_5', '2026-11-01T09:00:00+00:00', '2026-11-01T16:00:00+00:00', '2026-11-01T16:00:00+00:00');
INSERT INTO order_lines (id, order_id, position, beat_id, work_id, beat_title, tier_code, terms, price_minor) VALUES
    ($id(line of parts), $id(order of parts), 1, $id(night), $id(work night), 'Night Drive', 'wav', '{"code": "wav"}', 2000);
INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at) VALUES
    ($id(payment of parts), $id(nova), $id(order of parts), 'test', 'pi_5', 'captured', 2000, 0, 'EUR', '2026-11-01T16:00:00+00:00');
INSERT INTO licences
    (id, studio_id, order_id, order_line_id, beat_id, work_id, reference, licensee_name, licensee_email, exclusive, terms, price_minor, currency, granted_at)
VALUES
    ($id(lease of parts), $id(nova), $id(order of parts), $id(line of parts), $id(night), $id(work night), 'LIC-5', 'Lou', 'lou@example.com', FALSE,
     '{"code": "wav"}', 2000, 'EUR', '2026-11-01T16:00:00+00:00');
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
VALUES
    ($id(sale of parts), 0, $id(sale of parts), $id(line of parts), 'party', $id(mia), 1681, 0, 1000000, TRUE),
    ($id(sale of parts), 1, $id(sale of parts), $id(line of parts), 'tax', NULL, 319, 0, NULL, FALSE);
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(sale of parts, 1), $id(sale of parts), $id(clearing), 2000, 'EUR'),
    ($id(sale of parts, 2), $id(sale of parts), $id(sales), -1681, 'EUR'),
    ($id(sale of parts, 3), $id(sale of parts), $id(tax), -319, 'EUR'),
    ($id(sale of parts, 4), $id(sale of parts), $id(expense), 1681, 'EUR'),
    ($id(sale of parts, 5), $id(sale of parts), $id(payable mia), -1681, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at, occurred_at) VALUES
    ($id(sale of parts), $id(nova), 'sale', 'test', 'pi_5', $id(order of parts), 'LL-5', 'A sale', '2026-11-01T16:00:00+00:00', '2026-11-01T15:59:59+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(dispute opened, 1), $id(dispute opened), $id(disputed), 2000, 'EUR'),
    ($id(dispute opened, 2), $id(dispute opened), $id(clearing), -2000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at, of_id) VALUES
    ($id(dispute opened), $id(nova), 'dispute_opened', 'test', 'dp_5', $id(order of parts), 'LL-5', 'Disputed', '2026-11-01T17:00:00+00:00', $id(sale of parts));
