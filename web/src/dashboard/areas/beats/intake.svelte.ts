/**
 * Beats on their way in, out of a folder: uploaded, looked through, entered, rendered, and put on sale. They go on while somebody is on another page of the
 * dashboard; what stops says why and can be taken up again, and bytes that have arrived are not sent twice.
 */
import {
  CreateBeatDocument,
  FolderBeatsDocument,
  OneBeatDocument,
  PublishBeatDocument,
  SetStemsDocument,
  UpdateBeatDocument,
  type BeatRowFragment,
  type FolderBeatsQuery,
} from "$generated/dashboard/areas/beats/beats";
import { act, ask } from "$lib/api/client";
import { told } from "$lib/api/trouble";
import type { FolderFile } from "$lib/folder";
import { Slots } from "$lib/slots";
import type { UploadKind } from "$lib/upload";

import { looked, RefusedFile, send } from "./files";
import { followRenders } from "./renders";

type Found = FolderBeatsQuery["folderBeats"][number];
export type Stage =
  "waiting" | "sending" | "checking" | "entering" | "rendering" | "ready" | "onSale" | "failed";

/** Beats that are sent at a time: more of them would share the same line. */
const senders = new Slots(2);

/** A file of a beat, by its place in the folder. */
interface Piece {
  path: string;
  file: File;
  kind: UploadKind;
}

export class Incoming {
  title = $state("");
  stage = $state<Stage>("waiting");
  /** Bytes that are there, of `bytes`. */
  sent = $state(0);
  /** Of its preview, in parts per million. */
  renderedPpm = $state(0);
  problem = $state<string>();
  /** What cannot be used, until another file was chosen in its place. */
  refused = $state.raw<Piece>();
  beat = $state.raw<BeatRowFragment>();
  publishing = $state(false);

  bytes = $state(0);

  readonly key: string;
  readonly stems: number;
  /** Files that were chosen in the place of others. */
  #chosen = new Map<string, File>();
  #assets = new Map<File, string>();
  #sentOf = new Map<File, number>();
  /** Whether the beat stands as the folder has it. */
  #isWhole = false;
  #stopping = new AbortController();
  #stopFollowing = () => {};
  /** Settled once what was last asked about its sale is answered. */
  #published = Promise.resolve();

  constructor(
    private readonly desk: Desk,
    private readonly found: Found,
    private readonly files: ReadonlyMap<string, File>,
  ) {
    [this.key, this.title, this.stems] = [found.source, found.title, found.stems.length];
    this.#weigh();
  }

  /** Begins, or goes on where it stopped. */
  async begin(): Promise<void> {
    [this.stage, this.problem, this.refused] = ["waiting", undefined, undefined];
    this.#stopping = new AbortController();
    try {
      if (!this.#isWhole) await senders.run(() => this.#send());
      if (!this.#isWhole) await this.#enter();
      this.#follow();
    } catch (cause) {
      if (this.#stopping.signal.aborted) return;
      if (cause instanceof RefusedFile) this.#refuse(cause);
      [this.stage, this.problem] = ["failed", told(cause)];
    }
  }

  /** Takes another file in the place of the one that cannot be used, and goes on. */
  async replace(file: File): Promise<void> {
    if (!this.refused) return;
    this.#sentOf.delete(this.refused.file);
    this.#chosen.set(this.refused.path, file);
    this.#weigh();
    await this.begin();
  }

  stop(): void {
    this.#stopping.abort(new Error("stopped"));
    this.#stopFollowing();
  }

  publish(): Promise<void> {
    if (this.beat && !this.publishing) this.#published = this.#publish(this.beat.id);
    return this.#published;
  }

  async #publish(id: string): Promise<void> {
    [this.publishing, this.problem] = [true, undefined];
    try {
      const { beat } = await act(PublishBeatDocument, { beat: id });
      if (beat) this.#took(beat);
      if (this.stage !== "rendering") this.stage = "onSale";
    } catch (cause) {
      this.problem = told(cause);
    }
    this.publishing = false;
  }

  #file(path: string): File | undefined {
    return this.#chosen.get(path) ?? this.files.get(path);
  }
  #weigh(): void {
    this.bytes = this.#all().reduce((sum, { file }) => sum + file.size, 0);
  }
  #refuse({ file }: RefusedFile): void {
    this.refused = this.#all().find((piece) => piece.file === file);
    if (this.refused) this.#assets.delete(this.refused.file);
  }

  #all(): Piece[] {
    const named = (path: string, kind: UploadKind): Piece[] => {
      const file = this.#file(path);
      return file ? [{ path, file, kind }] : [];
    };
    return [
      ...named(this.found.source, "source"),
      ...(this.found.artwork ? named(this.found.artwork, "artwork") : []),
      ...this.found.stems.flatMap((stem) => named(stem.path, "stem")),
    ];
  }

  async #send(): Promise<void> {
    this.stage = "sending";
    const { signal } = this.#stopping;
    for (const { file, kind } of this.#all()) {
      if (this.#assets.has(file)) continue;
      const onprogress = (sent: number) => {
        this.#sentOf.set(file, sent);
        this.sent = [...this.#sentOf.values()].reduce((sum, part) => sum + part, 0);
      };
      this.#assets.set(file, await send(file, { studio: this.desk.studio, kind, onprogress, signal }));
      onprogress(file.size);
    }
  }

  async #enter(): Promise<void> {
    this.stage = "checking";
    const idOf = (path: string) => this.#assets.get(this.#file(path) as File) ?? "";
    const source = idOf(this.found.source);
    for (const [file, asset] of this.#assets) await looked(file, asset, this.#stopping.signal);
    this.stage = "entering";
    if (!this.beat) {
      const { beat } = await act(CreateBeatDocument, {
        input: {
          studio: this.desk.studio,
          title: this.title,
          sourceAssetId: source,
          artworkAssetId: this.found.artwork ? idOf(this.found.artwork) : undefined,
          bpmMilli: this.found.bpmMilli,
          musicalKey: this.found.musicalKey,
        },
      });
      if (beat) this.#took(beat);
    }
    if (this.beat && this.found.stems.length > 0) {
      const stems = this.found.stems.map(({ path, name }) => ({ assetId: idOf(path), name }));
      await act(SetStemsDocument, { beat: this.beat.id, stems });
    }
    this.#isWhole = true;
  }

  #follow(): void {
    const { beat } = this;
    if (!beat) return;
    if (beat.preview) return void this.#rendered(beat.id);
    this.stage = "rendering";
    this.#stopFollowing = followRenders(beat.id, {
      progress: (renders) => {
        const preview = renders.find((render) => render.purpose === "PREVIEW");
        this.renderedPpm = preview?.progressPpm ?? 0;
        if (preview?.state === "FAILED") this.problem = preview.failure ?? undefined;
      },
      end: () => void this.#rendered(beat.id),
    });
    if (this.desk.publishesAtOnce) void this.publish();
  }

  async #rendered(id: string): Promise<void> {
    try {
      let beat: BeatRowFragment | null;
      let published: Promise<void>;
      // What was asked while it was put on sale may tell of the time before.
      do {
        published = this.#published;
        await published;
        beat = await this.#complete(id);
      } while (published !== this.#published);
      if (!beat) return;
      this.#took(beat);
      this.stage = this.problem && !beat.preview ? "failed" : beat.state === "PUBLISHED" ? "onSale" : "ready";
    } catch (cause) {
      [this.stage, this.problem] = ["failed", told(cause)];
    }
  }

  /** The preview is there: what was heard in the music completes what its name did not say. */
  async #complete(id: string): Promise<BeatRowFragment | null> {
    const { beat } = await ask(OneBeatDocument, { id });
    if (!beat) return null;
    const { bpmMilli, musicalKey } = beat.suggestion;
    if (bpmMilli === null && musicalKey === null) return beat;
    const input = { id, ...(bpmMilli !== null && { bpmMilli }), ...(musicalKey !== null && { musicalKey }) };
    return (await act(UpdateBeatDocument, { input })).beat ?? beat;
  }

  #took(beat: BeatRowFragment): void {
    this.beat = beat;
    this.desk.onbeat?.(beat);
  }
}

