-- All that was booked before the second of November, whose hash this is.
INSERT INTO period_balances (period_id, account_id, balance_minor)
SELECT $id(period), account_id, SUM(amount_minor) FROM entries GROUP BY account_id;
INSERT INTO ledger_periods (id, studio_id, number, starts_at, ends_at, closed_at, closed_by, reason, journals, sha256) VALUES
    ($id(period), $id(nova), 1, NULL, '2026-11-02T00:00:00+00:00', '2026-11-02T10:00:00+00:00', $id(ada), 'The month is over', 7,
     'e5a0f8fa21fcbba6131a8a5c1f2b56b3f1ec9bb8a1673e34e99fc58d6317d2bb');
