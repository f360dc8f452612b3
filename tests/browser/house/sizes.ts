/** The windows that everything is looked at in. */
import type { Page } from "@playwright/test";

import { drawn } from "./rest";

export const sizes = {
  /** A phone in a hand. */
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  /** A window on a desk. */
  desktop: { viewport: { width: 1280, height: 800 } },
};
export type Size = keyof typeof sizes;

/** Shows a page as it stands there in windows of these sizes, one after the other, and leaves it in the one that it was in. */
export async function inEach(page: Page, these: Size[], look: (size: Size) => Promise<void>): Promise<void> {
  await page.waitForLoadState();
  const before = page.viewportSize();
  for (const size of these) {
    await page.setViewportSize(sizes[size].viewport);
    await drawn(page);
    await look(size);
  }
  if (before) await page.setViewportSize(before);
}
