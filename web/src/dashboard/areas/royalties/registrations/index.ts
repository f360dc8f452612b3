export { default as Registrations } from "./Registrations.svelte";
