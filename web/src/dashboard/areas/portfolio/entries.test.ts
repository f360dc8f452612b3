import { expect, test } from "vitest";

import { addressesOf, standing } from "./entries";

test("addresses stand one a line, whatever is between them", () => {
  expect(addressesOf(" https://open.spotify.com/track/1 \n\n\thttps://tidal.com/2\r\n")).toEqual([
    "https://open.spotify.com/track/1",
    "https://tidal.com/2",
  ]);
  expect(addressesOf(" \n")).toEqual([]);
});

test("a work is seen from its release on, if it is to be", () => {
  const on = (isPublic: boolean, releasedOn: string | null) =>
    standing({ isPublic, releasedOn }, "2026-12-01");
  expect(on(true, "2026-12-01")).toEqual({ key: "shown" });
  expect(on(true, "2026-12-02")).toEqual({ key: "shownFrom", day: "2026-12-02" });
  expect(on(false, "2020-01-01")).toEqual({ key: "hidden" });
  expect(on(true, null)).toEqual({ key: "hidden" });
});
