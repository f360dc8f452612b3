import type { RunRowFragment } from "$generated/dashboard/areas/royalties/royalties";

import { t } from "./text";

/** How a run stands, in a word, and how that is meant. */
export function runStanding(state: RunRowFragment["state"]): {
  words: string;
  tone: "plain" | "good" | "note" | "live";
} {
  const all = {
    DRAFT: { words: t("runDraft"), tone: "note" },
    APPROVED: { words: t("runApproved"), tone: "live" },
    POSTED: { words: t("runPosted"), tone: "good" },
    DISCARDED: { words: t("runDiscarded"), tone: "plain" },
  } as const;
  return all[state];
}
