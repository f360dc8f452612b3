/** What can only be read: keys that would change something, or open what does, are dead there. */
import { getContext, setContext } from "svelte";

/** Under what components are told so, for whoever renders one alone. */
export const SHUT = Symbol("shut");

/** Shuts what is within a component as long as it says so. */
export function shutWithin(isShut: () => boolean): void {
  setContext(SHUT, isShut);
}

/** Whether what is around a component is shut. */
export function isShutHere(): () => boolean {
  return getContext<(() => boolean) | undefined>(SHUT) ?? (() => false);
}
