export { default as Page } from "./Money.svelte";
