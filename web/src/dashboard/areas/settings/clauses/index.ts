export { default as Clauses } from "./Clauses.svelte";
