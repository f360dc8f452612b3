import { expect, test } from "vitest";

import type { ProductionStage } from "$generated/dashboard/areas/projects/projects";

import { inOrder, isLast, moved, openedWith, placeAt, placeBy, standing } from "./order";

const songs = ["a", "b", "c", "d"].map((id) => ({ id }));
const stage = (id: string, kind: ProductionStage, isClosed = false) => ({
  id,
  stage: kind,
  closedAt: isClosed ? "2026-12-01T10:00:00Z" : null,
});

test("a song takes another place, and the others keep their order", () => {
  expect(moved(["a", "b", "c", "d"], 0, 2)).toEqual(["b", "c", "a", "d"]);
  expect(moved(["a", "b", "c", "d"], 3, 0)).toEqual(["d", "a", "b", "c"]);
  expect(moved(["a", "b"], 1, 1)).toEqual(["a", "b"]);
});

test("an order that is older than the songs leaves none of them out, and shows none that is gone", () => {
  expect(inOrder(songs, ["c", "x", "a"]).map(({ id }) => id)).toEqual(["c", "a", "b", "d"]);
});

test("keys lead up and down and to the ends, and not beyond", () => {
  expect(["ArrowUp", "ArrowDown", "Home", "End"].map((key) => placeBy(key, 1, 4))).toEqual([0, 2, 0, 3]);
  expect([placeBy("ArrowUp", 0, 4), placeBy("ArrowDown", 3, 4)]).toEqual([0, 3]);
  expect(placeBy("a", 1, 4)).toBeUndefined();
});

test("what is held comes between the rows whose middles it has passed", () => {
  expect([5, 15, 25, 99].map((height) => placeAt(height, [10, 20, 30]))).toEqual([0, 1, 2, 3]);
});

test("a song is at its first open stage, and has come from the one before it", () => {
  const open = [stage("1", "RECORDING", true), stage("2", "EDITING"), stage("3", "MIXING")];
  expect(standing(open)).toEqual({ now: open[1], before: open[0] });
  const through = open.map((one) => ({ ...one, closedAt: "2026-12-01T10:00:00Z" }));
  expect(standing(through)).toEqual({ now: undefined, before: through[2] });
  expect(standing([stage("1", "RECORDING")]).before).toBeUndefined();
});

test("a stage is the last of its kind once it is closed in all songs and in the whole project", () => {
  const mine = stage("1", "MIXING");
  const project = (other: boolean, whole: boolean) => ({
    songs: [{ stages: [mine] }, { stages: [stage("2", "MIXING", other), stage("3", "MASTERING")] }],
    stages: [stage("4", "MIXING", whole)],
  });
  expect(isLast(project(true, true), mine)).toBe(true);
  expect(isLast(project(false, true), mine)).toBe(false);
  expect(isLast(project(true, false), mine)).toBe(false);
});

test("what is closed behind a stage opens with it, and is closed again in its order", () => {
  const mine = [stage("1", "RECORDING", true), stage("2", "MIXING", true)];
  const whole = [stage("3", "IDEATION", true), stage("4", "EDITING", true), stage("5", "MASTERING")];
  expect(openedWith(stage("1", "RECORDING", true), mine, whole).map(({ id }) => id)).toEqual(["4", "2"]);
});
