import { mount, unmount, type Component } from "svelte";

import type { Undo } from "./island";

/** Puts a component at the end of an element, and hides what was in it: what stands for the component where there are no scripts. */
export function replace<Props extends Record<string, unknown>>(
  element: HTMLElement,
  component: Component<Props>,
  props: Props,
): Undo {
  const before = [...element.children];
  const hide = (hidden: boolean) => before.forEach((child) => child.toggleAttribute("hidden", hidden));
  const made = mount(component, { target: element, props });
  hide(true);
  return () => {
    void unmount(made);
    hide(false);
  };
}
