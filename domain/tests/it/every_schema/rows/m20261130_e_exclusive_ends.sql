-- The exclusive that was given back.
INSERT INTO exclusive_ends (licence_id, studio_id, order_id, work_id, claimed_at, ended_at, ended_by) VALUES
    ($id(exclusive), $id(nova), $id(order of exclusive), $id(work dawn), '2026-11-01T09:03:00+00:00', '2026-11-03T09:00:00+00:00', $id(ada));
