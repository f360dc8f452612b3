/** Which of a delivery's masters count, and which are to be made anew. */
import type { MasterProfile, MastersQuery } from "$generated/dashboard/areas/projects/projects";

type Master = MastersQuery["masterDeliveries"]["nodes"][number]["masters"][number];
type Judged = Pick<Master, "profile" | "number" | "state" | "isCurrent">;

export const PROFILES: readonly MasterProfile[] = [
  "STREAMING",
  "APPLE",
  "CD",
  "CLUB",
  "BROADCAST",
  "FLAC",
  "MP3",
];
/** What is made where nothing was chosen. */
export const USUAL: readonly MasterProfile[] = ["STREAMING", "CD", "MP3"];

/** Of each profile the master that counts: the last that is ready, or the last, if none is. */
export function counting<M extends Judged>(masters: readonly M[]): M[] {
  return PROFILES.flatMap((profile) => {
    const made = masters.filter((one) => one.profile === profile).sort((a, b) => a.number - b.number);
    return made.findLast(({ state }) => state === "READY") ?? made.at(-1) ?? [];
  });
}

/** The profiles of which no master is as it should be: it failed, or its tags say what is not true any more. */
export function outdated(masters: readonly Judged[]): MasterProfile[] {
  return PROFILES.filter((profile) => {
    const made = masters.filter((one) => one.profile === profile);
    return made.length > 0 && !made.some(({ isCurrent }) => isCurrent);
  });
}
