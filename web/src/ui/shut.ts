/** Forms that nobody sends, as those of what can only be read: the keys that would send them are dead. */
import { getContext, setContext } from "svelte";

const SHUT = Symbol("shut forms");

/** Shuts the forms within a component as long as it says so. */
export function shutForms(areShut: () => boolean): void {
  setContext(SHUT, areShut);
}

/** Whether the forms around a component are shut. */
export function areFormsShut(): () => boolean {
  return getContext<(() => boolean) | undefined>(SHUT) ?? (() => false);
}
