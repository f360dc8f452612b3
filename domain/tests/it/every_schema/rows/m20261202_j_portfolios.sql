INSERT INTO portfolios (studio_id, headline, about, shows_email, is_public, updated_at) VALUES ($id(nova), 'Night music', 'We work late.', TRUE, TRUE, '2026-11-03T09:00:00+00:00');
INSERT INTO portfolio_links (studio_id, position, url) VALUES ($id(nova), 1, 'https://nova.example.com');
INSERT INTO portfolio_entries
    (id, studio_id, song_id, position, title, artist, released_on, is_public, shows_credits, created_at, updated_at)
VALUES ($id(entry), $id(nova), $id(song), 1, 'Night Drive', 'Mia', '2026-10-01', TRUE, TRUE, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO portfolio_entry_roles (entry_id, role) VALUES ($id(entry), 'producer');
INSERT INTO portfolio_entry_links (entry_id, service, url) VALUES ($id(entry), 'bandcamp', 'https://mia.example.com/night');
