UPDATE domains SET looked_at = '2026-11-03T09:00:00+00:00', missed = 1 WHERE id = $id(domain);
