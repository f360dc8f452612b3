/** What was typed and not yet sent, kept in this browser for two days, or until somebody signs out. Where nothing can be kept, nothing is. */
import { DRAFTS } from "$lib/unsent";

const LIFE_MS = 2 * 24 * 60 * 60 * 1000;

interface Kept {
  at: number;
  fields: Record<string, string>;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

export class Drafts {
  constructor(
    private readonly store: Store | null,
    private readonly now: () => number = Date.now,
  ) {}

  static ofBrowser(): Drafts {
    let store: Store | null = null;
    try {
      store = localStorage;
    } catch {
      // Cookies and storage are switched off.
    }
    return new Drafts(store).tidy();
  }

  find(key: string): Record<string, string> | undefined {
    return this.read(this.store?.getItem(DRAFTS + key) ?? null)?.fields;
  }

  keep(key: string, fields: Record<string, string>): void {
    try {
      this.store?.setItem(DRAFTS + key, JSON.stringify({ at: this.now(), fields } satisfies Kept));
    } catch {
      // The store is full: what is typed stays on the page, as it does without this.
    }
  }

  /** Forgets what was sent: all that begins with an address. */
  settle(address: string): void {
    for (const key of this.keys())
      if (address && key.startsWith(DRAFTS + address)) this.store?.removeItem(key);
  }

  /** What another tab has made of a draft; nothing if that is not what happened. */
  changed(event: StorageEvent, key: string): Record<string, string> | undefined {
    return event.key === DRAFTS + key ? this.read(event.newValue)?.fields : undefined;
  }

  /** Forgets what is old. */
  tidy(): this {
    for (const key of this.keys())
      if (!this.read(this.store?.getItem(key) ?? null)) this.store?.removeItem(key);
    return this;
  }

  private keys(): string[] {
    const all = Array.from({ length: this.store?.length ?? 0 }, (_, at) => this.store?.key(at) ?? "");
    return all.filter((key) => key.startsWith(DRAFTS));
  }

  private read(text: string | null): Kept | undefined {
    try {
      const kept = JSON.parse(text ?? "null") as Kept | null;
      return kept && this.now() - kept.at < LIFE_MS ? kept : undefined;
    } catch {
      return undefined;
    }
  }
}
