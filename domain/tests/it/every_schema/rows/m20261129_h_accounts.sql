INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at) VALUES
    ($id(disputed), $id(nova), 'disputed', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(bank), $id(nova), 'bank', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(tax), $id(nova), 'tax_due', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(suspended mia), $id(nova), 'suspended', $id(mia), 'EUR', '2026-11-01T09:00:00+00:00');
