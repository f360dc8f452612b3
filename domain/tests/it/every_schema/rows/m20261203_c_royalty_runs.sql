-- A run that was posted: of the 7.00 that the statement says are due, 3.00 become Mia's, and the rest is carried on.
INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at) VALUES
    ($id(royalties due), $id(nova), 'royalties_due', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(suspense), $id(nova), 'royalty_suspense', NULL, 'EUR', '2026-11-01T09:00:00+00:00'),
    ($id(recoupable), $id(nova), 'royalty_recoupable', NULL, 'EUR', '2026-11-01T09:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(statement due, 1), $id(statement due), $id(royalties due), 700, 'EUR'),
    ($id(statement due, 2), $id(statement due), $id(suspense), -700, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(statement due), $id(nova), 'statement_due', 'statements', 'due-1', NULL, 'october.csv', 'Due', '2026-11-03T09:00:00+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(charge journal, 1), $id(charge journal), $id(recoupable), 50, 'EUR'),
    ($id(charge journal, 2), $id(charge journal), $id(bank), -50, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(charge journal), $id(nova), 'royalty_charge', 'royalties', 'charge-1', NULL, 'A video', 'A cost', '2026-11-03T09:00:04+00:00');
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(run journal, 1), $id(run journal), $id(suspense), 300, 'EUR'),
    ($id(run journal, 2), $id(run journal), $id(payable mia), -300, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(run journal), $id(nova), 'royalty_run', 'royalties', 'run-1', NULL, 'RUN-1', 'Royalties', '2026-11-03T09:00:05+00:00');

UPDATE statement_totals
SET account_currency = 'EUR', rate_of = '1', rate_to = '1', rate_source = 'same', posted_minor = 700, journal_id = $id(statement due), rated_at = '2026-11-03T09:00:00+00:00',
    rated_by = $id(ada)
WHERE import_id = $id(statement);
UPDATE royalty_charges SET journal_id = $id(charge journal) WHERE id = $id(charge);
INSERT INTO assets (id, studio_id, kind, state, sha256, bytes, media_type, file_name, created_at) VALUES
    ($id(run inputs), $id(nova), 'run', 'ready', 'ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff', 1000, 'application/json', 'inputs.json', '2026-11-03T09:00:00+00:00'),
    ($id(run outcome), $id(nova), 'run', 'ready', '0000000000000000000000000000000000000000000000000000000000000000', 1000, 'application/json', 'outcome.json', '2026-11-03T09:00:00+00:00');
INSERT INTO royalty_runs
    (id, studio_id, number, currency, opening_id, from_on, through_on, state, rules_sha256, inputs_sha256, outcome_sha256, inputs_asset_id, outcome_asset_id, lines,
     received, residue, due_minor, request_key, created_at, created_by)
VALUES
    ($id(run), $id(nova), 1, 'EUR', NULL, '2026-10-01', '2026-10-31', 'draft', '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', '3333333333333333333333333333333333333333333333333333333333333333', $id(run inputs), $id(run outcome), 3, '7', '0.000000000000000001', 300,
     'run-1', '2026-11-03T09:00:00+00:00', $id(ben));
UPDATE royalty_runs SET state = 'approved', approved_at = '2026-11-03T09:00:00+00:00', approved_by = $id(ada) WHERE id = $id(run);
UPDATE royalty_runs SET state = 'posted', journal_id = $id(run journal), ended_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(run);
INSERT INTO royalty_run_imports (run_id, import_id, currency, studio_id, lines, amount, received) VALUES
    ($id(run), $id(statement), 'EUR', $id(nova), 3, '7.000000000000000001', '7');
INSERT INTO royalty_run_accounts
    (run_id, party_id, account_group, studio_id, opening_minor, activity, held_minor, released_minor, costs_minor, tax_minor, advances_minor, closing_minor,
     unrecouped_minor)
VALUES ($id(run), $id(mia), 'shares', $id(nova), 0, '3.5', 50, 0, 0, 0, 0, 300, 0), ($id(run), $id(leo), 'shares', $id(nova), 0, '0', 0, 0, 0, 0, 0, 0, 0);
INSERT INTO royalty_run_payees (run_id, party_id, studio_id, balance_minor, due_minor, waits_for, reason) VALUES
    ($id(run), $id(mia), $id(nova), 300, 300, NULL, NULL), ($id(run), $id(leo), $id(nova), 0, 0, 'hold', 'no tax number');
INSERT INTO royalty_run_activities
    (run_id, position, studio_id, party_id, account_group, rule, rule_number, kind, recording_id, work_id, units, amount)
VALUES
    ($id(run), 0, $id(nova), $id(mia), 'shares', 'split:night', 1, 'share', $id(recording night), NULL, '1000', '3.25'),
    ($id(run), 1, $id(nova), $id(mia), 'shares', 'split:night', 1, 'share', NULL, $id(work night), '10', '0.25');
INSERT INTO royalty_run_reserves
    (run_id, position, studio_id, release_on, party_id, account_group, recording_id, work_id, rule, rule_number, amount_minor)
VALUES ($id(run), 0, $id(nova), '2027-10-31', $id(mia), 'shares', NULL, NULL, 'contract:mia', 1, 50);
INSERT INTO royalty_carried (from_run_id, position, studio_id, why, recording_id, work_id, content, net, run_id) VALUES
    ($id(run), 0, $id(nova), 'unmatched', NULL, NULL, '{}', '0.5', NULL);
UPDATE statement_sums SET run_id = $id(run) WHERE import_id = $id(statement) AND number = 0;
UPDATE royalty_charges SET run_id = $id(run) WHERE id = $id(charge);
INSERT INTO payee_statements (id, studio_id, run_id, party_id, reference, pdf_asset_id, csv_asset_id, issued_at, mailed_at, seen_at) VALUES
    ($id(told), $id(nova), $id(run), $id(mia), 'ST-1', NULL, $id(run outcome), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', NULL);
INSERT INTO portal_links (id, studio_id, party_id, created_at, revoked_at) VALUES ($id(portal), $id(nova), $id(mia), '2026-11-03T09:00:00+00:00', NULL);
INSERT INTO line_disputes
    (id, studio_id, statement_id, import_id, line_offset, line_bytes, line_number, state, words, answer, opened_at, answered_at, answered_by)
VALUES ($id(line dispute), $id(nova), $id(told), $id(statement), 120, 80, 2, 'open', 'It was more', NULL, '2026-11-03T09:00:00+00:00', NULL, NULL);
INSERT INTO letters_of_direction (id, studio_id, rule, rule_number, payer_id, payee_id, sha256, asset_id, made_at, made_by) VALUES
    ($id(letter), $id(nova), 'payee:leo', 1, $id(label), $id(leo), '6666666666666666666666666666666666666666666666666666666666666666', $id(paper), '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO roster_grants (id, studio_id, user_id, granted_at, granted_by, revoked_at) VALUES ($id(grant), $id(nova), $id(ben), '2026-11-03T09:00:00+00:00', $id(ada), NULL);
INSERT INTO approval_limits (studio_id, user_id, currency, limit_minor, set_at, set_by) VALUES ($id(nova), $id(ben), 'EUR', 100000, '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO royalty_alerts (id, studio_id, kind, subject, facts, raised_at, mailed_at, settled_at) VALUES
    ($id(alert), $id(nova), 'contract_ends', 'contract:mia', '{"ends_on": "2027-09-30"}', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', NULL);
