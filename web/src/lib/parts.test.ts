import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { straightToStore } from "./parts";

const PLACE = "/uploads/upload_1";
const ADDRESS = "https://s3.example/beats/incoming/upload_1?partNumber=1&X-Amz-Signature=00ff";

interface Asked {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

interface Answered {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** What was asked, and what the server and the store answer: a status with headers and a body, or nothing at all. */
let asked: Asked[];
let answers: (request: Asked) => Answered | null;
let isStoreOpen: boolean;
let isServerThere: boolean;
let renewed: number;

function answer(request: Asked): Answered | null {
  if (request.url.startsWith("https://")) {
    return isStoreOpen ? { status: 200, headers: { ETag: '"tag-1"' } } : null;
  }
  if (!isServerThere) return null;
  if (request.method === "POST") return { status: 200, body: JSON.stringify({ address: ADDRESS, bytes: 4 }) };
  return { status: 204, headers: { "Upload-Offset": "4" } };
}

beforeEach(() => {
  [asked, answers, isStoreOpen, isServerThere, renewed] = [[], answer, true, true, 0];
});

afterEach(() => void vi.useRealTimers());

/** A browser's requests, to a server and a store that are none. */
const browser: HttpStack = {
  getName: () => "test",
  createRequest(method, url): HttpRequest {
    const headers: Record<string, string> = {};
    let onprogress: (sent: number) => void = () => undefined;
    return {
      getMethod: () => method,
      getURL: () => url,
      setHeader: (name, value) => void (headers[name] = value),
      getHeader: (name) => headers[name],
      setProgressHandler: (handler) => void (onprogress = handler),
      abort: () => Promise.resolve(),
      getUnderlyingObject: () => null,
      async send(body: Blob | null): Promise<HttpResponse> {
        const request = { method, url, headers, body: body && (await body.text()) };
        asked.push(request);
        const found = answers(request);
        if (!found) throw new Error("no answer");
        if (body) onprogress(body.size);
        return {
          getStatus: () => found.status,
          getHeader: (name) => found.headers?.[name],
          getBody: () => found.body ?? "",
          getUnderlyingObject: () => null,
        };
      },
    };
  },
};

function stack(): HttpStack {
  return straightToStore(browser, async () => void (renewed += 1));
}

/** Appends a part as the protocol's client does. */
function append(to: HttpStack, onprogress?: (sent: number) => void): HttpRequest {
  const request = to.createRequest("PATCH", PLACE);
  request.setHeader("Tus-Resumable", "1.0.0");
  request.setHeader("Upload-Offset", "0");
  request.setHeader("Content-Type", "application/offset+octet-stream");
  if (onprogress) request.setProgressHandler(onprogress);
  return request;
}

const ways = () => asked.map(({ method, url }) => `${method} ${url}`);

test("a part goes straight to the store, and the server is told its tag", async () => {
  const sent: number[] = [];
  const answered = await append(stack(), (bytes) => sent.push(bytes)).send(new Blob(["RIFF"]));
  expect([answered.getStatus(), answered.getHeader("Upload-Offset")]).toEqual([204, "4"]);
  expect(ways()).toEqual([`POST ${PLACE}/part`, `PUT ${ADDRESS}`, `PUT ${PLACE}/part`]);
  const [led, put, told] = asked;
  const ours = { "Tus-Resumable": "1.0.0", "Upload-Offset": "0" };
  expect([led?.headers, led?.body]).toEqual([ours, null]);
  // The store gets the bytes, and nothing that is ours.
  expect([put?.headers, put?.body]).toEqual([{}, "RIFF"]);
  expect([told?.headers, told?.body]).toEqual([{ ...ours, "Upload-Part-Tag": '"tag-1"' }, null]);
  expect([sent, renewed]).toEqual([[4], 1]);
});

test("a store that is not reached is left alone for a minute, and its parts go to the server", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  isStoreOpen = false;
  const requests = stack();
  for (let part = 0; part < 2; part += 1) {
    expect((await append(requests).send(new Blob(["RIFF"]))).getStatus()).toBe(204);
  }
  expect(ways()).toEqual([`POST ${PLACE}/part`, `PUT ${ADDRESS}`, `PATCH ${PLACE}`, `PATCH ${PLACE}`]);
  expect(asked[2]).toMatchObject({
    body: "RIFF",
    headers: { "Content-Type": "application/offset+octet-stream" },
  });
  [asked, isStoreOpen] = [[], true];
  vi.setSystemTime(Date.now() + 59_999);
  await append(requests).send(new Blob(["RIFF"]));
  vi.setSystemTime(Date.now() + 1);
  await append(requests).send(new Blob(["RIFF"]));
  expect(ways()).toEqual([`PATCH ${PLACE}`, `POST ${PLACE}/part`, `PUT ${ADDRESS}`, `PUT ${PLACE}/part`]);
});

test("a store that stumbles, or does not know the upload, is tried again with the next part", async () => {
  for (const [status, isTried] of [
    [503, true],
    [404, true],
    [403, false],
  ] as const) {
    const requests = stack();
    answers = (request) => (request.url === ADDRESS ? { status } : answer(request));
    await append(requests).send(new Blob(["RIFF"]));
    [asked, answers] = [[], answer];
    await append(requests).send(new Blob(["RIFF"]));
    expect(ways()[0], `${status}`).toBe(isTried ? `POST ${PLACE}/part` : `PATCH ${PLACE}`);
  }
});

test("a store whose tag cannot be read is none", async () => {
  answers = (request) => (request.url === ADDRESS ? { status: 200 } : answer(request));
  await append(stack()).send(new Blob(["RIFF"]));
  expect(ways().at(-1)).toBe(`PATCH ${PLACE}`);
});

test("without a network nothing is held against the store", async () => {
  const requests = stack();
  answers = (request) => {
    if (request.url === ADDRESS) isServerThere = isStoreOpen = false;
    return answer(request);
  };
  await expect(append(requests).send(new Blob(["RIFF"]))).rejects.toThrow("no answer");
  [answers, isServerThere, isStoreOpen] = [answer, true, true];
  await append(requests).send(new Blob(["RIFF"]));
  expect(ways().slice(-3)).toEqual([`POST ${PLACE}/part`, `PUT ${ADDRESS}`, `PUT ${PLACE}/part`]);
});

test("where the server takes the parts itself, or cannot say where they go, they are appended", async () => {
  for (const status of [204, 503]) {
    asked = [];
    answers = (request) => ({ status: request.method === "POST" ? status : 409 });
    expect((await append(stack()).send(new Blob(["RIFF"]))).getStatus()).toBe(409);
    expect(ways()).toEqual([`POST ${PLACE}/part`, `PATCH ${PLACE}`]);
  }
});

test("what the server refuses is not sent", async () => {
  for (const status of [401, 404, 409, 410]) {
    asked = [];
    answers = () => ({ status });
    expect((await append(stack()).send(new Blob(["RIFF"]))).getStatus()).toBe(status);
    expect(ways()).toEqual([`POST ${PLACE}/part`]);
  }
});

test("what is aborted sends nothing more", async () => {
  let renewing = () => undefined as void;
  const renewal = new Promise<void>((done) => (renewing = done));
  const request = append(straightToStore(browser, async () => renewing()));
  answers = (asking) => {
    if (asking.url === ADDRESS) void request.abort();
    return answer(asking);
  };
  let ended = false;
  void request.send(new Blob(["RIFF"])).then(() => (ended = true));
  await renewal;
  for (let turn = 0; turn < 50; turn += 1) await null;
  expect([ways(), ended]).toEqual([[`POST ${PLACE}/part`, `PUT ${ADDRESS}`], false]);
});

test("all other requests are the browser's own", () => {
  const request = stack().createRequest("HEAD", PLACE);
  expect([request.getMethod(), request.getURL()]).toEqual(["HEAD", PLACE]);
});
