import { expect, test, vi } from "vitest";

import { Changes } from "./changes.svelte";

test("whoever shows what has changed is told, and nobody else", () => {
  const changes = new Changes(() => true);
  const [orders, beats] = [vi.fn(), vi.fn()];
  const deaf = changes.on(["ORDERS", "OFFERS"], orders);
  changes.on(["BEATS"], beats);
  changes.tell(["ORDERS", "OFFERS", "BOOKS"]);
  expect([orders.mock.calls.length, beats.mock.calls.length]).toEqual([1, 0]);
  deaf();
  changes.tell(["ORDERS", "BEATS"]);
  expect([orders.mock.calls.length, beats.mock.calls.length]).toEqual([1, 1]);
  changes.tell(null);
  expect(beats).toHaveBeenCalledTimes(2);
});

test("while nobody looks it waits, and is told once", () => {
  let isSeen = false;
  const changes = new Changes(() => isSeen);
  const orders = vi.fn();
  changes.on(["ORDERS"], orders);
  changes.tell(["ORDERS"]);
  changes.tell(["ORDERS"]);
  changes.look();
  expect(orders).not.toHaveBeenCalled();
  isSeen = true;
  changes.look();
  changes.look();
  expect(orders).toHaveBeenCalledTimes(1);
});
