import type { StatementRowFragment } from "$generated/dashboard/areas/royalties/royalties";

import { t } from "./text";

type Tone = "plain" | "good" | "note" | "bad" | "live";
type State = StatementRowFragment["state"];

/** How a statement stands, in a word, and how that is meant. */
export function standingOf(state: State): { words: string; tone: Tone } {
  const all: Record<State, { words: string; tone: Tone }> = {
    WAITING: { words: t("stateWaiting"), tone: "live" },
    READING: { words: t("stateReading"), tone: "live" },
    READY: { words: t("stateReady"), tone: "good" },
    HELD: { words: t("stateHeld"), tone: "note" },
    QUARANTINED: { words: t("stateQuarantined"), tone: "note" },
    DUPLICATE: { words: t("stateDuplicate"), tone: "plain" },
    REFUSED: { words: t("stateRefused"), tone: "bad" },
    CANCELLED: { words: t("stateCancelled"), tone: "plain" },
  };
  return all[state];
}

/** Whether it is still on its way. */
export function isOnItsWay(state: State): boolean {
  return state === "WAITING" || state === "READING";
}
