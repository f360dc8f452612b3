-- The lease was shared between two; the exclusive was sold and given back.
INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at) VALUES
    ($id(clearing), $id(nova), 'gateway_clearing', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(fees), $id(nova), 'gateway_fees', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(sales), $id(nova), 'sales', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(expense), $id(nova), 'splits_expense', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(payable mia), $id(nova), 'payable', $id(mia), 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(payable leo), $id(nova), 'payable', $id(leo), 'EUR', '2026-11-01T09:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(sale of lease, 1), $id(sale of lease), $id(clearing), 971, 'EUR'),
    ($id(sale of lease, 2), $id(sale of lease), $id(fees), 29, 'EUR'),
    ($id(sale of lease, 3), $id(sale of lease), $id(sales), -1000, 'EUR'),
    ($id(sale of lease, 4), $id(sale of lease), $id(expense), 971, 'EUR'),
    ($id(sale of lease, 5), $id(sale of lease), $id(payable mia), -486, 'EUR'),
    ($id(sale of lease, 6), $id(sale of lease), $id(payable leo), -485, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(sale of lease), $id(nova), 'sale', 'test', 'pi_1', $id(order of lease), 'LL-1', 'A sale', '2026-11-01T09:01:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(sale of exclusive, 1), $id(sale of exclusive), $id(clearing), 4900, 'EUR'),
    ($id(sale of exclusive, 2), $id(sale of exclusive), $id(fees), 100, 'EUR'),
    ($id(sale of exclusive, 3), $id(sale of exclusive), $id(sales), -5000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(sale of exclusive), $id(nova), 'sale', 'test', 'pi_2', $id(order of exclusive), 'LL-2', 'A sale', '2026-11-01T09:03:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(refund of exclusive, 1), $id(refund of exclusive), $id(clearing), -4900, 'EUR'),
    ($id(refund of exclusive, 2), $id(refund of exclusive), $id(fees), -100, 'EUR'),
    ($id(refund of exclusive, 3), $id(refund of exclusive), $id(sales), 5000, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(refund of exclusive), $id(nova), 'refund', 'test', 'pi_2', $id(order of exclusive), 'LL-2', 'Given back', '2026-11-01T12:00:00+00:00');
