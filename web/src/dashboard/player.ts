import { Player } from "$lib/player.svelte";

/** What is heard in the dashboard, on every page of it. */
export const player = new Player(new Audio());
