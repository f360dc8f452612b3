-- Nothing of it is kept any more.
INSERT INTO unmatched_payments (gateway, gateway_payment, order_named, kept_minor, currency, seen_at, checked_at) VALUES
    ('test', 'pi_99', $id(nobody), 0, 'EUR', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
