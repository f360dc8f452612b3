-- A session every two weeks, held with a deposit and confirmed, with a microphone.
INSERT INTO rooms
    (id, studio_id, slug, name, description, address, is_public, time_zone, hours, currency, hour_rate_minor, day_rate_minor, step_minutes, min_minutes, max_minutes,
     buffer_before_minutes, buffer_after_minutes, notice_minutes, horizon_days, hold_minutes, deposit_share, free_cancel_hours, kept_share, archived_at,
     created_at, updated_at)
VALUES
    ($id(room), $id(nova), 'room-a', 'Room A', 'The large one', 'Hafen 1', TRUE, 'Europe/Berlin', '{"monday": [["09:00", "18:00"]]}', 'EUR', 5000, 30000, 30, 60, 600,
     0, 15, 60, 90, 30, 500000, 48, 500000, NULL, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO room_exceptions (room_id, on_date, hours, note) VALUES ($id(room), '2026-12-24', '[]', 'Closed');
INSERT INTO equipment
    (id, studio_id, room_id, name, category, serial, is_public, currency, hour_rate_minor, day_rate_minor, archived_at, created_at, updated_at)
VALUES ($id(microphone), $id(nova), $id(room), 'A ribbon', 'Microphones', '007', FALSE, 'EUR', 500, NULL, NULL, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO booking_series (id, studio_id, room_id, every_weeks, occurrences, created_by, created_at) VALUES
    ($id(series), $id(nova), $id(room), 2, 4, $id(ada), '2026-11-03T09:00:00+00:00');
INSERT INTO bookings
    (id, studio_id, room_id, series_id, kind, state, title, starts_at, ends_at, client_name, client_email, party_id, project_id, notes, price_minor, deposit_minor,
     currency, free_hours, free_until, kept_share, held_until, sequence, events, client_ip, client_user_agent, created_by, created_at, updated_at, kept_minor)
VALUES
    ($id(booking), $id(nova), $id(room), $id(series), 'session', 'confirmed', 'Voice', '2026-11-09T09:00:00+00:00', '2026-11-09T10:00:00+00:00', 'Mia', 'Mia@example.com',
     $id(mia), $id(project), 'Tea', 5500, 2750, 'EUR', 48, '2026-11-07T09:00:00+00:00', 500000, NULL, 1, 2, '192.0.2.9', 'a browser', NULL, '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', NULL),
    ($id(booking cancelled), $id(nova), $id(room), NULL, 'session', 'cancelled', 'Piano', '2026-11-10T09:00:00+00:00', '2026-11-10T10:00:00+00:00', NULL, NULL,
     NULL, NULL, '', 5000, 0, 'EUR', 48, '2026-11-08T09:00:00+00:00', 500000, NULL, 1, 2, NULL, NULL, $id(ada), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', 0);
INSERT INTO booking_equipment (booking_id, equipment_id, price_minor) VALUES ($id(booking), $id(microphone), 500);
INSERT INTO booking_people (booking_id, party_id, role) VALUES ($id(booking), $id(leo), 'engineer');
INSERT INTO orders (id, studio_id, reference, state, buyer_name, buyer_email, total_minor, currency, gateway, placed_at) VALUES
    ($id(order of deposit), $id(nova), 'LL-7', 'awaiting_payment', 'Mia', 'mia@example.com', 2750, 'EUR', 'test', '2026-11-03T09:00:00+00:00');
INSERT INTO booking_deposits (order_id, booking_id, title) VALUES ($id(order of deposit), $id(booking), 'Deposit for Room A');
INSERT INTO booking_events (booking_id, seq, act, side, user_id, room_id, starts_at, ends_at, note, at) VALUES
    ($id(booking), 1, 'held', 'client', NULL, $id(room), '2026-11-09T09:00:00+00:00', '2026-11-09T10:00:00+00:00', NULL, '2026-11-03T09:00:00+00:00'),
    ($id(booking), 2, 'confirmed', 'studio', $id(ada), $id(room), '2026-11-09T09:00:00+00:00', '2026-11-09T10:00:00+00:00', 'See you', '2026-11-03T09:00:00+00:00');
INSERT INTO calendar_feeds (id, studio_id, scope, room_id, party_id, shows_names, created_by, created_at, revoked_at) VALUES
    ($id(feed), $id(nova), 'room', $id(room), NULL, FALSE, $id(ada), '2026-11-03T09:00:00+00:00', NULL), ($id(feed of mia), $id(nova), 'person', NULL, $id(mia), TRUE, $id(ada), '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00');
INSERT INTO room_slices (room_id, slice, booking_id) VALUES ($id(room), 1993572, $id(booking)), ($id(room), 1993573, $id(booking));
INSERT INTO equipment_slices (equipment_id, slice, booking_id) VALUES ($id(microphone), 1993572, $id(booking));
