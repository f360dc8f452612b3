UPDATE refunds SET refusals = 2, refused_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(refund asked for);
