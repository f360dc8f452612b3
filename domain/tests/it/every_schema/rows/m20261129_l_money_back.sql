-- The dispute of a sale, a refund that was asked for, and a payment that is held and not collected.
UPDATE payments SET checked_at = '2026-11-03T09:00:00+00:00' WHERE gateway = 'test';
INSERT INTO payments (id, studio_id, order_id, gateway, gateway_payment, state, amount_minor, fee_minor, currency, received_at, capture_before) VALUES
    ($id(payment held), $id(nova), $id(order that waits), 'test', 'pi_3', 'authorised', 1000, 0, 'EUR', '2026-11-03T09:00:00+00:00', '2026-11-10T09:00:00+00:00');
INSERT INTO refunds
    (id, studio_id, payment_id, gateway, gateway_refund, state, amount_minor, currency, reason, request_key, requested_by, requested_at, failure, journal_id,
     undone_journal)
VALUES
    ($id(refund asked for), $id(nova), $id(payment of lease), 'test', NULL, 'requested', 300, 'EUR', 'a friend', 'refund-1', $id(ada), '2026-11-03T09:00:00+00:00', NULL, NULL, NULL),
    ($id(refund that failed), $id(nova), $id(payment of lease), 'test', 're_1', 'failed', 200, 'EUR', 'a friend', NULL, $id(ben), '2026-11-03T09:00:00+00:00', 'no such account', NULL, NULL);
INSERT INTO disputes
    (id, studio_id, payment_id, gateway, gateway_dispute, state, amount_minor, fee_minor, currency, reason, evidence_by, learned_at, statement, answered_by,
     answer_requested_at, answered_at, opened_journal, closed_journal)
VALUES
    ($id(dispute), $id(nova), $id(payment of parts), 'test', 'dp_5', 'under_review', 2000, 0, 'EUR', 'fraudulent', '2026-11-20T09:00:00+00:00', '2026-11-03T09:00:00+00:00',
     'Lou has downloaded it.', $id(ada), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', $id(dispute opened), NULL);
INSERT INTO gateway_reads (gateway, read_to) VALUES ('test', '2026-11-03T09:00:00+00:00');
