/** How soon the server answers and the browser paints, page by page, and how soon a page with an island answers a hand. It judges nothing, it tells. */
import { writeFileSync } from "node:fs";

import type { Page, Request } from "@playwright/test";

import { Dashboard } from "../house/dashboard";
import { BeatPage, Booking, Shop, Signing } from "../house/guests";
import { Mailbox } from "../house/mail";
import { ofDashboard, ofPublic } from "../house/places";
import { Rest } from "../house/rest";
import { expect, test } from "../house/test";

/** How often each page is measured; before that it is visited once, so that the browser has what it keeps. */
const VISITS = Number(process.env.LEDGERLINE_TEST_VISITS ?? 20);

/** What was measured of something, in milliseconds. */
interface Figure {
  times: number;
  p50: number;
  p95: number;
}
/** What was measured of a page: the answers of the server, and when something, and the largest part, was painted. */
interface Row {
  document: Figure;
  operations: Record<string, Figure>;
  painted: Figure;
  largest: Figure;
}
type Paints = Partial<Record<"painted" | "largest", number>>;

/** The least of what was taken that so many per cent do not exceed. */
function rank(sorted: number[], percent: number): number {
  return sorted[Math.ceil((percent / 100) * sorted.length) - 1] ?? NaN;
}
function figure(taken: number[] = []): Figure {
  const sorted = [...taken].sort((one, other) => one - other);
  return { times: sorted.length, p50: rank(sorted, 50), p95: rank(sorted, 95) };
}

/** What a request is told under: the document, or an operation by its name; nothing else is. */
function nameOf(request: Request): string | undefined {
  if (request.isNavigationRequest()) return "document";
  if (!request.url().endsWith("/graphql")) return undefined;
  return /\b(?:query|mutation)\s+(\w+)/.exec(request.postData() ?? "")?.[1];
}

/** When a page was painted, from the beginning of the visit on. */
function paints(page: Page): Promise<Paints> {
  return page.evaluate(
    () =>
      new Promise<Paints>((tell) => {
        const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime;
        new PerformanceObserver((seen) =>
          tell({ painted, largest: seen.getEntries().at(-1)?.startTime }),
        ).observe({ type: "largest-contentful-paint", buffered: true });
        // Where nothing counts as large, nothing is told.
        setTimeout(() => tell({ painted }), 500);
      }),
  );
}

/** Visits a page again and again. */
async function measure(page: Page, visit: () => Promise<void>): Promise<Row> {
  const taken: Record<string, number[]> = {};
  const note = (what: string, ms: number) => (taken[what] ??= []).push(ms);
  let requests: Request[] = [];
  const hear = (request: Request) => requests.push(request);
  await visit();
  page.on("requestfinished", hear);
  for (let time = 0; time < VISITS; time += 1) {
    requests = [];
    await visit();
    for (const request of requests) {
      const [name, { requestStart, responseEnd }] = [nameOf(request), request.timing()];
      if (name && requestStart >= 0) note(name, responseEnd - requestStart);
    }
    for (const [what, ms] of Object.entries(await paints(page))) if (ms !== undefined) note(what, ms);
  }
  page.off("requestfinished", hear);
  const { document, painted, largest, ...operations } = taken;
  return {
    document: figure(document),
    operations: Object.fromEntries(Object.entries(operations).map(([name, all]) => [name, figure(all)])),
    painted: figure(painted),
    largest: figure(largest),
  };
}

const HEADER = ["", "times", "answer p50", "p95", "painted p50", "p95", "largest p50", "p95"];

function line([first = "", ...others]: string[]): string {
  return first.padEnd(40) + others.map((cell, at) => cell.padStart(at % 2 === 1 ? 13 : 8)).join("");
}
function cells(...figures: Figure[]): string[] {
  return figures.flatMap(({ p50, p95 }) => [p50, p95]).map((ms) => (Number.isNaN(ms) ? "-" : ms.toFixed(1)));
}
function table(rows: Record<string, Row>): string {
  const lines = Object.entries(rows).flatMap(([name, { document, operations, painted, largest }]) => [
    line([name, String(document.times), ...cells(document, painted, largest)]),
    ...Object.entries(operations).map(([operation, of]) =>
      line([`  ${operation}`, String(of.times), ...cells(of)]),
    ),
  ]);
  return [line(HEADER), ...lines].join("\n");
}

