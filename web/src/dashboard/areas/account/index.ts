export { default as Page } from "./Account.svelte";
