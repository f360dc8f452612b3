import { expect, test } from "vitest";

import { changesOf, subjectOf } from "./edits";

const names = new Map([
  ["pty_1", "Ada"],
  ["song_1", "Night Drive"],
]);

test("an edit is called what was edited, and of what was taken out what it was", () => {
  const take = { part: "Lead vocal", number: 3 };
  expect(subjectOf({ entry: "TAKE", before: null, after: take }, names)).toBe("Lead vocal, take 3");
  const credit = { party_id: "pty_1", role: "lead_vocalist", note: null };
  expect(subjectOf({ entry: "CREDIT", before: credit, after: null }, names)).toBe("Ada, Lead vocals");
  const other = { party_id: "pty_2", role: "other", note: "Hand claps" };
  expect(subjectOf({ entry: "CREDIT", before: null, after: other }, names)).toBe("Hand claps");
  expect(subjectOf({ entry: "GEAR", before: null, after: { name: "U 87" } }, names)).toBe("U 87");
});

test("what is otherwise is told with what it was, in words", () => {
  const before = { role: "artist", instrument: null, song_id: null, note: "" };
  const after = { role: "lead_vocalist", instrument: "Voice", song_id: "song_1", note: "" };
  expect(changesOf({ before, after }, names)).toEqual([
    "Role: Artist → Lead vocals",
    "On what: – → Voice",
    "Song: – → Night Drive",
  ]);
});

test("of what nobody can name only that it has changed is told", () => {
  expect(changesOf({ before: { party_id: "pty_8" }, after: { party_id: "pty_1" } }, names)).toEqual(["Who"]);
  expect(changesOf({ before: { comp_of: ["a"] }, after: { comp_of: ["a", "b"] } }, names)).toEqual([
    "Of which takes",
  ]);
});

test("what was added or taken out has not changed", () => {
  expect(changesOf({ before: null, after: { title: "Drums" } }, names)).toEqual([]);
  expect(changesOf({ before: { title: "Drums" }, after: null }, names)).toEqual([]);
});
