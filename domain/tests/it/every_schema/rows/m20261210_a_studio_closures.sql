INSERT INTO studio_closures (studio_id, closed_at, closed_by, reason) VALUES ($id(vela), '2026-11-03T09:00:00+00:00', $id(ben), 'We moved to Nova.');
