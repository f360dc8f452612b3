/**
 * Mixes on their way in: sent, and made versions of a song, or sessions that are opened. They go on while somebody is on another page of the dashboard; what
 * stops says why and can be taken up again, and bytes that have arrived are not sent twice.
 */
import {
  AddMixDocumentDocument,
  AddMixFileDocument,
  OpenDawSessionDocument,
} from "$generated/dashboard/areas/projects/songs/mixes";
import { act } from "$lib/api/client";
import { told } from "$lib/api/trouble";
import type { UploadKind } from "$lib/upload";

import { looked, send } from "../../beats/files";
import { t } from "./text";
import { nameIn, type Way } from "./ways";

export class Arrival {
  stage = $state<"sending" | "checking" | "failed">("sending");
  /** Bytes that are there, of `bytes`. */
  sent = $state(0);
  problem = $state<string>();

  readonly bytes: number;
  readonly name: string;
  #assets = new Map<File, string>();
  #sentOf = new Map<File, number>();
  #stopping = new AbortController();

  constructor(
    private readonly arrivals: Arrivals,
    private readonly way: Way,
    private readonly note: string,
  ) {
    const files = way.kind === "document" ? way.sources : [way.file];
    this.bytes = files.reduce((sum, file) => sum + file.size, 0);
    this.name = way.file.name;
  }

  /** Begins, or goes on where it stopped. */
  async begin(): Promise<void> {
    [this.stage, this.problem] = ["sending", undefined];
    try {
      await this.#enter();
      this.arrivals.forget(this);
      this.arrivals.onarrived?.();
    } catch (cause) {
      if (!this.#stopping.signal.aborted) [this.stage, this.problem] = ["failed", told(cause)];
    }
  }

  stop(): void {
    this.#stopping.abort(new Error("stopped"));
    this.arrivals.forget(this);
  }

  async #enter(): Promise<void> {
    const { way, note } = this;
    const { song } = this.arrivals;
    if (way.kind === "document") {
      const document = read(await way.file.text());
      const sources = [];
      for (const file of way.sources) {
        const asset = await this.#send(file, "stem");
        sources.push({ file, name: nameIn(document, file.name), asset });
      }
      this.stage = "checking";
      for (const { file, asset } of sources) await looked(file, asset, this.#stopping.signal);
      const played = sources.map(({ name, asset }) => ({ name, asset }));
      await act(AddMixDocumentDocument, { input: { song, document, sources: played, note } });
    } else if (way.kind === "session") {
      const file = await this.#send(way.file, "session");
      await act(OpenDawSessionDocument, { input: { song, file, note } });
    } else {
      const file = await this.#send(way.file, "source");
      await act(AddMixFileDocument, { input: { song, file, note } });
    }
  }

  async #send(file: File, kind: UploadKind): Promise<string> {
    const known = this.#assets.get(file);
    if (known !== undefined) return known;
    const onprogress = (sent: number) => {
      this.#sentOf.set(file, sent);
      this.sent = [...this.#sentOf.values()].reduce((sum, part) => sum + part, 0);
    };
    const { studio } = this.arrivals;
    const asset = await send(file, { studio, kind, onprogress, signal: this.#stopping.signal });
    onprogress(file.size);
    this.#assets.set(file, asset);
    return asset;
  }
}

/** A document as it is written in its file. */
function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(t("documentBad"));
  }
}

export class Arrivals {
  all = $state.raw<Arrival[]>([]);
  /** Told when something has become a version, or a session. */
  onarrived?: () => void;

  readonly busy = $derived(this.all.some(({ stage }) => stage !== "failed"));

  constructor(
    readonly studio: string,
    readonly song: string,
  ) {}

  take(way: Way, note: string): void {
    const one = new Arrival(this, way, note);
    this.all = [one, ...this.all];
    void one.begin();
  }

  forget(one: Arrival): void {
    this.all = this.all.filter((other) => other !== one);
  }
}

const known = new Map<string, Arrivals>();

/** The arrivals of a song, which stay while this document does. */
export function arrivalsOf(studio: string, song: string): Arrivals {
  const arrivals = known.get(song) ?? new Arrivals(studio, song);
  known.set(song, arrivals);
  return arrivals;
}

addEventListener("beforeunload", (event) => {
  if ([...known.values()].some(({ busy }) => busy)) event.preventDefault();
});
