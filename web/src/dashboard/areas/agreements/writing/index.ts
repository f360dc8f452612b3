/** What writes agreements, loaded once somebody does. */
export { default as Change } from "./Change.svelte";
export { default as New } from "./New.svelte";
