import type { ProductionStage } from "$generated/dashboard/areas/projects/projects";

import { STAGES } from "../board";

/** A list with one of its things at another place. */
export function moved<Thing>(things: readonly Thing[], from: number, to: number): Thing[] {
  return things.toSpliced(from, 1).toSpliced(to, 0, ...things.slice(from, from + 1));
}

/** Things in an order of their ids; those that it does not name come behind, as they stood. */
export function inOrder<Thing extends { id: string }>(
  things: readonly Thing[],
  ids: readonly string[],
): Thing[] {
  const named = ids.flatMap((id) => things.find((thing) => thing.id === id) ?? []);
  return [...named, ...things.filter(({ id }) => !ids.includes(id))];
}

/** Where a key takes what stands at a place among so many; nowhere if it is no key that does. */
export function placeBy(key: string, at: number, count: number): number | undefined {
  const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: count - 1 }[key];
  return to === undefined ? undefined : Math.min(Math.max(to, 0), count - 1);
}

/** The place of what is held at a height, by the middles of the rows of all others. */
export function placeAt(height: number, middles: readonly number[]): number {
  return middles.filter((middle) => middle < height).length;
}

interface Stage {
  id: string;
  stage: ProductionStage;
  closedAt: string | null;
}

/** The stage that a song is at, none once it is through with all of them; and the one that it has come from, none at the first. */
export function standing<S extends Stage>(stages: readonly S[]): { now?: S; before?: S } {
  const at = stages.findIndex(({ closedAt }) => closedAt === null);
  const behind = at < 0 ? stages : stages.slice(0, at);
  return { now: stages[at], before: behind.at(-1) };
}

/** Whether a project has no other open stage of the kind: what a quote asks for it is invoiced when it is closed. */
export function isLast(
  project: { stages: readonly Stage[]; songs: readonly { stages: readonly Stage[] }[] },
  stage: Stage,
): boolean {
  const all = [...project.stages, ...project.songs.flatMap(({ stages }) => stages)];
  return all.every(
    (other) => other.id === stage.id || other.stage !== stage.stage || other.closedAt !== null,
  );
}

/** What is opened along with a stage of a song, in the order in which it is closed again: what is closed behind it, of the song and of the whole project. */
export function openedWith<S extends Stage>(stage: S, song: readonly S[], whole: readonly S[]): S[] {
  const place = (one: S) => STAGES.indexOf(one.stage);
  return [...song, ...whole]
    .filter((other) => other.closedAt !== null && place(other) > place(stage))
    .toSorted((a, b) => place(a) - place(b));
}
