export { default as Page } from "./Agreements.svelte";
