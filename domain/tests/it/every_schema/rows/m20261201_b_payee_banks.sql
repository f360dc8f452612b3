-- Mia's details are set as they are from this step on.
INSERT INTO payee_bank_changes (id, studio_id, party_id, scheme, holder, masked_account, bank, savings, set_at, set_by) VALUES
    ($id(bank change), $id(nova), $id(mia), 'sepa', 'Mia Holm', 'DE…3000', NULL, FALSE, '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO payee_banks (party_id, studio_id, scheme, holder, account, bank, savings, set_at, set_by, change_id) VALUES
    ($id(mia), $id(nova), 'sepa', 'Mia Holm', 'DE89370400440532013000', NULL, FALSE, '2026-11-03T09:00:00+00:00', $id(ada), $id(bank change));
