INSERT INTO seals
    (id, studio_id, kind, reference, level, asset_id, revision, waits_for, attempts, due_at, template_sha256, engine_version, sealed_at, raised_at)
VALUES ($id(seal), $id(nova), 'licence', 'LIC-1', 'B-T', $id(paper), 1, 'revocation data', 2, '2026-11-02T09:00:00+00:00', '8888888888888888888888888888888888888888888888888888888888888888', '1.0.0', '2026-11-01T09:00:00+00:00', '2026-11-01T09:00:00+00:00');
INSERT INTO seal_revisions (seal_id, revision, asset_id, sha256, level, at) VALUES ($id(seal), 1, $id(paper), '6666666666666666666666666666666666666666666666666666666666666666', 'B-T', '2026-11-01T09:00:00+00:00');
