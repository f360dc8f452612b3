/** What somebody mostly does in a studio: it decides which areas come first. Chosen for this browser, for it is a matter of taste and not of the studio. */
export const KINDS = ["beats", "studio", "artist", "manager"] as const;
export type Kind = (typeof KINDS)[number];

/** What comes first for whom; all other areas follow in their usual order. */
const FIRST: Record<Kind, readonly string[]> = {
  beats: ["today", "beats", "orders", "agreements"],
  studio: ["today", "calendar", "projects", "clients", "agreements", "orders"],
  artist: ["today", "projects", "beats", "royalties", "agreements"],
  manager: ["today", "roster", "royalties", "payouts", "money", "agreements"],
};

const NAME = "ledgerline-kind";

/** In the order of a kind of work, or in their own where none was chosen. */
export function ordered<A extends { path: string }>(areas: readonly A[], kind: Kind | null): A[] {
  if (!kind) return [...areas];
  const place = ({ path }: A) => {
    const first = FIRST[kind].indexOf(path);
    return first < 0 ? FIRST[kind].length : first;
  };
  return areas
    .map((area, at) => ({ area, at }))
    .sort((a, b) => place(a.area) - place(b.area) || a.at - b.at)
    .map(({ area }) => area);
}

class Chosen {
  #kinds = $state<Record<string, Kind | null>>({});

  of(studio: string): Kind | null {
    return studio in this.#kinds ? (this.#kinds[studio] ?? null) : read(studio);
  }
  choose(studio: string, kind: Kind): void {
    this.#kinds[studio] = kind;
    try {
      localStorage.setItem(`${NAME}-${studio}`, kind);
    } catch {
      // It holds for this page.
    }
  }
}

function read(studio: string): Kind | null {
  try {
    const kept = localStorage.getItem(`${NAME}-${studio}`);
    return KINDS.find((kind) => kind === kept) ?? null;
  } catch {
    return null;
  }
}

export const kinds = new Chosen();
