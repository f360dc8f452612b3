import { expect, test } from "vitest";

import { formOf, inputOf, turned } from "./bundles";

const bundle = {
  id: "bnd_1",
  name: "Both ends of the night",
  tier: "WAV" as const,
  beats: ["beat_1", "beat_2"],
  price: { minor: 3_900, currency: "EUR" },
  prices: [
    { minor: 3_900, currency: "EUR" },
    { minor: 4_500, currency: "USD" },
  ],
  enabled: false,
};
const same = {
  studio: "studio_1",
  id: "bnd_1",
  name: "Both ends of the night",
  tier: "WAV",
  beats: ["beat_1", "beat_2"],
  price: { minor: 3_900, currency: "EUR" },
  prices: [{ minor: 4_500, currency: "USD" }],
  enabled: false,
};

test("a bundle comes out of its form as it went in, its own price told once", () => {
  expect(inputOf("studio_1", "EUR", formOf(bundle), bundle)).toEqual(same);
  expect(turned("studio_1", bundle, true)).toEqual({ ...same, enabled: true });
});

test("a new one is on sale, once it has a name, two beats and a price", () => {
  const form = { ...formOf(undefined), name: " Nights ", beats: ["beat_1", "beat_2"], price: "25" };
  expect(inputOf("studio_1", "EUR", form)).toMatchObject({ id: null, name: "Nights", enabled: true });
  for (const lacking of [{ name: " " }, { beats: ["beat_1"] }, { price: "cheap" }])
    expect(inputOf("studio_1", "EUR", { ...form, ...lacking })).toBeUndefined();
  const wrong = { ...form, prices: [{ currency: "USD", price: "" }] };
  expect(inputOf("studio_1", "EUR", wrong)).toBeUndefined();
});
