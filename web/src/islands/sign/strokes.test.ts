import { expect, test } from "vitest";

import { Strokes } from "./strokes";

test("a drawing is sent as the server reads it", () => {
  const strokes = new Strokes();
  strokes.begin([10, 10]);
  expect(strokes.draw([500, 200])).toEqual([10, 10]);
  expect(strokes.draw([502, 201])).toBeUndefined();
  strokes.begin([7, 0]);
  expect(String(strokes)).toBe("10.10_500.200-7.0");
  strokes.undo();
  expect(String(strokes)).toBe("10.10_500.200");
  strokes.clear();
  expect(String(strokes)).toBe("");
});

test("what was sent is drawn again, and what is no drawing is none", () => {
  for (const sent of ["", "7.0", "10.10_500.200-7.0", "0.0_1000.300_0.300-5.5-5.5"])
    expect(String(Strokes.read(sent))).toBe(sent);
  expect(Strokes.read("10.10_500.200-7.0").all).toEqual([
    [
      [10, 10],
      [500, 200],
    ],
    [[7, 0]],
  ]);
  for (const none of ["10", "10.10_", "-1.2", "a.b", "[[[1,2]]]"])
    expect(String(Strokes.read(none))).toBe("");
});

test("no more is drawn than the server takes", () => {
  const strokes = new Strokes();
  for (let at = 0; at < 100; at += 1) strokes.begin([at, 0]);
  expect(strokes.all.length).toBe(60);
  for (let at = 0; at < 2_000; at += 1) strokes.draw([(at % 2) * 900, at % 300]);
  expect(strokes.all.flat().length).toBe(900);
  expect(strokes.begin([1, 1])).toBe(false);
  strokes.undo();
  expect(strokes.begin([1, 1])).toBe(true);
});
