export { default as Page } from "./Projects.svelte";
