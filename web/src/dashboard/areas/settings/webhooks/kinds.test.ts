import { expect, test } from "vitest";

import { KINDS, offered } from "./kinds";

test("kinds stand in the order in which they are offered, and tests are not asked for", () => {
  expect(offered(["PAYOUT_SENT", "TEST", "ORDER_PAID"])).toEqual(["ORDER_PAID", "PAYOUT_SENT"]);
  expect(offered([...KINDS].reverse())).toEqual(KINDS);
});
