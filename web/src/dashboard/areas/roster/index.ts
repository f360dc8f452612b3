export { default as Page } from "./Roster.svelte";
