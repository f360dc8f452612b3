INSERT INTO clause_defaults (studio_id, template, edits, updated_at) VALUES ($id(nova), 'producer', '{"credit": "Prod. Nova"}', '2026-11-01T09:00:00+00:00');
