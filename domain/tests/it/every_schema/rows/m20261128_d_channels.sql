INSERT INTO licence_channels (id, licence_id, studio_id, url, added_at) VALUES
    ($id(channel), $id(lease), $id(nova), 'https://music.example.com/kim', '2026-11-01T09:00:00+00:00');
