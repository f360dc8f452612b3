import type { ClientStage } from "$generated/dashboard/areas/clients/clients";

import { t } from "./text";

/** How far a client may have come, in the order in which they come there. */
export const STAGES: ClientStage[] = ["LEAD", "TALKING", "AGREED", "ACTIVE", "DELIVERED", "DORMANT"];

export function stageText(stage: ClientStage): string {
  return t(`stage${stage}`);
}

export function stageTone(stage: ClientStage): "plain" | "good" | "note" | "live" {
  if (stage === "ACTIVE") return "live";
  if (stage === "LEAD" || stage === "TALKING") return "note";
  return stage === "AGREED" || stage === "DELIVERED" ? "good" : "plain";
}
