-- Its bank let the first fail: the order has another.
INSERT INTO failed_checkouts (gateway, checkout_id, order_id, number, gateway_payment, failed_at) VALUES
    ('test', 'cs_3', $id(order that waits), 1, 'pi_0', '2026-11-03T09:00:00+00:00');
UPDATE orders SET checkout_id = 'cs_3b' WHERE id = $id(order that waits);
