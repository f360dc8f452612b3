import { expect, test } from "vitest";

import {
  billOfClient,
  billOfVersion,
  billToOf,
  daysLeft,
  emptyLine,
  inDays,
  keptOf,
  lineFormsOf,
  linesOf,
  netOf,
  type KnownClient,
  type Version,
} from "./bills";

const client: KnownClient = {
  party: { name: "Mara Lindqvist", email: "mara@example.com" },
  profile: { address: { street: "Kanalstraße 5", postcode: "80538", city: "München", country: "DE" } },
};
const version: Version = {
  title: "Night Bus",
  notes: "",
  validUntil: "2026-12-15T09:00:00Z",
  requiresAgreement: false,
  deposit: { ppm: 400_000 },
  client: {
    name: "Mara Lindqvist",
    address: "Kanalstraße 5\n80538 München",
    country: "DE",
    email: "books@example.com",
    vatId: "DE123456789",
  },
  lines: [
    {
      what: "Recording, days",
      quantityMilli: 1_500,
      recoupable: true,
      unitPrice: { minor: 60_000, currency: "EUR" },
    },
  ],
  milestones: [{ name: "Mix", dueOn: null, phase: "MIXING", share: { ppm: 300_000 }, amount: null }],
  lateFee: {
    graceDays: 3,
    cap: { ppm: 100_000 },
    flat: { minor: 1_000, currency: "EUR" },
    monthly: null,
  },
  taxRate: null,
  total: { minor: 90_000, currency: "EUR" },
};

test("lines are sent once each of them is whole", () => {
  const line = { what: " Mix ", quantity: "1,5", price: "0.33", recoupable: false };
  expect(linesOf([line], "EUR")).toEqual([
    { what: "Mix", quantityMilli: 1_500, unitPrice: { minor: 33, currency: "EUR" }, recoupable: false },
  ]);
  expect(linesOf([line, emptyLine()], "EUR")).toBeUndefined();
  expect(netOf([line, line, emptyLine()], "EUR")).toBe(100);
});

test("what is changed of a quote begins as it stood", () => {
  expect(linesOf(lineFormsOf(version), "EUR")).toEqual(version.lines);
  expect(netOf(lineFormsOf(version), "EUR")).toBe(90_000);
  expect(keptOf(version)).toEqual({
    milestones: [{ name: "Mix", dueOn: null, phase: "MIXING", sharePpm: 300_000, amount: null }],
    lateFee: {
      graceDays: 3,
      capPpm: 100_000,
      flat: { minor: 1_000, currency: "EUR" },
      monthlyPpm: null,
    },
  });
});

test("a name or address follows the client unless the quote has its own", () => {
  expect(billToOf(billOfVersion(version, client))).toEqual({
    name: null,
    address: "Kanalstraße 5\n80538 München",
    country: "DE",
    email: "books@example.com",
    vatId: "DE123456789",
  });
  expect(billToOf(billOfClient(client))).toEqual({
    name: null,
    address: "Kanalstraße 5\n80538 München",
    country: "DE",
    email: null,
    vatId: null,
  });
});

test("a quote holds as long as it did, and anew once its time is over", () => {
  const now = Date.parse("2026-12-01T10:00:00Z");
  expect(daysLeft(version.validUntil, 14, now)).toBe(14);
  expect(daysLeft("2026-11-30T10:00:00Z", 30, now)).toBe(30);
  expect(daysLeft("2026-12-01T12:00:00Z", 14, now)).toBe(1);
  expect(inDays(2, now)).toBe("2026-12-03T10:00:00.000Z");
});
