export { default as Page } from "./Calendar.svelte";
