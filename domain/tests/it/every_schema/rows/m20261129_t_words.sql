INSERT INTO agreement_signers (id, agreement_id, party_index, party_key, position, name, email, state, reason, reminders, created_at, note, refusal) VALUES
    ($id(signer who declined), $id(draft), 0, 'producer', 1, 'Leo', 'leo@example.com', 'declined', 'too late', 0, '2026-11-03T09:00:00+00:00', 'halves, please', 'we had said thirds');
