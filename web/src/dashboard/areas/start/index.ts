export { default as Page } from "./Start.svelte";
