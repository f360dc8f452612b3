-- A quote that was accepted, its first stage invoiced, paid by a transfer, and credited in part.
INSERT INTO accounts (id, studio_id, kind, party_id, currency, opened_at) VALUES
    ($id(services), $id(nova), 'services', NULL, 'EUR', '2026-11-01T09:00:00+00:00');

INSERT INTO invoice_settings
    (studio_id, prefix, country, vat_id, tax_number, tax_note, bank_details, due_days, remind_before_days, remind_at_due, remind_every_days, max_reminders,
     updated_at)
VALUES ($id(nova), 'RE', 'DE', 'DE123456789', '12/345/67890', NULL, 'DE89 3704 0044 0532 0130 00', 14, 3, TRUE, 7, 3, '2026-11-03T09:00:00+00:00');
INSERT INTO invoice_counters (studio_id, year, last_number) VALUES ($id(nova), 2026, 2);
INSERT INTO quotes
    (id, studio_id, project_id, client_id, reference, state, version, title, total_minor, currency, valid_until, requires_agreement, agreement_id, created_at,
     updated_at, mailed_at)
VALUES
    ($id(quote), $id(nova), $id(project), $id(client), 'QU-1', 'sent', 1, 'The record', 2380, 'EUR', '2026-12-01T09:00:00+00:00', TRUE, $id(agreement), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO quote_versions (quote_id, number, content, sha256, saved_at, sent_at) VALUES ($id(quote), 1, '{}', '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO quote_answers (quote_id, version, act, name, reason, sha256, ip, user_agent, at) VALUES
    ($id(quote), 1, 'accepted', 'Kontor 7', NULL, '1111111111111111111111111111111111111111111111111111111111111111', '192.0.2.10', 'a browser', '2026-11-03T09:00:00+00:00');
UPDATE quotes SET state = 'accepted', accepted_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(quote);
INSERT INTO quote_stages (quote_id, position, kind, name, net_minor, tax_minor, due_on, phase, reached_at, invoice_id) VALUES
    ($id(quote), 1, 'deposit', 'To begin with', 1000, 190, '2026-11-17', NULL, '2026-11-03T09:00:00+00:00', NULL),
    ($id(quote), 2, 'balance', 'The rest', 1000, 190, NULL, 'mastering', NULL, NULL);
INSERT INTO invoices
    (id, studio_id, kind, year, number, reference, client_id, project_id, quote_id, stage, credits_id, late_fee_of, late_fee_through, net_minor, tax_minor,
     total_minor, currency, issued_at, due_on, content, sha256, request_key, issued_by)
VALUES
    ($id(invoice), $id(nova), 'invoice', 2026, 1, 'RE-2026-0001', $id(client), $id(project), $id(quote), 1, NULL, NULL, NULL, 1000, 190, 1190, 'EUR', '2026-11-03T09:00:00+00:00',
     '2026-11-17', '{}', '1111111111111111111111111111111111111111111111111111111111111111', 'invoice-1', $id(ada));
INSERT INTO invoices
    (id, studio_id, kind, year, number, reference, client_id, credits_id, net_minor, tax_minor, total_minor, currency, issued_at, content, sha256)
VALUES
    ($id(credit note), $id(nova), 'credit_note', 2026, 2, 'RE-2026-0002', $id(client), $id(invoice), 100, 19, 119, 'EUR', '2026-11-03T09:00:00+00:00', '{}', '2222222222222222222222222222222222222222222222222222222222222222');
UPDATE quote_stages SET invoice_id = $id(invoice) WHERE quote_id = $id(quote) AND position = 1;
INSERT INTO orders (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, placed_at) VALUES
    ($id(order of invoice), $id(nova), 'LL-8', 'awaiting_payment', 'Kontor 7', 'kontor@example.com', 1190, 'EUR', 'test', '2026-11-03T09:00:00+00:00');
INSERT INTO invoice_orders (order_id, invoice_id) VALUES ($id(order of invoice), $id(invoice));
INSERT INTO journal_parts
    (journal_id, position, sale_id, order_line_id, holder, party_id, live_minor, suspended_minor, share, holds_cent)
VALUES
    ($id(transfer journal), 0, $id(transfer journal), NULL, 'service', NULL, 1000, 0, NULL, FALSE), ($id(transfer journal), 1, $id(transfer journal), NULL, 'tax', NULL, 190, 0, NULL, FALSE);
INSERT INTO entries (id, journal_id, account_id, amount_minor, currency) VALUES
    ($id(transfer journal, 1), $id(transfer journal), $id(bank), 1190, 'EUR'),
    ($id(transfer journal, 2), $id(transfer journal), $id(services), -1000, 'EUR'),
    ($id(transfer journal, 3), $id(transfer journal), $id(tax), -190, 'EUR');
INSERT INTO journals (id, studio_id, kind, source, external_id, order_id, reference, memo, posted_at) VALUES
    ($id(transfer journal), $id(nova), 'transfer', 'invoices', 'transfer-1', NULL, 'RE-2026-0001', 'Paid by transfer', '2026-11-03T09:00:00+00:00');

INSERT INTO invoice_transfers
    (id, studio_id, invoice_id, kind, applied_minor, tax_minor, excess_minor, currency, happened_on, note, request_key, reverses_id, journal_id, recorded_by,
     recorded_at)
VALUES ($id(transfer), $id(nova), $id(invoice), 'received', 1190, 190, 0, 'EUR', '2026-11-02', '', 'transfer-1', NULL, $id(transfer journal), $id(ada), '2026-11-03T09:00:00+00:00');
INSERT INTO invoice_reminders (invoice_id, number, kind, at) VALUES ($id(invoice), 1, 'before', '2026-11-03T09:00:00+00:00');
INSERT INTO invoice_watches (invoice_id, next_at) VALUES ($id(invoice), '2026-11-17T09:00:00+00:00');
