/** Statements on their way in: sent, taken in, read. They go on while somebody is on another page; what stops says why and can be taken up again. */
import {
  ImportStatementDocument,
  StatementProgressDocument,
  type StatementRowFragment,
} from "$generated/dashboard/areas/royalties/royalties";
import { act, ask } from "$lib/api/client";
import { told } from "$lib/api/trouble";
import { Slots } from "$lib/slots";
import { upload } from "$lib/upload";

import { isOnItsWay } from "./standing";

/** Files that are sent at a time. */
const senders = new Slots(2);
/** How long the server is asked after before each look at a statement that it reads, the longest again and again. */
const LOOKS_MS = [300, 600, 1_000, 2_000];
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export class Arrival {
  stage = $state<"waiting" | "sending" | "reading" | "done" | "failed">("waiting");
  sent = $state(0);
  isKnown = $state(false);
  statement = $state.raw<StatementRowFragment>();
  problem = $state<string>();

  constructor(
    private readonly arrivals: Arrivals,
    readonly file: File,
    private readonly currency: string | undefined,
  ) {}

  async begin(): Promise<void> {
    [this.stage, this.problem] = ["waiting", undefined];
    try {
      const assetId = await senders.run(async () => {
        this.stage = "sending";
        const { studio } = this.arrivals;
        return upload(this.file, { studio, kind: "statement", onprogress: (sent) => (this.sent = sent) });
      });
      this.stage = "reading";
      const input = { studio: this.arrivals.studio, assetId, currency: this.currency };
      const { statement, isKnown } = await act(ImportStatementDocument, { input });
      if (statement) this.#took(statement);
      this.isKnown = isKnown ?? false;
      await this.#read();
      this.stage = "done";
    } catch (cause) {
      [this.stage, this.problem] = ["failed", told(cause)];
    }
  }

  async #read(): Promise<void> {
    for (let look = 0; this.statement && isOnItsWay(this.statement.state); look += 1) {
      await later(LOOKS_MS[Math.min(look, LOOKS_MS.length - 1)] ?? 2_000);
      const { statement } = await ask(StatementProgressDocument, { id: this.statement.id });
      if (statement) this.#took(statement);
    }
  }

  #took(statement: StatementRowFragment): void {
    this.statement = statement;
    this.arrivals.onstatement?.(statement);
  }
}

export class Arrivals {
  all = $state.raw<Arrival[]>([]);
  /** Told of each statement as it comes along. */
  onstatement?: (statement: StatementRowFragment) => void;

  readonly busy = $derived(this.all.some(({ stage }) => stage === "waiting" || stage === "sending"));

  constructor(readonly studio: string) {}

  take(files: readonly File[], currency?: string): void {
    const fresh = files.map((file) => new Arrival(this, file, currency));
    this.all = [...fresh, ...this.all];
    for (const one of fresh) void one.begin();
  }

  /** Takes away what is done. */
  clear(): void {
    this.all = this.all.filter(({ stage }) => stage !== "done");
  }
}

const known = new Map<string, Arrivals>();

/** The arrivals of a studio, which stay while this document does. */
export function arrivalsOf(studio: string): Arrivals {
  const arrivals = known.get(studio) ?? new Arrivals(studio);
  known.set(studio, arrivals);
  return arrivals;
}

addEventListener("beforeunload", (event) => {
  if ([...known.values()].some(({ busy }) => busy)) event.preventDefault();
});
