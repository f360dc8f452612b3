import { expect, test } from "vitest";

import { accountName, grouped, groupOf, type AccountKind } from "./accounts";

const balance = (kind: AccountKind, minor: number, currency = "EUR") => ({
  account: { id: kind, kind, currency, partyId: null, partyName: null },
  balance: { minor, currency },
});

test("the books in one currency, in three groups that come to nothing together", () => {
  const balances = [
    balance("GATEWAY_CLEARING", 1_000),
    balance("PAYABLE", -700),
    balance("SALES", -500),
    balance("SPLITS_EXPENSE", 200),
    balance("SALES", -9_999, "USD"),
  ];
  const groups = grouped(balances, "EUR");
  expect(groups.map(({ group, sum }) => [group, sum])).toEqual([
    ["own", 1_000],
    ["owed", 700],
    ["result", 300],
  ]);
  const [own = 0, owed = 0, result = 0] = groups.map(({ sum }) => sum);
  expect(own - owed - result).toBe(0);
});

test("accounts have names", () => {
  expect(groupOf("TAX_DUE")).toBe("owed");
  expect(accountName({ kind: "PAYABLE", partyName: "Mika" })).toBe("Owed: Mika");
});
