export { default as OfBeat } from "./OfBeat.svelte";
export { default as Selling } from "./Selling.svelte";
