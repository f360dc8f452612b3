/** The tests' own `test`: who looks at pages, and what must never be said in a console meanwhile. */
import { readFileSync, statSync } from "node:fs";

import { test as plain, expect, type BrowserContext, type Page } from "@playwright/test";

import { Mailbox, type Reader } from "./mail";
import { theLog, theWorld, type World } from "./world";

/** What went wrong in a page without anybody seeing it: errors of scripts, of the console, and what the policy of the page has refused. */
export class Troubles {
  readonly #heard: string[] = [];
  readonly #expected: ((line: string) => boolean)[] = [];

  listen(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      this.#heard.push(`${message.page()?.url() ?? ""}: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => this.#heard.push(`${error.page()?.url() ?? ""}: ${error.error()}`));
  }

  /** An answer that a test brings about on purpose, such as of a page that is not there: its status, and how its address ends. */
  expectAnswer(status: number, address: string): void {
    this.#expected.push((line) => line.includes(`status of ${status} `) && line.endsWith(`${address})`));
  }
  /** A failure of the network that a test brings about on purpose, as the browser calls it, for an address that ends so. */
  expectFailure(failure: string, address: string): void {
    this.#expected.push((line) => line.includes(failure) && line.endsWith(`${address})`));
  }
  /** A network that a test takes away: whatever is asked for meanwhile fails for want of it. */
  expectNoNetwork(): void {
    this.#expected.push((line) => line.includes("net::ERR_INTERNET_DISCONNECTED"));
  }

  get unexpected(): string[] {
    return this.#heard.filter((line) => !this.#expected.some((fits) => fits(line)));
  }
}

interface Fixtures {
  world: World;
  troubles: Troubles;
  /** Tells, with a test that fails, what the program has said meanwhile. */
  log: void;
  /** Somebody else, at a browser of their own. */
  visitor: () => Promise<Page>;
  /** Somebody whom nobody has written to before, and their mail. */
  person: (name: string) => Reader;
}

export const test = plain.extend<Fixtures>({
  baseURL: async ({}, use) => use(theWorld().base),
  world: async ({}, use) => use(theWorld()),
  troubles: [
    async ({}, use) => {
      const troubles = new Troubles();
      await use(troubles);
      expect(troubles.unexpected, "errors in the console, of scripts or of the policy").toEqual([]);
    },
    { auto: true },
  ],
  log: [
    async ({}, use, info) => {
      const before = statSync(theLog()).size;
      await use();
      if (info.status === info.expectedStatus) return;
      const said = readFileSync(theLog()).subarray(before).toString();
      process.stderr.write(`\nThe program said, while “${info.title}” failed:\n${said || "nothing"}\n`);
    },
    { auto: true },
  ],
  context: async ({ context, troubles }, use) => {
    troubles.listen(context);
    await use(context);
  },
  visitor: async (
    {
      browser,
      troubles,
      contextOptions,
      viewport,
      isMobile,
      hasTouch,
      locale,
      timezoneId,
      javaScriptEnabled,
      baseURL,
    },
    use,
  ) => {
    const opened: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext({
        ...contextOptions,
        viewport,
        isMobile,
        hasTouch,
        locale,
        timezoneId,
        javaScriptEnabled,
        baseURL,
      });
      troubles.listen(context);
      opened.push(context);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  person: async ({ world }, use, info) => {
    await use((name) => {
      const word = name
        .normalize("NFKD")
        .replace(/[^a-z]/gi, "")
        .toLowerCase();
      const email = `${word}.${info.testId}@example.com`.replace(/[^a-z0-9.@-]/g, "");
      return { name, email, mail: new Mailbox(world.base, email) };
    });
  },
});

export { expect };
