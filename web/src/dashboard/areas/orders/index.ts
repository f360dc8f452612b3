export { default as Page } from "./Orders.svelte";
