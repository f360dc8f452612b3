/**
 * Uploads that go on where they stopped: after a lost network, a closed tab or a night (tus 1.0, `/uploads`). The same file for the same studio and purpose
 * is looked up first, and only what is missing of it is sent: straight to the store, where that takes files in itself.
 */
import type { DetailedError, HttpResponse, HttpStack } from "tus-js-client";

import { session } from "./api/session.svelte";
import { t } from "./api/text";
import { told, Trouble } from "./api/trouble";
import { straightToStore } from "./parts";

/** What a file is for, as the server names it. */
export type UploadKind = "source" | "stem" | "artwork" | "tag" | "voice_note" | "session" | "statement";

interface Terms {
  /** The studio's id. */
  studio: string;
  kind: UploadKind;
  /** How many of its bytes are there. */
  onprogress?: (sent: number) => void;
  signal?: AbortSignal;
}

/** Sent at a time: what has come of it is safe, and the sign-in is renewed between two of them. As long as the store's parts. */
const CHUNK_BYTES = 8 * 1024 * 1024;
/** How long it waits for the network before each further try; ten minutes in all. */
const WAITS_MS = [500, 1_000, 3_000, 5_000, 10_000, 20_000, 40_000, 60_000, 120_000, 180_000, 180_000];

/** One for all uploads of the page: a store that is not reached is not tried with each anew. */
let requests: HttpStack | undefined;

/** Uploads a file, and gives the id that it is named by. */
export async function upload(file: File, { studio, kind, onprogress, signal }: Terms): Promise<string> {
  signal?.throwIfAborted();
  const { DefaultHttpStack, Upload } = await import("tus-js-client");
  const httpStack = (requests ??= straightToStore(new DefaultHttpStack({}), () => session.fresh()));
  return new Promise<string>((resolve, reject) => {
    let asset: string | undefined;
    let signedInAgain = false;
    const sending = new Upload(file, {
      endpoint: "/uploads",
      httpStack,
      chunkSize: CHUNK_BYTES,
      retryDelays: WAITS_MS,
      removeFingerprintOnSuccess: true,
      headers: { "x-ledgerline-csrf": "1" },
      metadata: { studio, kind, filename: file.name },
      fingerprint: async () =>
        ["ledgerline", studio, kind, file.name, file.size, file.lastModified].join("|"),
      onBeforeRequest: () => session.fresh(),
      // The server names itself by its public address; the upload is on the one that this page came from, too.
      onUploadUrlAvailable: () => {
        if (sending.url) sending.url = new URL(sending.url, location.href).pathname;
      },
      onAfterResponse: (_request, response) => {
        asset = response.getHeader("Upload-Asset") ?? asset;
      },
      onProgress: (sent) => onprogress?.(sent),
      onSuccess: () =>
        asset ? resolve(asset) : reject(new Trouble(t("broken"), "NO_ASSET", t("brokenRemedy"))),
      onError: (error) => {
        const response = (error as Partial<DetailedError>).originalResponse ?? null;
        // Without a network it waits for one, and goes on by itself.
        if (!response && !navigator.onLine) {
          addEventListener("online", () => !signal?.aborted && sending.start(), { once: true });
          return;
        }
        if (response?.getStatus() !== 401 || signedInAgain) return reject(troubleOf(response));
        signedInAgain = true;
        session.restore().then(() => sending.start(), reject);
      },
    });
    signal?.addEventListener("abort", () => {
      void sending.abort(true).catch(() => undefined);
      reject(signal.reason as Error);
    });
    void sending.findPreviousUploads().then(([previous]) => {
      if (previous?.uploadUrl) {
        previous.uploadUrl = new URL(previous.uploadUrl, location.href).pathname;
        sending.resumeFromPreviousUpload(previous);
      }
      sending.start();
    }, reject);
  });
}

/** By which it is told that the file itself will not do, however often it is sent. */
const FILE_REFUSALS = [
  "BAD_FILE_NAME",
  "EMPTY_FILE",
  "EMPTY_STEM_ARCHIVE",
  "EXTENSION_MISMATCH",
  "FILE_TOO_LARGE",
  "FILE_TYPE",
  "MEDIA_TYPE_MISMATCH",
];

/** Whether an upload was refused for what its file is: another file is needed. */
export function isFileRefused(cause: unknown): boolean {
  return cause instanceof Trouble && FILE_REFUSALS.includes(cause.code);
}

function troubleOf(response: HttpResponse | null): Trouble {
  if (!response) return new Trouble(t("offline"), "OFFLINE", t("offlineRemedy"));
  try {
    const { code, detail, remedy } = JSON.parse(response.getBody()) as {
      code: string;
      detail: string;
      remedy?: string;
    };
    return new Trouble(told(new Error(detail)), code, remedy ?? null);
  } catch {
    return new Trouble(t("broken"), `HTTP_${response.getStatus()}`, t("brokenRemedy"));
  }
}
