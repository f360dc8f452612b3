import { expect, test } from "vitest";

import { counting, outdated } from "./masters";

const master = (
  profile: "CD" | "MP3",
  number: number,
  state: "READY" | "REFUSED" | "WAITING",
  isCurrent: boolean,
) => ({
  profile,
  number,
  state,
  isCurrent,
});

test("the last that is ready counts, or the last if none is", () => {
  const [old, failed] = [master("CD", 1, "READY", false), master("CD", 2, "REFUSED", false)];
  const [first, second] = [master("MP3", 1, "REFUSED", false), master("MP3", 2, "WAITING", true)];
  expect(counting([failed, old, first, second])).toEqual([old, second]);
  expect(counting([])).toEqual([]);
});

test("what failed or says something old is made anew, unless it is being made", () => {
  expect(outdated([master("CD", 1, "REFUSED", false), master("MP3", 1, "READY", true)])).toEqual(["CD"]);
  expect(outdated([master("CD", 1, "READY", false), master("CD", 2, "WAITING", true)])).toEqual([]);
  expect(outdated([])).toEqual([]);
});