test("figures", async ({ page, world }, info) => {
  test.setTimeout(60 * 60_000);
  const rows: Record<string, Row> = {};
  const rest = new Rest(page);
  for (const [name, place] of Object.entries(ofPublic(world)))
    rows[name] = await measure(page, async () => {
      await page.goto(place);
      await rest.come();
    });

  const dashboard = new Dashboard(page);
  await dashboard.signIn(world.owner);
  await dashboard.settled();
  for (const [name, place] of Object.entries(ofDashboard(world)))
    rows[`dashboard ${name}`] = await measure(page, () => dashboard.open(world.studio.slug, place));

  const file = info.outputPath("figures.json");
  writeFileSync(file, JSON.stringify({ unit: "ms", visits: VISITS, pages: rows }, null, 2));
  console.log(`${table(rows)}\n\nIn milliseconds, of ${VISITS} visits each; also in ${file}`);
});

/** What a browser tells of no interaction that was answered sooner. */
const TOLD_FROM_MS = 16;

/** How long the slowest interaction took until the page was painted, as INP counts it; nothing if each was answered sooner than is told of. */
async function answered(page: Page, touch: () => Promise<void>): Promise<number | undefined> {
  await page.evaluate((durationThreshold) => {
    const told = Object.assign(window, { slowest: 0 });
    new PerformanceObserver((seen) => {
      for (const entry of seen.getEntries() as (PerformanceEntry & { interactionId?: number })[])
        if (entry.interactionId) told.slowest = Math.max(told.slowest, entry.duration);
    }).observe({ type: "event", durationThreshold } as PerformanceObserverInit);
  }, TOLD_FROM_MS);
  await touch();
  return page.evaluate(
    () =>
      new Promise<number | undefined>((tell) => {
        // Of what was answered soon, nothing is told.
        setTimeout(() => tell((window as unknown as { slowest: number }).slowest || undefined), 500);
      }),
  );
}

test("how soon a hand is answered", async ({ page, world }, info) => {
  test.setTimeout(300_000);
  const { slug } = world.studio;
  const rows: Record<string, number | null> = {};
  const rest = new Rest(page);
  const note = async (name: string, touch: () => Promise<void>) => {
    await rest.come();
    rows[name] = (await answered(page, touch)) ?? null;
  };

  await page.goto(`/s/${slug}`);
  await note("player: play", () => new Shop(page).play("Copper Sky").click());
  await page.goto(`/s/${slug}/${world.beats[1].slug}`);
  await new BeatPage(page).intoCart(/WAV/);
  await note("checkout: type", () => page.getByLabel("Name of the licensee").pressSequentially("Jo"));
  await page.goto(world.bought.url);
  await note("download: fetch", async () => {
    const coming = page.waitForEvent("download");
    await page
      .getByRole("link", { name: /^Download/ })
      .first()
      .click();
    await coming;
  });
  await page.goto(world.links.unpaid);
  await note("progress: press on the page", () => page.getByRole("heading", { level: 1 }).click());
  await new Booking(page).choose(slug, "Room A");
  await note("keep and zones: type", () => page.getByLabel(/^What is it about/).pressSequentially("Vocals"));
  await page.goto(world.links.review);
  await note("review: type", () => page.getByLabel("What should change?").pressSequentially("Louder"));
  await page.goto("/verify");
  await note("verify: press", () => page.getByRole("button", { name: "Verify", exact: true }).click());

  const [name, email] = ["Łukasz Żak", "lukasz@example.com"];
  const signing = new Signing(page, { name, email, mail: new Mailbox(world.base, email) });
  await signing.open(world.links.sign);
  await signing.consent();
  await note("sign: draw", () => signing.draw());
  await expect(page.getByLabel("Type your full name")).toBeVisible();

  const file = info.outputPath("interactions.json");
  writeFileSync(file, JSON.stringify({ unit: "ms", interactions: rows }, null, 2));
  const lines = Object.entries(rows).map(
    ([name, ms]) => name.padEnd(40) + (ms === null ? `below ${TOLD_FROM_MS}` : String(ms)).padStart(13),
  );
  console.log(`${lines.join("\n")}\n\nIn milliseconds, of one interaction each; also in ${file}`);
});
