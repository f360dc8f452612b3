import { expect, test } from "vitest";

import { payoutStanding, totals, waysOf } from "./balances";

const eur = (minor: number, currency = "EUR") => ({ minor, currency });
const balance = (payable: number, held: number, suspended: number, currency = "EUR") => ({
  partyId: "party_a",
  partyName: "Mika",
  payable: eur(payable, currency),
  owed: eur(payable + held, currency),
  held: eur(held, currency),
  suspended: eur(suspended, currency),
  due: eur(0, currency),
  minimum: eur(0, currency),
  underWay: null,
});

test("currencies are summed each for itself", () => {
  expect(totals([balance(100, 20, 3), balance(50, 0, 0), balance(7, 1, 0, "USD")])).toEqual([
    { currency: "EUR", payable: 150, held: 23 },
    { currency: "USD", payable: 7, held: 1 },
  ]);
});

test("a bank's file fits its currency alone", () => {
  const bank = { scheme: "SEPA" as const, holder: "Mika", account: "DE…", bank: null, savings: false };
  const account = { state: "READY" as const, country: "DE", missing: [] };
  const route = { partyId: "party_a", account, bank };
  expect(waysOf(balance(1, 0, 0), route)).toEqual({ gateway: true, bank: "SEPA" });
  expect(waysOf(balance(1, 0, 0, "USD"), route)).toEqual({ gateway: true, bank: null });
  expect(waysOf(balance(1, 0, 0), undefined)).toEqual({ gateway: false, bank: null });
});

test("what failed is told as such", () => {
  expect(payoutStanding("FAILED").tone).toBe("bad");
  expect(payoutStanding("PAID").tone).toBe("good");
});
