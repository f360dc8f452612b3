-- Leo is paid to Mia for a while, and both bear a cost.
INSERT INTO royalty_rules
    (studio_id, rule, number, kind, effective_on, ends_on, title, content, sha256, document_sha256, agreement_id, request_key, written_at, written_by, payee_id,
     minimum_minor, minimum_currency, hold_reason, hold_through)
VALUES
    ($id(nova), 'split:night', 1, 'split', '2026-10-01', NULL, 'Night Drive', '{}', '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', $id(agreement), 'rule-1', '2026-11-03T09:00:00+00:00', $id(ada), NULL, NULL, NULL, NULL, NULL),
    ($id(nova), 'payee:leo', 1, 'payee', '2026-10-01', NULL, 'Leo', '{}', '3333333333333333333333333333333333333333333333333333333333333333', NULL, NULL, NULL, '2026-11-03T09:00:00+00:00', $id(ada), $id(leo), 1000, 'EUR', 'no tax number',
     '2026-12-31'),
    ($id(nova), 'contract:mia', 1, 'contract', '2026-10-01', '2027-09-30', 'Mia', '{}', '4444444444444444444444444444444444444444444444444444444444444444', NULL, NULL, NULL, '2026-11-03T09:00:00+00:00', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO royalty_charges
    (id, studio_id, kind, on_date, amount_minor, currency, recording_id, work_id, release, party_id, account_group, included_party_id, included_group, payout_id,
     reverses_id, note, request_key, journal_id, recorded_at, recorded_by)
VALUES
    ($id(charge), $id(nova), 'shared', '2026-10-15', 50, 'EUR', $id(recording night), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'A video', 'charge-1', NULL, '2026-11-03T09:00:00+00:00',
     $id(ada)),
    ($id(advance), $id(nova), 'advance', '2026-10-15', 30, 'EUR', NULL, NULL, NULL, $id(mia), 'shares', $id(leo), 'shares', NULL, NULL, '', NULL, NULL, '2026-11-03T09:00:00+00:00', NULL),
    ($id(payment of royalties), $id(nova), 'payment', '2026-11-03', 100, 'EUR', NULL, NULL, NULL, $id(mia), 'shares', NULL, NULL, $id(payout to mia), NULL, '',
     'payout 1 shares', NULL, '2026-11-03T09:00:00+00:00', NULL);
