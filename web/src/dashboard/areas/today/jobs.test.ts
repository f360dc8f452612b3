import { expect, test } from "vitest";

import { cancellable, type Job } from "./jobs";

test("what can be asked for again can be cancelled, unless somebody has paid for it", () => {
  const job = (kind: string, priority: Job["priority"] = "USUAL"): Job => ({
    id: `${kind} ${priority}`,
    kind,
    priority,
    createdAt: "2026-12-01T09:00:00Z",
    subject: null,
  });
  const jobs = [
    job("bounce_masters", "PAID"),
    job("bounce_masters", "IDLE"),
    job("mail_delivery"),
    job("inspect_asset"),
    job("render_preview"),
    job("analyse_asset"),
    job("check_stems"),
  ];
  expect(cancellable(jobs).map(({ word }) => word)).toEqual([
    "BOUNCE_MASTERS",
    "RENDER_PREVIEW",
    "ANALYSE_ASSET",
    "CHECK_STEMS",
  ]);
});
