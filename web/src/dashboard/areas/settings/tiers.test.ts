import { expect, test } from "vitest";

import { formOf, inputOf } from "./tiers";

const tier = {
  id: "tier_1",
  enabled: true,
  price: { minor: 2_999, currency: "EUR" },
  prices: [{ minor: 3_499, currency: "USD" }],
  terms: {
    tier: "WAV" as const,
    tierName: "WAV lease",
    atCap: "UPGRADE" as const,
    creditLine: "prod. by Nova",
    termMonths: null,
    publishingKept: { ppm: 500_000 },
    caps: { streams: 100_000, copies: null, musicVideos: 1, performances: null, radioStations: 0 },
    files: { mp3: true, wav: true, stems: false },
  },
};

test("a tier comes out of its form as it went in", () => {
  expect(inputOf("studio_1", tier, formOf(tier))).toEqual({
    studio: "studio_1",
    code: "WAV",
    enabled: true,
    name: "WAV lease",
    price: { minor: 2_999, currency: "EUR" },
    prices: [{ minor: 3_499, currency: "USD" }],
    atCap: "UPGRADE",
    creditLine: "prod. by Nova",
    publishingKeptPpm: 500_000,
    termMonths: null,
    files: { mp3: true, wav: true, stems: false },
    caps: { streams: 100_000, copies: null, musicVideos: 1, performances: null, radioStations: 0 },
  });
});

test("what is no amount is not sent", () => {
  const form = formOf(tier);
  expect(inputOf("studio_1", tier, { ...form, price: "cheap" })).toBeUndefined();
  expect(inputOf("studio_1", tier, { ...form, caps: { ...form.caps, streams: "many" } })).toBeUndefined();
  expect(
    inputOf("studio_1", tier, { ...form, caps: { ...form.caps, streams: "" } })?.caps.streams,
  ).toBeNull();
});
