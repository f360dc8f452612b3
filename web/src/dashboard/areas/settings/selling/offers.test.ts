import { expect, test } from "vitest";

import { formOf, inputOf, settingsOf } from "./offers";

const all = {
  beatId: null,
  tier: "WAV" as const,
  takesOffers: true,
  minimum: { minor: 2_000, currency: "EUR" },
  answerDays: 5,
};
const own = { ...all, beatId: "beat_1", takesOffers: false, minimum: null };

test("what is set for a beat holds before what is set for all", () => {
  expect(settingsOf(["MP3", "WAV"], [all], [])).toEqual([
    { tier: "MP3", row: undefined, isOwn: false },
    { tier: "WAV", row: all, isOwn: false },
  ]);
  expect(settingsOf(["WAV"], [all], [own])).toEqual([{ tier: "WAV", row: own, isOwn: true }]);
});

test("a setting comes out of its form as it went in, for a beat or for all", () => {
  const place = { studio: "studio_1", currency: "EUR", tier: "WAV" as const };
  expect(inputOf(place, formOf(all))).toEqual({
    studio: "studio_1",
    beat: null,
    tier: "WAV",
    takesOffers: true,
    minimum: { minor: 2_000, currency: "EUR" },
    answerDays: 5,
  });
  expect(inputOf({ ...place, beat: "beat_1" }, formOf(undefined))).toMatchObject({
    beat: "beat_1",
    takesOffers: false,
    minimum: null,
    answerDays: 7,
  });
  expect(inputOf(place, { ...formOf(all), minimum: "cheap" })).toBeUndefined();
  expect(inputOf(place, { ...formOf(all), answerDays: "" })).toBeUndefined();
});
