export { default as Page } from "./Clients.svelte";
