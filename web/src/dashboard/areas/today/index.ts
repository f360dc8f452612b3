export { default as Page } from "./Today.svelte";
