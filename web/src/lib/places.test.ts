import { expect, test } from "vitest";

import { range, seconds, written } from "./places";

test("a place is written as the form takes it, and read again", () => {
  expect([0, 5, 83.44, 600, 0.3].map(written)).toEqual(["0:00", "0:05", "1:23.4", "10:00", "0:00.3"]);
  expect(["0:05", "1:23.4", "83", "1:00:00", "0:07,5"].map(seconds)).toEqual([5, 83.4, 83, 3600, 7.5]);
  expect(["", "soon", "-1", "1:"].map(seconds)).toEqual([undefined, undefined, undefined, undefined]);
});

test("a drag is a range either way, within the song, and a press is none", () => {
  expect(range(30, 10, 60)).toEqual([10, 30]);
  expect(range(-5, 90, 60)).toEqual([0, 60]);
  expect(range(10, 10.1, 60)).toBeUndefined();
});
