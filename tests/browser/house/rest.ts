/** When a page has come to rest: what it has asked for was answered, and what it was told is drawn. */
import type { Page, Request } from "@playwright/test";

import { until } from "./until";

/** What a page shows hangs on these; sound, pictures and fonts come when they come. */
const AWAITED = ["document", "script", "stylesheet", "fetch", "xhr"];

/** Waits until what a page knows by now is drawn. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(null)))),
  );
}

/** Follows what a page asks for, from now on. */
export class Rest {
  readonly #open = new Set<Request>();

  constructor(private readonly page: Page) {
    page.on("request", (request) => {
      // What the document before had asked for concerns nobody any more.
      if (request.isNavigationRequest() && request.frame() === page.mainFrame()) this.#open.clear();
      if (AWAITED.includes(request.resourceType())) this.#open.add(request);
    });
    page.on("requestfinished", (request) => this.#open.delete(request));
    page.on("requestfailed", (request) => this.#open.delete(request));
  }

  /** Waits until all is answered, and nothing more was asked for once the answers were drawn. */
  async come(): Promise<void> {
    let still = 0;
    await until(`${this.page.url()} to come to rest`, async () => {
      await drawn(this.page);
      still = this.#open.size === 0 ? still + 1 : 0;
      return still === 2;
    });
  }
}
