export { default as Page } from "./Beats.svelte";
