import type { ComponentProps } from "svelte";
import { render } from "svelte/server";
import { expect, test } from "vitest";

import Button from "./Button.svelte";
import { SHUT } from "./shut";

/** Whether a key is dead where it is shut, and where it is not. */
function dead(props: ComponentProps<typeof Button>): [boolean, boolean] {
  const within = (isShut: boolean) => {
    const { body } = render(Button, { props, context: new Map([[SHUT, () => isShut]]) });
    return /<button[^>]* disabled/.test(body);
  };
  return [within(true), within(false)];
}

test("where it is shut, keys are dead that send a form or change something by themselves", () => {
  expect(dead({})).toEqual([false, false]);
  expect(dead({ changes: true })).toEqual([true, false]);
  expect(dead({ type: "submit" })).toEqual([true, false]);
  expect(dead({ type: "submit", reads: true })).toEqual([false, false]);
  expect(render(Button, { props: { changes: true } }).body).not.toContain(" disabled");
});

const sources = import.meta.glob<string>("../dashboard/areas/**/*.svelte", {
  eager: true,
  import: "default",
  query: "?raw",
});

/** The keys of a component, each as its attributes are written. */
function keys(source: string): string[] {
  return [...source.matchAll(/<Button\b/g)].map(({ index }) => {
    let [at, depth] = [index, 0];
    for (; depth > 0 || source[at] !== ">"; at += 1)
      depth += Number(source[at] === "{") - Number(source[at] === "}");
    return source.slice(index, at);
  });
}

test("a key that waits for the server without a form says whether it changes something", () => {
  const silent = Object.entries(sources).flatMap(([path, source]) =>
    keys(source)
      .filter((key) => /\bbusy\b/.test(key) && !/type="submit"/.test(key))
      // Lists that go on, and what is looked at again.
      .filter((key) => !/busy=\{[\w.]*loading\}/.test(key))
      .filter((key) => !/\s(changes|reads)\s/.test(key))
      .map((key) => `${path}: ${key}`),
  );
  // A closed studio is opened again by its owner.
  expect(silent.map((key) => key.replace(/\s+/g, " "))).toEqual([
    "../dashboard/areas/settings/CloseStudio.svelte: <Button busy={opening} onclick={reopen}",
  ]);
});
