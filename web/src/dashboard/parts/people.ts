/** Whom a studio knows: everybody in its books, clients or not. */
import {
  FindBuyersDocument,
  FindPeopleDocument,
  PeopleInBooksDocument,
  type PeopleInBooksQuery,
} from "$generated/dashboard/parts/parts";
import { ask } from "$lib/api/client";
import type { Studio } from "$lib/api/session.svelte";

import { reaches } from "../areas";

export type Somebody = PeopleInBooksQuery["parties"]["nodes"][number];

/** So many of the newest are looked through, a hundred a page; of more, clients alone are found. */
const PAGES = 5;
/** So many are offered at a time. */
export const MOST = 8;

/** These, the first of them first, each once. */
export function eachOnce<One extends { id: string }>(...all: readonly (readonly One[])[]): One[] {
  const found = new Map<string, One>();
  for (const one of all.flat()) if (!found.has(one.id)) found.set(one.id, one);
  return [...found.values()];
}

/** Whether all words stand in somebody's name or address. */
export function fits({ name, email }: { name: string; email: string | null }, words: string): boolean {
  const text = `${name} ${email ?? ""}`.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The people of a studio's books, read once they are asked for. */
export class People {
  readonly #studio: Studio;
  #newest: Promise<Somebody[]> | undefined;

  constructor(studio: Studio) {
    this.#studio = studio;
  }

  /** The newest. Those that cannot be read now are read when they are asked for again. */
  newest(): Promise<Somebody[]> {
    this.#newest ??= this.#read().catch((cause: unknown) => {
      this.#newest = undefined;
      throw cause;
    });
    return this.#newest;
  }

  /** Whom the words fit, these before all others. */
  async find(words: string, likely: readonly Somebody[] = []): Promise<Somebody[]> {
    const known = [...likely, ...(await this.newest())].filter((party) => fits(party, words));
    return eachOnce(known, await this.#clients(words)).slice(0, MOST);
  }

  /** Who has bought and is not in the books, each address once, by one of their orders. */
  async buyers(words: string): Promise<Somebody[]> {
    if (!reaches(this.#studio.myRole, "MANAGER")) return [];
    const { orders } = await ask(FindBuyersDocument, { studio: this.#studio.id, words });
    const known = new Set((await this.newest()).map(({ email }) => email?.toLowerCase()));
    const found = new Map<string, Somebody>();
    for (const { id, buyerName: name, buyerEmail: email } of orders.nodes) {
      const address = email.toLowerCase();
      if (name && fits({ name, email }, words) && !known.has(address) && !found.has(address))
        found.set(address, { id, name, email });
    }
    return [...found.values()];
  }

  async #clients(words: string): Promise<Somebody[]> {
    if (!reaches(this.#studio.myRole, "MANAGER")) return [];
    const { clients } = await ask(FindPeopleDocument, { studio: this.#studio.id, words });
    return clients.nodes.map(({ party }) => party);
  }

  async #read(): Promise<Somebody[]> {
    const found: Somebody[] = [];
    let after: string | null = null;
    for (let page = 0; page < PAGES; page += 1) {
      const { parties }: PeopleInBooksQuery = await ask(PeopleInBooksDocument, {
        studio: this.#studio.id,
        after,
      });
      found.push(...parties.nodes);
      if (!parties.pageInfo.hasNextPage) break;
      after = parties.pageInfo.endCursor;
    }
    return found;
  }
}
