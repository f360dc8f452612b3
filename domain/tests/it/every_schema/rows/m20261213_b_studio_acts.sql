INSERT INTO studio_acts (id, studio_id, at, user_id, api_key_id, act, subject, changes) VALUES
    ($id(role changed), $id(nova), '2026-11-03T09:00:00+00:00', $id(ada), NULL, 'role_changed', 'user_01935a8e7b4c7def8123000000000001', '[{"field":"role","old":"viewer","new":"manager"}]'),
    ($id(prices set), $id(nova), '2026-11-03T09:00:00+00:00', NULL, $id(api key), 'tier_set', NULL, '[]'),
    ($id(domain lost), $id(nova), '2026-11-03T09:00:00+00:00', NULL, NULL, 'domain_lost', 'domain_01935a8e7b4c7def8123000000000001', '[]');
