import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  moment: "Einen Moment…",
  offline:
    "Du bist offline, darum wurde nichts gesendet. Was du eingegeben hast, bleibt stehen; drück noch einmal, wenn du wieder da bist.",
} satisfies Translation<typeof en>;
