INSERT INTO order_lines (id, order_id, position, beat_id, work_id, beat_title, tier_code, terms, price_minor, shown_text_sha256) VALUES
    ($id(line shown), $id(order that waits), 2, $id(haze), $id(work haze), 'Haze', 'mp3', '{"code": "mp3"}', 0, '9999999999999999999999999999999999999999999999999999999999999999');
