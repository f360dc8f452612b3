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

test("where it is shut, every key is dead that does not only read", () => {
  expect(dead({})).toEqual([true, false]);
  expect(dead({ type: "submit" })).toEqual([true, false]);
  expect(dead({ reads: true })).toEqual([false, false]);
  expect(dead({ type: "submit", reads: true })).toEqual([false, false]);
  expect(render(Button, { props: {} }).body).not.toContain(" disabled");
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

test("what is there can be read on: keys that go on, copy, play or close something only read", () => {
  const only = /busy=\{[\w.]*loading\}|onclick=\{(?:copy|onclose)\}|\b(?:copy|hear)\(|= false\)\}/;
  const silent = Object.entries(sources).flatMap(([path, source]) =>
    keys(source)
      .filter((key) => only.test(key) && !/\sreads\s/.test(key))
      .map((key) => `${path}: ${key}`),
  );
  // What is a person's own is never shut.
  expect(silent.filter((key) => !key.startsWith("../dashboard/areas/account/"))).toEqual([]);
});
