-- A split sheet of two that both have signed, with three entries of evidence, and a draft. The ids within the evidence are those of the agreement and of Mia, who signs.
INSERT INTO agreements
    (id, studio_id, reference, template, title, work_id, state, signing_order, version, expires_at, term_ends_on, evidence_count, evidence_head, created_at, sent_at,
     executed_at)
VALUES
    ($id(agreement), $id(nova), 'AG-1', 'split_sheet', 'Haze', $id(work haze), 'sent', 'parallel', 1, '2026-12-01T09:00:00+00:00', '2027-10-31', 3,
     '4876d09a921c97eb376909bec36ed3aa0ebf0bf6c335d4e4bb580080ae7b27d2', '2026-11-01T10:00:00+00:00', '2026-11-01T11:00:00+00:00', NULL),
    ($id(draft), $id(nova), 'AG-2', 'producer', 'Night Drive', NULL, 'draft', 'in_order', 1, NULL, NULL, 0,
     '0000000000000000000000000000000000000000000000000000000000000000', '2026-11-01T10:00:00+00:00', NULL, NULL);
INSERT INTO agreement_signers
    (id, agreement_id, party_index, party_key, position, name, email, state, party_id, signed_version, signed_text_sha256, concerns_sha256, shown_sha256,
     consent_version, mark, signed_at, ip, user_agent, mailed_at, reminders, created_at)
VALUES
    ($id(signer mia), $id(agreement), 0, 'writer', 1, 'Mia Holm', 'Mia@example.com', 'signed', $id(mia), 1, '1111111111111111111111111111111111111111111111111111111111111111', '2222222222222222222222222222222222222222222222222222222222222222', '3333333333333333333333333333333333333333333333333333333333333333', '1', '{"typed": "Mia Holm"}',
     '2026-11-01T12:00:00+00:00', '192.0.2.9', 'a browser', '2026-11-01T11:00:00+00:00', 1, '2026-11-01T09:00:00+00:00'),
    ($id(signer leo), $id(agreement), 1, 'writer', 2, 'Leo', 'leo@example.com', 'paper', $id(leo), 1, '1111111111111111111111111111111111111111111111111111111111111111', NULL, NULL, NULL, NULL,
     '2026-11-01T13:00:00+00:00', NULL, NULL, NULL, 0, '2026-11-01T09:00:00+00:00');
INSERT INTO agreement_versions (agreement_id, number, document, text_sha256, reading, proposed_by, note, created_at) VALUES
    ($id(agreement), 1, '{}', '1111111111111111111111111111111111111111111111111111111111111111', '[]', $id(signer mia), 'halves', '2026-11-01T09:00:00+00:00');
INSERT INTO agreement_links (id, agreement_id, signer_id, reason, created_at, expires_at, mailed_at, used_at) VALUES
    ($id(link), $id(agreement), $id(signer mia), 'invited', '2026-11-01T09:00:00+00:00', '2026-12-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00');
INSERT INTO signing_sessions
    (id, agreement_id, signer_id, link_id, secret_fingerprint, codes, code_expires_at, attempts, codes_mailed, verified_at, shown_version, shown_sha256,
     consent_version, consented_at, created_at, expires_at)
VALUES
    ($id(signing), $id(agreement), $id(signer mia), $id(link), 'fingerprint of a session', 1, '2026-11-01T09:00:00+00:00', 1, 1, '2026-11-01T09:00:00+00:00', 1, '3333333333333333333333333333333333333333333333333333333333333333', '1', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00', '2026-11-01T18:00:00+00:00');
INSERT INTO agreement_evidence (agreement_id, seq, at, kind, signer_id, event, previous, hash) VALUES
    ($id(agreement), 1, '2026-11-01T10:00:00+00:00', 'created', NULL,
     '{"agreement":"agr_01935a8e7b4c7def81238878dbe15ea7","at":"2026-11-01T10:00:00.000000Z","data":{},"kind":"created","seq":1,"signer":null}',
     '0000000000000000000000000000000000000000000000000000000000000000',
     '605630bcaa2ca238dbb576bc3526ffef5b596db38c5bcf8373479db767334291'),
    ($id(agreement), 2, '2026-11-01T11:00:00+00:00', 'sent', NULL,
     '{"agreement":"agr_01935a8e7b4c7def81238878dbe15ea7","at":"2026-11-01T11:00:00.000000Z","data":{},"kind":"sent","seq":2,"signer":null}',
     '605630bcaa2ca238dbb576bc3526ffef5b596db38c5bcf8373479db767334291',
     'ce307f88d48760e16571bf28318b1c522b827b840595f43360b53fe381a5f939'),
    ($id(agreement), 3, '2026-11-01T12:00:00+00:00', 'shown', $id(signer mia),
     '{"agreement":"agr_01935a8e7b4c7def81238878dbe15ea7","at":"2026-11-01T12:00:00.000000Z","data":{},"kind":"shown","seq":3,"signer":"signer_01935a8e7b4c7def81233e5e7c54ccfa"}',
     'ce307f88d48760e16571bf28318b1c522b827b840595f43360b53fe381a5f939',
     '4876d09a921c97eb376909bec36ed3aa0ebf0bf6c335d4e4bb580080ae7b27d2');
UPDATE agreements SET state = 'executed', executed_at = '2026-11-01T13:00:00+00:00' WHERE id = $id(agreement);
