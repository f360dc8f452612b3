import { expect, test } from "vitest";

import { readTempo, splitLabels } from "./labels";

test("a tempo is read exactly, with a point or a comma", () => {
  const read = ["", " 92.75 ", "92,5", "140", "20", "400"].map(readTempo);
  expect(read).toEqual([null, 92_750, 92_500, 140_000, 20_000, 400_000]);
  for (const none of ["19", "400.5", "fast", "1e2", "-140", "92.7555"])
    expect(readTempo(none), none).toBeUndefined();
});

test("labels are split at commas", () => {
  expect(splitLabels(" dark, calm,, late night ")).toEqual(["dark", "calm", "late night"]);
  expect(splitLabels("")).toEqual([]);
});
