import { beforeEach, expect, test, vi } from "vitest";

import { complain, openPlace, putAway, say, toastsAt } from "./toasts.svelte";

const page = Symbol("page");
const sheet = Symbol("sheet");
const above = Symbol("above");
const texts = (place: symbol) => toastsAt(place).map((toast) => toast.text);

beforeEach(() => {
  vi.useFakeTimers();
});

test("what is said is shown above the topmost sheet, and on the page once all are closed", () => {
  const leaves = [page, sheet, above].map((place) => openPlace(place));
  complain("It could not be saved.");
  expect([page, sheet, above].map(texts)).toEqual([[], [], ["It could not be saved."]]);

  // Sheets need not close in the order in which they opened.
  leaves[1]?.();
  expect([page, sheet, above].map(texts)).toEqual([[], [], ["It could not be saved."]]);
  leaves[2]?.();
  expect([page, sheet, above].map(texts)).toEqual([["It could not be saved."], [], []]);
  putAway(toastsAt(page)[0]!.id);
  leaves[0]?.();
});

test("what was done goes by itself, what went wrong stays until it is put away", () => {
  const leave = openPlace(page);
  say("Saved");
  say("Removed", { label: "Undo", run: () => {} });
  complain("That did not work.");
  vi.advanceTimersByTime(5_000);
  expect(texts(page)).toEqual(["Removed", "That did not work."]);
  vi.advanceTimersByTime(60_000);
  expect(texts(page)).toEqual(["That did not work."]);
  putAway(toastsAt(page)[0]!.id);
  leave();
});
