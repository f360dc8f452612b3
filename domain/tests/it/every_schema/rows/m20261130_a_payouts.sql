-- Mia was paid by hand and is paid by the gateway; Leo is paid by a file for a bank.
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(payout by hand, 1), $id(payout by hand), $id(payable mia), 100, 'EUR'),
    ($id(payout by hand, 2), $id(payout by hand), $id(bank), -100, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(payout by hand), $id(nova), 'payout_by_hand', 'payouts', 'PO-1', NULL, 'PO-1', 'Paid out', '2026-11-03T09:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(payout by file, 1), $id(payout by file), $id(payable leo), 200, 'EUR'),
    ($id(payout by file, 2), $id(payout by file), $id(bank), -200, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(payout by file), $id(nova), 'payout_by_hand', 'payouts', 'PO-2', NULL, 'PO-2', 'Paid out', '2026-11-03T09:00:01+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(payout by gateway, 1), $id(payout by gateway), $id(payable mia), 50, 'EUR'),
    ($id(payout by gateway, 2), $id(payout by gateway), $id(clearing), -50, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(payout by gateway), $id(nova), 'payout', 'payouts', 'PO-3', NULL, 'PO-3', 'Paid out', '2026-11-03T09:00:02+00:00');

INSERT INTO payees
    (id, studio_id, party_id, gateway, gateway_account, country, email, state, missing, invited_at, invited_by, checked_at)
VALUES ($id(payee mia), $id(nova), $id(mia), 'test', 'acct_1', 'DE', 'mia@example.com', 'ready', '', '2026-11-03T09:00:00+00:00', $id(ada), '2026-11-03T09:00:00+00:00');
INSERT INTO payee_banks (party_id, studio_id, scheme, holder, account, bank, savings, set_at, set_by) VALUES
    ($id(leo), $id(nova), 'sepa', 'Leo', 'DE89370400440532013000', NULL, FALSE, '2026-11-03T09:00:00+00:00', $id(ada)),
    ($id(label), $id(nova), 'ach', 'Kontor 7', '1234567', '021000021', TRUE, '2026-11-03T09:00:00+00:00', NULL);
INSERT INTO payout_terms (studio_id, hold_days) VALUES ($id(nova), 14);
INSERT INTO payout_minimums (id, studio_id, party_id, currency, minimum_minor) VALUES
    ($id(minimum), $id(nova), NULL, 'EUR', 2500), ($id(minimum of leo), $id(nova), $id(leo), 'EUR', 100);
INSERT INTO payout_batches
    (id, studio_id, reference, scheme, currency, total_minor, payouts, execute_on, file, sha256, request_key, request_sha256, created_at, created_by)
VALUES ($id(batch), $id(nova), 'PB-1', 'sepa', 'EUR', 200, 1, '2026-11-04', '<Document/>', '1111111111111111111111111111111111111111111111111111111111111111', 'batch-1', '2222222222222222222222222222222222222222222222222222222222222222', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO payouts
    (id, studio_id, party_id, method, state, reference, amount_minor, currency, gateway, gateway_account, gateway_transfer, batch_id, attempt, attempt_at,
     tried_at, journal_id, reversed_minor, note, request_key, requested_at, requested_by, paid_at, checked_at)
VALUES
    ($id(payout to mia), $id(nova), $id(mia), 'manual', 'paid', 'PO-1', 100, 'EUR', NULL, NULL, NULL, NULL, 1, '2026-11-03T09:00:00+00:00', NULL, $id(payout by hand), 0, 'In cash',
     'payout-1', '2026-11-03T09:00:00+00:00', $id(ada), '2026-11-03T09:00:00+00:00', NULL),
    ($id(payout to leo), $id(nova), $id(leo), 'sepa', 'exported', 'PO-2', 200, 'EUR', NULL, NULL, NULL, $id(batch), 1, '2026-11-03T09:00:00+00:00', NULL, $id(payout by file), 0, '',
     NULL, '2026-11-03T09:00:00+00:00', NULL, NULL, NULL),
    ($id(payout on its way), $id(nova), $id(mia), 'gateway', 'sending', 'PO-3', 50, 'EUR', 'test', 'acct_1', NULL, NULL, 2, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', $id(payout by gateway), 0, '',
     NULL, '2026-11-03T09:00:00+00:00', $id(ben), NULL, NULL);
