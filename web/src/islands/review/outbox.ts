/**
 * Notes that were made without a network: kept in this browser until they are sent, each at least once (one whose answer is lost is sent again), the oldest
 * first.
 */
export interface Note {
  readonly id: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Why the server did not take it. */
  readonly problem?: string;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** What sending a note came to. */
export type Sent = "taken" | "unreachable" | { problem: string };

export class Outbox {
  constructor(
    private readonly store: Store,
    private readonly key: string,
  ) {}

  get all(): Note[] {
    try {
      return JSON.parse(this.store.getItem(this.key) ?? "[]") as Note[];
    } catch {
      return [];
    }
  }

  /** Keeps a note; throws where nothing can be kept. */
  put(note: Note): void {
    this.save([...this.all, note]);
  }

  drop(id: string): void {
    this.save(this.all.filter((note) => note.id !== id));
  }

  /** Sends what waits; gives back how many were taken. What was refused stays, with the reason, until somebody mends or drops it. */
  async flush(send: (note: Note) => Promise<Sent>): Promise<number> {
    let taken = 0;
    for (const note of this.all.filter(({ problem }) => problem === undefined)) {
      const sent = await send(note);
      if (sent === "unreachable") break;
      if (sent === "taken") {
        taken += 1;
        this.drop(note.id);
      } else {
        this.save(this.all.map((one) => (one.id === note.id ? { ...one, ...sent } : one)));
      }
    }
    return taken;
  }

  private save(notes: readonly Note[]): void {
    if (notes.length > 0) this.store.setItem(this.key, JSON.stringify(notes));
    else this.store.removeItem(this.key);
  }
}
