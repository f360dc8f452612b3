/** Asks again and again, ever less often, until there is an answer; what takes too long is named. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false>,
  withinMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${withinMs / 1_000} s for ${what}`);
    await new Promise((go) => setTimeout(go, pauseMs));
  }
}
