import { hex } from "$lib/format";

/** What the server does not give, such as by a link that has expired. */
export class Refused extends Error {}

/** Beyond this a file is left to the browser's own download, which need not hold it in memory, in bytes. */
export const MOST_BYTES = 400 * 1024 * 1024;
/** How often in a row the connection may be lost before it is given up. */
const MOST_LOSSES = 8;

interface Hooks {
  signal: AbortSignal;
  /** How much of how much is there; the whole is 0 where it is not known. */
  received: (bytes: number, whole: number) => void;
  /** The connection was lost; it is tried again. */
  waiting: () => void;
  fetcher?: typeof fetch;
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Waits; not beyond the moment when it is cancelled. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resume) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resume();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}

/**
 * Fetches a file. What has arrived stays when the connection is lost, and only what is missing is asked for; a file that has changed meanwhile begins
 * anew. Gives null for one that is too large for it. An address may lead on to where the file is kept, each time to a fresh one; the tag is of there, then.
 */
export async function transfer(url: string, hooks: Hooks): Promise<Blob | null> {
  const { signal, received, waiting, fetcher = fetch, pause = rest } = hooks;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let [bytes, tag, losses] = [0, "", 0];
  for (;;) {
    try {
      const headers: Record<string, string> =
        bytes > 0 && tag ? { range: `bytes=${bytes}-`, "if-range": tag } : {};
      const answer = await fetcher(url, { headers, signal, cache: "no-store" });
      if (!answer.ok) {
        if (answer.status >= 500) throw new TypeError(answer.statusText);
        throw new Refused(answer.statusText);
      }
      if (answer.status !== 206) [pieces.length, bytes] = [0, 0];
      tag = answer.headers.get("etag") ?? "";
      const whole = bytes + Number(answer.headers.get("content-length") ?? 0);
      if (whole > MOST_BYTES) {
        await answer.body?.cancel();
        return null;
      }
      const reader = answer.body?.getReader();
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done || !value) break;
        pieces.push(value);
        [bytes, losses] = [bytes + value.length, 0];
        received(bytes, whole);
      }
      if (bytes < whole) throw new TypeError("the answer was cut off");
      return new Blob(pieces);
    } catch (cause) {
      if (signal.aborted || cause instanceof Refused || ++losses > MOST_LOSSES) throw cause;
      waiting();
      await pause(Math.min(500 * 2 ** losses, 15_000), signal);
      signal.throwIfAborted();
    }
  }
}

/** The SHA-256 of a file, in hexadecimal digits. */
export async function sha256(file: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return hex(digest);
}
