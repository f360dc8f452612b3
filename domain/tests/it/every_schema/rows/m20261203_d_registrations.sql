INSERT INTO registration_settings (studio_id, sender_name, sender_ipi, sender_code, society, dpid, isrc_prefix, updated_at) VALUES
    ($id(nova), 'NOVA', '00098765432', 'NOV', 35, 'PADPIDA2026110301A', 'DEN1X', '2026-11-03T09:00:00+00:00');
INSERT INTO isrc_counters (studio_id, prefix, year, first_number, last_number) VALUES ($id(nova), 'DEN1X', 26, 1, 1);
INSERT INTO isrc_assignments (isrc, studio_id, prefix, year, number, recording_id, assigned_at, assigned_by) VALUES
    ('DEN1X2600001', $id(nova), 'DEN1X', 26, 1, $id(recording dawn), '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO releases
    (id, studio_id, ean, kind, title, artist, label, catalogue_number, released_on, facts, created_at, updated_at)
VALUES ($id(release), $id(nova), '4006381333931', 'single', 'Night Drive', 'Mia', 'Kontor 7', 'K7-1', '2026-10-01', '{}', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO release_tracks (release_id, position, studio_id, recording_id, weight) VALUES ($id(release), 1, $id(nova), $id(recording night), 1);
INSERT INTO release_parties (release_id, party_id, studio_id) VALUES ($id(release), $id(mia), $id(nova));
INSERT INTO release_messages (id, studio_id, release_id, number, asset_id, sha256, made_at, made_by) VALUES
    ($id(message), $id(nova), $id(release), 1, $id(run outcome), '1111111111111111111111111111111111111111111111111111111111111111', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO work_registrations (work_id, studio_id, code, facts, updated_at) VALUES ($id(work night), $id(nova), 'NOV00000000001', '{}', '2026-11-03T09:00:00+00:00');
INSERT INTO work_registration_parties (work_id, party_id, studio_id) VALUES ($id(work night), $id(mia), $id(nova));
INSERT INTO cwr_files (id, studio_id, year, number, version, recipient, file_name, asset_id, sha256, request_key, made_at, made_by) VALUES
    ($id(cwr), $id(nova), 2026, 1, '2.1', '035', 'CW260001NOV_035.V21', $id(run outcome), '1111111111111111111111111111111111111111111111111111111111111111', 'cwr-1', '2026-11-03T09:00:00+00:00', $id(ada));
INSERT INTO cwr_file_works (file_id, position, studio_id, work_id, code) VALUES ($id(cwr), 0, $id(nova), $id(work night), 'NOV00000000001');
INSERT INTO cwr_acknowledgements
    (id, studio_id, sha256, position, society, code, work_id, file_id, status, society_code, messages, received_at, received_by)
VALUES ($id(acknowledged), $id(nova), '2222222222222222222222222222222222222222222222222222222222222222', 0, 35, 'NOV00000000001', $id(work night), $id(cwr), 'AS', '1234567', '[]', '2026-11-03T09:00:00+00:00', $id(ada));
