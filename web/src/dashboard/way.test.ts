import { beforeAll, expect, test, vi } from "vitest";

const [nova, iris] = [{ slug: "nova" }, { slug: "iris" }];
let wayIn: (typeof import("./way"))["wayIn"];

beforeAll(async () => {
  vi.stubGlobal("location", { pathname: "/dashboard", search: "" });
  ({ wayIn } = await import("./way"));
});

test("without a studio it is the last one, and the area that is named", () => {
  expect(wayIn([], [nova, iris], iris)).toBe("/dashboard/iris/today");
  expect(wayIn(["royalties", "runs"], [nova, iris], iris)).toBe("/dashboard/iris/royalties/runs");
  expect(wayIn(["nova"], [nova, iris], iris)).toBe("/dashboard/nova/today");
});

test("what says all stays, what is nowhere is found nowhere, and a studio comes before an area", () => {
  expect(wayIn(["nova", "beats"], [nova, iris], iris)).toBeUndefined();
  expect(wayIn(["nobody"], [nova], nova)).toBeUndefined();
  expect(wayIn(["beats"], [], undefined)).toBeUndefined();
  expect(wayIn(["beats", "orders"], [{ slug: "beats" }, nova], nova)).toBeUndefined();
});
