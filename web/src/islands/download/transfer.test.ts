import { expect, test, vi } from "vitest";

import { MOST_BYTES, Refused, sha256, transfer } from "./transfer";

const file = new TextEncoder().encode("a beat in sixteen bars, at ninety-two beats a minute");
const hooks = (fetcher: typeof fetch) => ({
  signal: new AbortController().signal,
  received: () => {},
  waiting: () => {},
  pause: () => Promise.resolve(),
  fetcher,
});

/** A server that breaks off after so many bytes of each answer. */
function server(breaksAfter: number, tags = ['"one"']) {
  const asked: (string | null)[] = [];
  const fetcher = (_: unknown, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    const tag = tags[Math.min(asked.length, tags.length - 1)] ?? "";
    asked.push(headers.get("range"));
    const from = headers.get("if-range") === tag ? Number(headers.get("range")?.match(/\d+/)?.[0] ?? 0) : 0;
    const part = file.slice(from);
    let sent = false;
    const body = new ReadableStream({
      pull(stream) {
        if (sent && part.length > breaksAfter) return stream.error(new TypeError("lost"));
        if (sent) return stream.close();
        sent = true;
        stream.enqueue(part.slice(0, breaksAfter));
      },
    });
    const status = from > 0 ? 206 : 200;
    return Promise.resolve(
      new Response(body, { status, headers: { etag: tag, "content-length": `${part.length}` } }),
    );
  };
  return { asked, fetcher: fetcher as typeof fetch };
}

test("what was received is kept when the connection is lost", async () => {
  const { asked, fetcher } = server(20);
  const got = await transfer("/d/x", hooks(fetcher));
  expect(await got?.text()).toBe(new TextDecoder().decode(file));
  expect(asked).toEqual([null, "bytes=20-", "bytes=40-"]);
});

test("a file that has changed meanwhile begins anew", async () => {
  const { asked, fetcher } = server(30, ['"one"', '"two"']);
  const got = await transfer("/d/x", hooks(fetcher));
  expect(got?.size).toBe(file.length);
  expect(asked).toEqual([null, "bytes=30-", "bytes=30-"]);
});

test("a refusal is no lost connection, and a lost one is given up in the end", async () => {
  let asked = 0;
  const gone = () => (asked++, Promise.resolve(new Response("", { status: 410 })));
  await expect(transfer("/d/x", hooks(gone as typeof fetch))).rejects.toBeInstanceOf(Refused);
  expect(asked).toBe(1);
  const off = () => (asked++, Promise.reject(new TypeError("off")));
  await expect(transfer("/d/x", hooks(off as typeof fetch))).rejects.toThrow("off");
  expect(asked).toBe(10);
});

test("whoever cancels waits for no further attempt", async () => {
  vi.useFakeTimers();
  try {
    let asked = 0;
    const off = () => (asked++, Promise.reject(new TypeError("off")));
    for (const when of ["before", "while"]) {
      const going = new AbortController();
      const { pause: _, ...rest } = hooks(off as typeof fetch);
      const waiting = () => void (when === "before" ? going.abort() : setTimeout(() => going.abort(), 10));
      const given = expect(transfer("/d/x", { ...rest, signal: going.signal, waiting })).rejects.toThrow();
      await vi.advanceTimersByTimeAsync(10);
      await given;
      expect(vi.getTimerCount()).toBe(0);
    }
    expect(asked).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test("what is too large for memory is left to the browser", async () => {
  const headers = { "content-length": `${MOST_BYTES + 1}` };
  const large = () => Promise.resolve(new Response("", { headers }));
  expect(await transfer("/d/x", hooks(large as typeof fetch))).toBeNull();
});

test("a checksum is that of the file", async () => {
  expect(await sha256(new Blob(["abc"]))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
