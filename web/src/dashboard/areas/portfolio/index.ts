export { default as Page } from "./Portfolio.svelte";
