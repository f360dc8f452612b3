import { expect, test } from "vitest";

import { joined, nameOf } from "./stems";

test("a stem is called as its file is", () => {
  expect(["Drums.wav", "Lead 1.5.aiff", "Bass.v2.flac", "Mix 140.96", ".wav", "Keys"].map(nameOf)).toEqual([
    "Drums",
    "Lead 1.5",
    "Bass.v2",
    "Mix 140.96",
    ".wav",
    "Keys",
  ]);
});

test("a further stem takes the place of the one that is called the same, and stands last otherwise", () => {
  const part = (name: string, assetId: string) => ({ name, assetId });
  const set = [part("Drums", "a"), part("Bass", "b")];
  expect(joined(set, [part("drums", "c"), part("Keys", "d")])).toEqual([
    part("Bass", "b"),
    part("drums", "c"),
    part("Keys", "d"),
  ]);
  // Two of one name are told apart by nobody: the server refuses them by name.
  expect(joined([], [part("Kick", "a"), part("Kick", "b")])).toHaveLength(2);
});
