export { default as Page } from "./Sessions.svelte";
