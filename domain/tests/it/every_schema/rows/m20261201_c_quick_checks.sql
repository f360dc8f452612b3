-- An entry under the checks of this step.
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(moved, 1), $id(moved), $id(payable mia), 10, 'EUR'),
    ($id(moved, 2), $id(moved), $id(payable leo), -10, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(moved), $id(nova), 'party_merge', 'parties', 'MG-1', NULL, 'MG-1', 'Put right', '2026-11-03T09:00:03+00:00');
