/** What every page keeps to, whatever it shows. */
import type { Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";

import { inEach, type Size } from "./sizes";
import { expect } from "./test";

/** WCAG 2.2, levels A and AA, as axe names what it can judge of them. */
const LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** What axe finds on a page: rule, what it wants, and where. */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe.source);
  const options: RunOptions = {
    runOnly: rules ? { type: "rule", values: rules } : { type: "tag", values: LEVELS },
    resultTypes: ["violations"],
    // The frame of a mail runs no script, and so no judge.
    iframes: false,
  };
  const found = await page.evaluate(async (options) => {
    const judge = (window as unknown as { axe: typeof axe }).axe;
    return (await judge.run(options)).violations;
  }, options);
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.target.join(" ")}: ${node.any[0]?.message ?? ""}`),
  );
}

/** How wide a page is and its window, and what sticks out. */
export function width(page: Page): Promise<{ wide: number; window: number; widest: string[] }> {
  return page.evaluate(() => {
    const window = document.documentElement.clientWidth;
    const outside = [...document.querySelectorAll("main *")].filter(
      (element) => element.getBoundingClientRect().right > window + 1,
    );
    const widest = outside.slice(0, 3).map(({ tagName, className }) => `${tagName}.${className}`);
    return { wide: document.documentElement.scrollWidth, window, widest };
  });
}

/** Lists to choose from that show none of what they offer: what they are set to is not among it. */
function blank(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("select")]
      .filter(({ length, selectedIndex }) => length > 0 && selectedIndex < 0)
      .map(({ labels, name, textContent }) => [...labels].at(0)?.textContent ?? (name || textContent)),
  );
}

/**
 * Judges a page as it stands there, in each window: by its lists, its width, and by axe in light and in dark; what does not hang on colours is the same in
 * both. All that is wrong with a way through the pages is told at once.
 */
export async function look(page: Page, what: string, these: Size[]): Promise<void> {
  expect.soft(await blank(page), `${what}: lists that show nothing`).toEqual([]);
  await inEach(page, these, async (size) => {
    const { wide, window, widest } = await width(page);
    const sideways = `${what} scrolls sideways at ${window} px: ${widest.join(", ")}`;
    expect.soft(wide, sideways).toBeLessThanOrEqual(window);
    await page.emulateMedia({ colorScheme: "light" });
    expect.soft(await violations(page), `axe: ${what}, ${size}, light`).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    expect.soft(await violations(page, ["color-contrast"]), `axe: ${what}, ${size}, dark`).toEqual([]);
  });
}
