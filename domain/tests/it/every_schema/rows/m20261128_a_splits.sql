-- What was sold of a work without a signed split waited, and was given out when the split was signed.
UPDATE studios SET unsigned_splits = 'refuse' WHERE id = $id(vela);
INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at) VALUES
    ($id(parked), $id(nova), 'splits_parked', NULL, 'EUR', '2026-11-01T09:00:00+00:00');

INSERT INTO orders
    (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, checkout_id, placed_at, paid_at, delivered_at)
VALUES
    ($id(order of haze), $id(nova), 'LL-4', 'delivered', 'Kim', 'kim@example.com', 2000, 'EUR', 'test', 'cs_4', '2026-11-01T09:00:00+00:00', '2026-11-01T14:00:00+00:00', '2026-11-01T14:00:00+00:00');
INSERT INTO order_lines (id, order_id, position, beat_id, work_id, beat_title, tier_code, terms, price_minor) VALUES
    ($id(line of haze), $id(order of haze), 1, $id(haze), $id(work haze), 'Haze', 'wav', '{"code": "wav"}', 2000);
INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at) VALUES
    ($id(payment of haze), $id(nova), $id(order of haze), 'test', 'pi_4', 'captured', 2000, 0, 'EUR', '2026-11-01T14:00:00+00:00');
INSERT INTO licences
    (id, studio_id, order_id, order_line_id, beat_id, work_id, reference, licensee_name, licensee_email, exclusive, terms, price_minor, currency, granted_at)
VALUES
    ($id(lease of haze), $id(nova), $id(order of haze), $id(line of haze), $id(haze), $id(work haze), 'LIC-4', 'Kim', 'kim@example.com', FALSE,
     '{"code": "wav"}', 2000, 'EUR', '2026-11-01T14:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(sale of haze, 1), $id(sale of haze), $id(clearing), 2000, 'EUR'),
    ($id(sale of haze, 2), $id(sale of haze), $id(sales), -2000, 'EUR'),
    ($id(sale of haze, 3), $id(sale of haze), $id(expense), 2000, 'EUR'),
    ($id(sale of haze, 4), $id(sale of haze), $id(parked), -2000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(sale of haze), $id(nova), 'sale', 'test', 'pi_4', $id(order of haze), 'LL-4', 'A sale', '2026-11-01T14:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(release of haze, 1), $id(release of haze), $id(parked), 2000, 'EUR'),
    ($id(release of haze, 2), $id(release of haze), $id(payable mia), -1000, 'EUR'),
    ($id(release of haze, 3), $id(release of haze), $id(payable leo), -1000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(release of haze), $id(nova), 'split_release', 'splits', 'AG-1', NULL, 'AG-1', 'Given out', '2026-11-01T15:00:00+00:00');

INSERT INTO split_shares (version_id, side, party_id, position, share) VALUES
    ($id(split), 'composition', $id(mia), 0, 500000), ($id(split), 'composition', $id(leo), 1, 500000),
    ($id(split), 'master', $id(mia), 0, 500000), ($id(split), 'master', $id(leo), 1, 500000);
INSERT INTO split_versions (id, studio_id, work_id, number, agreement_id, document_sha256, effective_at, executed_at) VALUES
    ($id(split), $id(nova), $id(work haze), 1, $id(agreement), '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-01T09:00:00+00:00', '2026-11-01T13:00:00+00:00');
INSERT INTO split_parkings (order_line_id, studio_id, work_id, order_id, journal_id, amount_minor, currency, sold_at) VALUES
    ($id(line of haze), $id(nova), $id(work haze), $id(order of haze), $id(sale of haze), 2000, 'EUR', '2026-11-01T14:00:00+00:00');
INSERT INTO split_releases (order_line_id, version_id, journal_id, released_at) VALUES
    ($id(line of haze), $id(split), $id(release of haze), '2026-11-01T15:00:00+00:00');
INSERT INTO journal_bases (journal_id, order_line_id, work_id, version_id, agreement_id, document_sha256) VALUES
    ($id(release of haze), $id(line of haze), $id(work haze), $id(split), $id(agreement), '1111111111111111111111111111111111111111111111111111111111111111');
