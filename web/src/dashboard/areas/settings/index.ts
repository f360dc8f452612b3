export { default as Page } from "./Settings.svelte";
