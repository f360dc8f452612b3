import { expect, test } from "vitest";

import { fieldOf, formOf, inputOf, standingOf, turned, unreadOf } from "./coupons";

const coupon = {
  id: "cpn_1",
  code: "SPRING-20",
  amountOff: null,
  partOff: { ppm: 200_000 },
  minimum: { minor: 5_000, currency: "EUR" },
  beats: ["beat_1"],
  tiers: ["WAV" as const],
  startsAt: "2026-03-01T08:00:30Z",
  endsAt: null,
  maxUses: 100,
  uses: 3,
  enabled: true,
};
const same = {
  studio: "studio_1",
  code: "SPRING-20",
  amountOff: null,
  percentOffPpm: 200_000,
  minimum: { minor: 5_000, currency: "EUR" },
  beats: ["beat_1"],
  tiers: ["WAV"],
  startsAt: "2026-03-01T08:00:30Z",
  endsAt: null,
  maxUses: 100,
  enabled: true,
};

test("a coupon comes out of its form as it went in, to the second", () => {
  expect(inputOf("studio_1", "EUR", formOf(coupon, "EUR"), coupon)).toEqual(same);
  expect(turned("studio_1", coupon, false)).toEqual({ ...same, enabled: false });
  const off = { ...coupon, partOff: null, amountOff: { minor: 750, currency: "EUR" } };
  const form = formOf(off, "EUR");
  expect([form.kind, form.off]).toEqual(["amount", "7.50"]);
  expect(inputOf("studio_1", "EUR", form, off)).toEqual({
    ...same,
    percentOffPpm: null,
    amountOff: { minor: 750, currency: "EUR" },
  });
});

test("a new one takes off what was typed, from the minute that was chosen here", () => {
  const begun = { ...formOf(undefined, "EUR"), code: " welcome ", off: "12,5" };
  const form = { ...begun, endsAt: fieldOf("2026-12-31T22:59:00Z") };
  expect(inputOf("studio_1", "EUR", form)).toEqual({
    studio: "studio_1",
    code: "welcome",
    amountOff: null,
    percentOffPpm: 125_000,
    minimum: null,
    beats: [],
    tiers: [],
    startsAt: null,
    endsAt: "2026-12-31T22:59:00.000Z",
    maxUses: null,
    enabled: true,
  });
});

test("what cannot be read is named and not sent", () => {
  const form = { ...formOf(coupon, "EUR"), off: "much", minimum: "1.234", maxUses: "often" };
  expect(unreadOf(form, "EUR")).toEqual(["off", "minimum", "maxUses"]);
  expect(inputOf("studio_1", "EUR", form, coupon)).toBeUndefined();
  expect(inputOf("studio_1", "EUR", { ...formOf(undefined, "EUR"), code: "A" })).toBeUndefined();
});

test("how it stands follows from its window and its uses", () => {
  const now = new Date("2026-04-01T00:00:00Z");
  expect(standingOf(coupon, now)).toBe("given");
  expect(standingOf({ ...coupon, startsAt: "2026-05-01T00:00:00Z" }, now)).toBe("ahead");
  expect(standingOf({ ...coupon, endsAt: "2026-04-01T00:00:00Z" }, now)).toBe("over");
  expect(standingOf({ ...coupon, uses: 100 }, now)).toBe("usedUp");
  expect(standingOf({ ...coupon, enabled: false }, now)).toBe("ended");
});
