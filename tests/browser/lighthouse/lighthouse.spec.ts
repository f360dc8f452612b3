/** Lighthouse's figures of the pages that somebody buys and signs on, as a phone has them, and what each is held to. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import { chromium, flags } from "../house/program";
import { expect, test } from "../house/test";

interface Report {
  categories: Record<"performance" | "accessibility", { score: number | null }>;
  audits: Record<
    string,
    { displayValue?: string; numericValue?: number; score?: number | null; title: string }
  >;
}

/** The least that each page has in points, and the most of what is measured: milliseconds, and the unit of shifts. */
const LEAST = { performance: 95, accessibility: 100 };
const MOST = { "largest-contentful-paint": 2_500, "cumulative-layout-shift": 0.1 };

const cli = join(import.meta.dirname, "node_modules/lighthouse/cli/index.js");

test("figures", async ({ page, world }, info) => {
  test.setTimeout(300_000);
  const shop = `/s/${world.studio.slug}`;
  const beat = `${shop}/${world.beats[0].slug}`;
  await page.goto(beat);
  await page
    .getByRole("button", { name: /^Add to cart/ })
    .first()
    .click();
  await expect(page.getByRole("heading", { name: "Your cart" })).toBeVisible();
  const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");

  const places = { shop, beat, cart: `${shop}/cart`, order: world.bought.url, sign: world.links.sign };
  console.log("page     performance  accessibility  largest paint  shift   blocked");
  for (const [name, place] of Object.entries(places)) {
    const file = info.outputPath(`${name}.json`);
    const words = [
      cli,
      new URL(place, world.base).href,
      "--quiet",
      "--output=json",
      `--output-path=${file}`,
      "--only-categories=performance,accessibility",
      `--chrome-flags=--headless ${flags.join(" ")}`,
      `--extra-headers=${JSON.stringify({ Cookie: cookie })}`,
    ];
    await promisify(execFile)(process.execPath, words, { env: { ...process.env, CHROME_PATH: chromium() } });
    const { categories, audits } = JSON.parse(readFileSync(file, "utf8")) as Report;
    const points = (what: "performance" | "accessibility") => Math.round((categories[what].score ?? 0) * 100);
    const said = (audit: string) => audits[audit]?.displayValue ?? "?";
    const row = [
      name.padEnd(9),
      String(points("performance")).padEnd(13),
      String(points("accessibility")).padEnd(15),
      said("largest-contentful-paint").padEnd(15),
      said("cumulative-layout-shift").padEnd(8),
      said("total-blocking-time"),
    ];
    console.log(row.join(""));
    const wrong = Object.values(audits).filter(({ score }) => score === 0);
    const titles = wrong.map(({ title }) => title).join("; ");
    for (const what of ["performance", "accessibility"] as const)
      expect.soft(points(what), `${what} of ${name}: ${titles}`).toBeGreaterThanOrEqual(LEAST[what]);
    for (const [audit, most] of Object.entries(MOST))
      expect.soft(audits[audit]?.numericValue ?? Infinity, `${audit} of ${name}`).toBeLessThanOrEqual(most);
  }
});