export class Desk {
  incoming = $state.raw<Incoming[]>([]);
  /** Files that belong to no beat. */
  leftOut = $state.raw<string[]>([]);
  problem = $state<string>();
  sorting = $state(false);
  publishesAtOnce = $state(false);
  /** Told of each beat as it comes along. */
  onbeat?: (beat: BeatRowFragment) => void;

  readonly busy = $derived(
    this.incoming.some(({ stage }) => ["waiting", "sending", "checking", "entering"].includes(stage)),
  );
  readonly publishable = $derived(
    this.incoming.filter(
      ({ beat, stage }) => beat?.state === "DRAFT" && (stage === "ready" || stage === "rendering"),
    ),
  );

  constructor(readonly studio: string) {}

  /** Sorts files into beats, and begins to take these in. */
  async take(files: readonly FolderFile[]): Promise<void> {
    if (files.length === 0) return;
    [this.sorting, this.problem] = [true, undefined];
    try {
      const byPath = new Map(files.map(({ path, file }) => [path, file]));
      const { folderBeats } = await ask(FolderBeatsDocument, {
        studio: this.studio,
        paths: [...byPath.keys()],
      });
      const known = new Set(this.incoming.map(({ key }) => key));
      const fresh = folderBeats
        .filter(({ source }) => !known.has(source))
        .map((found) => new Incoming(this, found, byPath));
      const used = new Set(
        folderBeats.flatMap((one) => [one.source, one.artwork, ...one.stems.map((stem) => stem.path)]),
      );
      this.leftOut = [...byPath.keys()].filter((path) => !used.has(path) && !/(^|\/)\./.test(path));
      this.incoming = [...this.incoming, ...fresh];
      for (const one of fresh) void one.begin();
    } catch (cause) {
      this.problem = told(cause);
    }
    this.sorting = false;
  }

  async publishAll(): Promise<void> {
    for (const one of this.publishable) await one.publish();
  }

  /** Takes away what is done; what is on its way stays. */
  clear(): void {
    this.incoming = this.incoming.filter(({ stage }) => stage !== "ready" && stage !== "onSale");
    this.leftOut = [];
  }

  remove(one: Incoming): void {
    one.stop();
    this.incoming = this.incoming.filter((other) => other !== one);
  }
}

const desks = new Map<string, Desk>();

/** The one desk of a studio, which stays while this document does. */
export function deskOf(studio: string): Desk {
  const desk = desks.get(studio) ?? new Desk(studio);
  desks.set(studio, desk);
  return desk;
}

// Leaving the document while bytes are on their way is asked about; coming back, they go on where they stopped.
addEventListener("beforeunload", (event) => {
  if ([...desks.values()].some(({ busy }) => busy)) event.preventDefault();
});
