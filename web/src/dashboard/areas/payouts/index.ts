export { default as Page } from "./Payouts.svelte";
