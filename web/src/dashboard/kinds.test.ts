import { expect, test } from "vitest";

import { KINDS, ordered } from "./kinds.svelte";

const areas = ["today", "beats", "orders", "money", "royalties", "roster"].map((path) => ({ path }));
const paths = (kind: Parameters<typeof ordered>[1]) => ordered(areas, kind).map(({ path }) => path);

test("what somebody does comes first, and nothing is lost", () => {
  expect(paths("manager")).toEqual(["today", "roster", "royalties", "money", "beats", "orders"]);
  expect(paths("artist")).toEqual(["today", "beats", "royalties", "orders", "money", "roster"]);
  for (const kind of KINDS) expect(paths(kind).toSorted()).toEqual(areas.map(({ path }) => path).toSorted());
});

test("without a choice they stand as they are", () => {
  expect(paths(null)).toEqual(areas.map(({ path }) => path));
});
