import type { TodayQuery } from "$generated/dashboard/areas/today/today";

export type Job = NonNullable<TodayQuery["openJobs"]>["nodes"][number];

/** What can be cancelled, and asked for again: everything else is owed to somebody, or takes up a file that would have to be sent anew. */
const KINDS = {
  render_preview: "RENDER_PREVIEW",
  bounce_masters: "BOUNCE_MASTERS",
  analyse_asset: "ANALYSE_ASSET",
  check_stems: "CHECK_STEMS",
} as const;

/** What may be cancelled of what waits or runs, each with its word. What somebody has paid for is not. */
export function cancellable(jobs: readonly Job[]) {
  return jobs.flatMap((job) => {
    const word = Object.entries(KINDS).find(([kind]) => kind === job.kind)?.[1];
    return word && job.priority !== "PAID" ? [{ job, word }] : [];
  });
}
