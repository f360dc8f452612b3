export { default as Webhooks } from "./Webhooks.svelte";
