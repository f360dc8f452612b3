/**
 * What changes in the studio that is open, whoever changes it. The server tells the kinds of things that have; whatever shows such things asks for them again
 * (`live`, `whenChanged`). While nobody looks at the page it waits, and then asks once.
 */
import { StudioChangedDocument, type ChangeKind } from "$generated/lib/api/changes";

export type { ChangeKind };

/** After trouble it is followed anew: the server, or the sign-in, needs its time to come back. */
const AGAIN_MS = 15_000;

interface Listener {
  kinds: readonly ChangeKind[];
  run: () => void;
}

export class Changes {
  readonly #listeners = new Set<Listener>();
  /** What has changed while nobody looked; null stands for anything. */
  #unseen: Set<ChangeKind> | null = new Set();

  constructor(private readonly isSeen: () => boolean) {}

  /** Has something run when one of these kinds has changed; what it gives back ends that. */
  on(kinds: readonly ChangeKind[], run: () => void): () => void {
    const listener = { kinds, run };
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What has changed; null if that is not known, as after a lost connection. */
  tell(kinds: readonly ChangeKind[] | null): void {
    if (kinds === null) this.#unseen = null;
    else for (const kind of kinds) this.#unseen?.add(kind);
    this.look();
  }

  /** Tells what has changed, if somebody looks. */
  look(): void {
    if (!this.isSeen()) return;
    const unseen = this.#unseen;
    this.#unseen = new Set();
    for (const { kinds, run } of [...this.#listeners])
      if (unseen === null || kinds.some((kind) => unseen.has(kind))) run();
  }
}

export const changes = new Changes(
  () => typeof document === "undefined" || document.visibilityState === "visible",
);

/** Follows a studio; what it gives back ends that. */
export function followStudio(studio: string): () => void {
  let [isOver, isFirst] = [false, true];
  let stop: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => changes.look();

  const again = (afterMs: number) => {
    timer = setTimeout(() => void begin(), afterMs);
  };
  async function begin() {
    const loaded = await import("./follow").catch(() => null);
    if (isOver) return;
    if (!loaded) {
      isFirst = false;
      return again(AGAIN_MS);
    }
    stop = loaded.follow(
      StudioChangedDocument,
      { studio },
      {
        data: ({ studioChanged }) => {
          // It begins with none. Where it has begun before, or could not begin, something may have been missed in between.
          if (studioChanged.length > 0) changes.tell(studioChanged);
          else if (!isFirst) changes.tell(null);
          isFirst = false;
        },
        end: (trouble) => {
          stop?.();
          again(trouble ? AGAIN_MS : 0);
        },
      },
    );
  }
  void begin();
  document.addEventListener("visibilitychange", look);
  return () => {
    isOver = true;
    clearTimeout(timer);
    stop?.();
    document.removeEventListener("visibilitychange", look);
  };
}

/** Of a component: has something run when one of these kinds has changed. */
export function whenChanged(kinds: readonly ChangeKind[], run: () => void): void {
  $effect(() => changes.on(kinds, run));
}
