import type { LogTakeInput, TakeFragment } from "$generated/dashboard/areas/sessions/sessions";

/** The takes of a part of a song, by their numbers. */
export interface Part {
  key: string;
  song: string;
  songTitle: string;
  part: string;
  takes: TakeFragment[];
}

/** A part as the server keeps it: blanks made single. */
export function tidy(part: string): string {
  return part.trim().replace(/\s+/g, " ");
}

/** Takes by song and part, that which was worked on last first. */
export function partsOf(takes: readonly TakeFragment[]): Part[] {
  const parts = new Map<string, Part>();
  for (const take of takes) {
    const key = JSON.stringify([take.songId, take.part]);
    const one = parts.get(key) ?? {
      key,
      song: take.songId,
      songTitle: take.songTitle ?? "",
      part: take.part,
      takes: [],
    };
    one.takes.push(take);
    // Behind the others again: a map keeps the order in which its keys came in.
    parts.delete(key);
    parts.set(key, one);
  }
  return [...parts.values()]
    .reverse()
    .map((one) => ({ ...one, takes: one.takes.toSorted((a, b) => a.number - b.number) }));
}

/** The number that the next take of a part gets. */
export function nextNumber(takes: readonly TakeFragment[], song: string, part: string): number {
  const wanted = tidy(part);
  const numbers = takes
    .filter((take) => take.songId === song && take.part === wanted)
    .map(({ number }) => number);
  return Math.max(0, ...numbers) + 1;
}

/** A take as it is written down again: as a new one, for one that was taken out. Without its takes a comp would be none. */
export function inputOf(session: string, take: TakeFragment): LogTakeInput {
  return {
    session,
    song: take.songId,
    part: take.part,
    number: take.number,
    recordedAt: take.recordedAt,
    rating: take.rating,
    notes: take.notes,
    compOf: take.isComp ? take.compOf : null,
  };
}
