-- Leo was written down twice and merged; somebody was erased.
INSERT INTO parties (id, studio_id, kind, name, created_at) VALUES
    ($id(leo again), $id(nova), 'person', 'Leo', '2026-11-01T09:00:00+00:00'), ($id(erased), $id(nova), 'person', 'Erased', '2026-11-01T09:00:00+00:00');
INSERT INTO party_details (party_id, studio_id, pro, publisher, publisher_ipi, street, city, region, postcode, country, updated_at) VALUES
    ($id(mia), $id(nova), 'GEMA', 'Kontor 7', '00098765432', 'Hafen 2', 'Hamburg', 'HH', '20457', 'DE', '2026-11-03T09:00:00+00:00');
INSERT INTO party_taxes (party_id, studio_id, tax_id, country, set_at, set_by) VALUES ($id(mia), $id(nova), '12 345 678 901', 'DE', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO party_contacts (party_id, studio_id, kind, value, label, position) VALUES ($id(mia), $id(nova), 'phone', '+49 40 1234', 'Studio', 0);
INSERT INTO party_links (party_id, studio_id, url, kind, position) VALUES ($id(mia), $id(nova), 'https://mia.example.com', 'website', 0);
INSERT INTO party_tags (party_id, studio_id, tag) VALUES ($id(mia), $id(nova), 'topliner');
INSERT INTO party_notes (id, party_id, studio_id, words, written_by, written_at, edited_at) VALUES
    ($id(note), $id(mia), $id(nova), 'Sings in the morning.', $id(ada), '2026-11-03T09:00:00+00:00', NULL);
INSERT INTO party_keys (party_id, studio_id, kind, key) VALUES ($id(mia), $id(nova), 'name', 'mia'), ($id(mia), $id(nova), 'word', 'holm');
INSERT INTO party_successors (party_id, studio_id, successor_id, reference, merged_at, merged_by) VALUES
    ($id(leo again), $id(nova), $id(leo), 'MG-2', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO party_erasures (party_id, studio_id, erased_at, erased_by, report) VALUES ($id(erased), $id(nova), '2026-11-03T09:00:00+00:00', $id(ada), '{"names": 1}');
INSERT INTO client_stage_moves (id, studio_id, client_id, from_stage, to_stage, moved_at, moved_by, words) VALUES
    ($id(stage move), $id(nova), $id(client), 'agreed', 'active', '2026-11-03T09:00:00+00:00', $id(ada), 'Signed');
INSERT INTO client_settings (studio_id, dormant_after_days, since) VALUES ($id(nova), 90, '2026-11-03T09:00:00+00:00');
INSERT INTO client_signs (client_id, studio_id, seen_at) VALUES ($id(client), $id(nova), '2026-11-03T09:00:00+00:00');
INSERT INTO client_imports (id, studio_id, format, sha256, state, created_at, created_by, ended_at) VALUES
    ($id(client import), $id(nova), 'csv', '1111111111111111111111111111111111111111111111111111111111111111', 'entered', '2026-11-03T09:00:00+00:00', $id(ada), '2026-11-03T09:00:00+00:00');
INSERT INTO client_import_lines (import_id, number, studio_id, outcome, name, facts, problem, party_id, email_key, done_at) VALUES
    ($id(client import), 1, $id(nova), 'enter', 'Kontor 7', '{"name": "Kontor 7"}', NULL, $id(label), 'kontor@example.com', '2026-11-03T09:00:00+00:00'),
    ($id(client import), 2, $id(nova), 'refuse', '', NULL, 'a line without a name', NULL, NULL, NULL);
INSERT INTO sent_mails (job_id, studio_id, email_key, subject, sent_at) VALUES ($id(job), $id(nova), 'kim@example.com', 'Your order', '2026-11-03T09:00:00+00:00');
