INSERT INTO account_folds (account_id, through_seq, balance_minor, folded_at)
SELECT account_id, MAX(seq), SUM(amount_minor), '2026-11-02T09:00:00+00:00' FROM entries WHERE account_id = $id(clearing) GROUP BY account_id;
