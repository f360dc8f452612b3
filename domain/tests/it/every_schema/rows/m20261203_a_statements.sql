-- A statement that was read to its end, with a line that is matched and one that is not.
INSERT INTO assets (id, studio_id, kind, state, sha256, bytes, media_type, file_name, created_at) VALUES
    ($id(statement file), $id(nova), 'statement', 'ready', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 1000, 'text/csv', 'october.csv', '2026-11-03T09:00:00+00:00'),
    ($id(statement index), $id(nova), 'statement_index', 'ready', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 1000, 'application/octet-stream', 'october.idx', '2026-11-03T09:00:00+00:00');
INSERT INTO statement_formats (id, studio_id, format, number, fingerprint, description, sha256, taught_at, taught_by) VALUES
    ($id(format), $id(nova), 'a distributor', 1, '0123456789abcdef', '{}', '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO statement_imports
    (id, studio_id, asset_id, file_name, sha256, bytes, state, given_currency, lines, items, lines_read, created_at, created_by)
VALUES ($id(statement), $id(nova), $id(statement file), 'october.csv', 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', 1000, 'waiting', 'EUR', 0, 0, 0, '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO statement_totals
    (import_id, currency, studio_id, lines, amount, stated, agreement, account_currency, rate_of, rate_to, rate_source, bank_minor, bank_on, posted_minor, rated_at,
     rated_by)
VALUES ($id(statement), 'EUR', $id(nova), 3, '7.000000000000000001', '7', 'rounded', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO statement_receipts
    (import_id, currency, number, studio_id, bank_minor, bank_currency, bank_on, reason, recorded_at, recorded_by)
VALUES ($id(statement), 'EUR', 1, $id(nova), 700, 'EUR', '2026-11-02', NULL, '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO statement_items
    (import_id, number, studio_id, isrc, upc, iswc, code, release_code, title, artist, name_key, is_adjustment, recording_id, work_id, release, matched_by,
     matched_at, matched_user)
VALUES
    ($id(statement), 0, $id(nova), 'DEA012600001', '4006381333931', NULL, 'N-1', 'R-1', 'Night Drive', 'Mia', 'night drive mia', FALSE, $id(recording night), NULL,
     NULL, 'isrc', '2026-11-03T09:00:00+00:00', NULL),
    ($id(statement), 1, $id(nova), NULL, NULL, NULL, NULL, NULL, 'Unknown', '', 'unknown', TRUE, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO statement_sums
    (import_id, number, studio_id, item, currency, used_on, territory, channel, format, source, returned, lines, grossless, units, net, gross)
VALUES
    ($id(statement), 0, $id(nova), 0, 'EUR', '2026-10-31', 'DE', 'stream', 'premium', 'Spotify', FALSE, 2, 1, '1000', '6.500000000000000001', '8'),
    ($id(statement), 1, $id(nova), 1, 'EUR', '2026-10-31', NULL, NULL, NULL, NULL, TRUE, 1, 1, '-1', '0.5', '0');
INSERT INTO statement_facets (import_id, facet, value, month, currency, studio_id, lines, units, net) VALUES
    ($id(statement), 'territory', 'DE', '2026-10-01', 'EUR', $id(nova), 2, '1000', '6.500000000000000001');
INSERT INTO statement_aliases (studio_id, kind, key, recording_id, work_id, release, learned_at, learned_by) VALUES
    ($id(nova), 'code', 'N-1', $id(recording night), NULL, NULL, '2026-11-03T09:00:00+00:00', $id(ada)), ($id(nova), 'upc', '4006381333931', NULL, NULL, '4006381333931', '2026-11-03T09:00:00+00:00', NULL);
UPDATE statement_imports
SET state = 'ready', format = 'a distributor', format_number = 1, layout = '{}', content_sha256 = '2222222222222222222222222222222222222222222222222222222222222222', index_asset_id = $id(statement index),
    period_from = '2026-10-01', period_to = '2026-10-31', lines = 3, items = 2, lines_read = 3, ended_at = '2026-11-03T09:00:00+00:00'
WHERE id = $id(statement);
