export { default as Page } from "./Royalties.svelte";
