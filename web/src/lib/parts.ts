/**
 * Sends the parts of an upload where the server says: straight to the store, where that takes files in itself and this browser reaches it, and else to the
 * server. To the protocol it is the same: a part is appended, and the answer is the server's.
 */
import type { HttpRequest, HttpResponse, HttpStack } from "tus-js-client";

interface Line {
  stack: HttpStack;
  /** Renews the sign-in if it is about to end. */
  fresh: () => Promise<unknown>;
  /** Until when parts go to the server at once, for the store was not reached or takes none from here; by the clock's milliseconds. */
  shutUntil: number;
}

/** How long a store is left alone that was not reached. */
const SHUT_MS = 60_000;

/** The requests of uploads over those of a browser. */
export function straightToStore(stack: HttpStack, fresh: () => Promise<unknown>): HttpStack {
  const line: Line = { stack, fresh, shutUntil: 0 };
  return {
    getName: () => "StraightToStore",
    createRequest: (method, url) =>
      method === "PATCH" ? new Part(line, url) : stack.createRequest(method, url),
  };
}

/** A part that is appended, in up to three requests. */
class Part implements HttpRequest {
  readonly #line: Line;
  readonly #url: string;
  readonly #headers = new Map<string, string>();
  #onprogress: (sent: number) => void = () => undefined;
  #current: HttpRequest | null = null;
  #isAborted = false;

  constructor(line: Line, url: string) {
    this.#line = line;
    this.#url = url;
  }

  getMethod = () => "PATCH";
  getURL = () => this.#url;
  getHeader = (name: string) => this.#headers.get(name);
  getUnderlyingObject = (): unknown => this.#current?.getUnderlyingObject() ?? null;

  setHeader(name: string, value: string): void {
    this.#headers.set(name, value);
  }

  setProgressHandler(handler: (sent: number) => void): void {
    this.#onprogress = handler;
  }

  async abort(): Promise<void> {
    this.#isAborted = true;
    await this.#current?.abort();
  }

  async send(body: Blob): Promise<HttpResponse> {
    const answer = Date.now() < this.#line.shutUntil ? null : await this.#sendStraight(body);
    if (answer) return answer;
    try {
      return await this.#ask("PATCH", this.#url, [...this.#headers], body);
    } catch (cause) {
      // Nothing is reached, so that it says nothing of the store.
      this.#line.shutUntil = 0;
      throw cause;
    }
  }

  /** The server's answer to a part that the store has taken; none if it is to be sent to the server. */
  async #sendStraight(body: Blob): Promise<HttpResponse | null> {
    const place = `${this.#url}/part`;
    const headers = [...this.#headers].filter(([name]) => name.toLowerCase() !== "content-type");
    const led = await this.#ask("POST", place, headers, null);
    const status = led.getStatus();
    // What it refuses here it would refuse with all the part's bytes, too.
    if (status >= 400 && status < 500) return led;
    if (status !== 200) return null;
    const { address, bytes } = JSON.parse(led.getBody()) as { address: string; bytes: number };
    const taken = await this.#ask("PUT", address, [], body.slice(0, bytes)).catch(() => null);
    const tag = taken?.getStatus() === 200 ? taken.getHeader("ETag") : null;
    if (!tag) {
      // A store that stumbles, or no longer knows this upload, was reached.
      const told = taken?.getStatus() ?? 0;
      if (told < 500 && told !== 404) this.#line.shutUntil = Date.now() + SHUT_MS;
      return null;
    }
    await this.#line.fresh();
    return this.#ask("PUT", place, [...headers, ["Upload-Part-Tag", tag]], null);
  }

  #ask(method: string, url: string, headers: [string, string][], body: Blob | null): Promise<HttpResponse> {
    // As an aborted request of a browser, it never comes to an end.
    if (this.#isAborted) return new Promise(() => undefined);
    const request = this.#line.stack.createRequest(method, url);
    this.#current = request;
    for (const [name, value] of headers) request.setHeader(name, value);
    if (body) request.setProgressHandler(this.#onprogress);
    return request.send(body);
  }
}
