import type { Trouble } from "./trouble";

/** A page of a list, as every connection gives it. */
export interface Connection<Node> {
  nodes: Node[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** A list that is read page by page as somebody comes to its end. */
export class Pages<Node extends { id: string }> {
  items = $state.raw<Node[]>([]);
  hasMore = $state(true);
  loading = $state(false);
  trouble = $state.raw<Trouble | undefined>(undefined);

  #after: string | null = null;
  #round = 0;
  /** Of the looks for what is new, the newest alone puts what it finds. */
  #look = 0;
  /** Something was told while a page was on its way, which may be older. */
  #isTold = false;

  constructor(private readonly read: (after: string | null) => Promise<Connection<Node>>) {}

  /** Reads the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    if (this.loading || !this.hasMore || this.trouble) return;
    const round = this.#round;
    this.loading = true;
    try {
      const { nodes, pageInfo } = await this.read(this.#after);
      if (round !== this.#round) return;
      // What has come in since the last page may have moved rows over to this one.
      const known = new Set(this.items.map((item) => item.id));
      this.items = [...this.items, ...nodes.filter((node) => !known.has(node.id))];
      [this.hasMore, this.#after] = [pageInfo.hasNextPage, pageInfo.endCursor];
    } catch (cause) {
      if (round === this.#round) this.trouble = cause as Trouble;
    } finally {
      if (round === this.#round) this.#end();
    }
  }

  /** Begins anew; what is shown stays until the first page is there. */
  async restart(): Promise<void> {
    const round = (this.#round += 1);
    [this.loading, this.trouble, this.#isTold] = [true, undefined, false];
    try {
      const { nodes, pageInfo } = await this.read(null);
      if (round !== this.#round) return;
      this.items = nodes;
      [this.hasMore, this.#after] = [pageInfo.hasNextPage, pageInfo.endCursor];
    } catch (cause) {
      if (round === this.#round) this.trouble = cause as Trouble;
    } finally {
      if (round === this.#round) this.#end();
    }
  }

  /** A page is there, or has failed; what was told meanwhile is looked at now. */
  #end(): void {
    this.loading = false;
    if (this.#isTold) void this.fresh();
  }

  /** Reads the first page once more, once none is on its way: what is new comes in front, what has changed is shown as it is now, and all else stays where it is. */
  async fresh(): Promise<void> {
    this.#isTold = this.loading;
    if (this.loading) return;
    const [round, look] = [this.#round, (this.#look += 1)];
    // Nobody has asked for it: what fails leaves what is shown.
    const page = await this.read(null).catch(() => null);
    if (!page || round !== this.#round || look !== this.#look) return;
    const { nodes, pageInfo } = page;
    if (!pageInfo.hasNextPage) {
      this.items = nodes;
      [this.hasMore, this.#after] = [false, pageInfo.endCursor];
      return;
    }
    const known = new Set(this.items.map((item) => item.id));
    const now = new Map(nodes.map((node) => [node.id, node]));
    this.items = [
      ...nodes.filter((node) => !known.has(node.id)),
      ...this.items.map((item) => now.get(item.id) ?? item),
    ];
    this.#after ??= pageInfo.endCursor;
  }

  /** Puts a row in its place, or in front if it is new. */
  put(node: Node): void {
    const at = this.items.findIndex((item) => item.id === node.id);
    this.items = at < 0 ? [node, ...this.items] : this.items.with(at, node);
  }
}
