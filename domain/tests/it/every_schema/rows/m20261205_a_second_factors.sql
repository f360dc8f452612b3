INSERT INTO second_factors (user_id, sealed_secret, created_at, confirmed_at, last_step) VALUES ($id(ada), 'a sealed secret', '2026-11-03T09:00:00+00:00', '2026-11-03T09:00:00+00:00', 59800000);
INSERT INTO recovery_codes (user_id, fingerprint, used_at) VALUES ($id(ada), 'fingerprint of a code', NULL), ($id(ada), 'fingerprint of a used code', '2026-11-03T09:00:00+00:00');
UPDATE sign_ins SET proved_at = '2026-11-03T09:00:00+00:00' WHERE id = $id(sign_in);
