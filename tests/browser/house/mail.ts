/** What arrives in somebody's mailbox: read from the page that keeps it while no mail server is set up. */
import { until } from "./until";

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function plain(html: string): string {
  return html.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex: string, number: string, name: string) => {
      if (hex) return String.fromCodePoint(parseInt(hex, 16));
      if (number) return String.fromCodePoint(Number(number));
      return ENTITIES[name.toLowerCase()] ?? whole;
    },
  );
}

/** Somebody who can be written to. */
export interface Reader {
  name: string;
  email: string;
  mail: Mailbox;
}

export class Mailbox {
  readonly #read = new Set<string>();

  constructor(
    private readonly base: string,
    private readonly email: string,
  ) {}

  async #page(path: string): Promise<string> {
    const answer = await fetch(`${this.base}${path}`);
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.text();
  }

  /** The first thing that fits in a letter which was not read yet, the newest letter first; what is older than it counts as read. */
  async next(what: string, fits: RegExp): Promise<string> {
    return until(`a mail to ${this.email} with ${what}`, async () => {
      const list = plain(await this.#page("/mailbox"));
      const letters = [...list.matchAll(/<a\b[^>]*href="(\/mailbox\/[^"]+)"[^>]*>(.*?)<\/a>/gs)]
        .filter(([, , said]) => said?.includes(`To ${this.email}`))
        .flatMap(([, path]) => (path ? [path] : []));
      for (const [place, path] of letters.entries()) {
        if (this.#read.has(path)) continue;
        const letter = await this.#page(path);
        this.#read.add(path);
        const found = plain(letter.match(/<pre\b[^>]*>(.*?)<\/pre>/s)?.[1] ?? "").match(fits);
        if (!found) continue;
        letters.slice(place).forEach((older) => this.#read.add(older));
        return found[1] ?? found[0];
      }
      return null;
    });
  }

  /** The address of a page of ours, of this kind, such as `sign`. */
  link(kind: string): Promise<string> {
    return this.next(`a link to /${kind}/`, new RegExp(`${this.base.replaceAll(".", "\\.")}/${kind}/\\S+`));
  }

  /** The six digits that prove whose mailbox it is. */
  code(): Promise<string> {
    return this.next("a code", /(?<![\w-])(\d{6})(?![\w-])/);
  }
}
