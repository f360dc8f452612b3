import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  restored: "Das hast du vorhin geschrieben. Gesendet ist es noch nicht.",
  otherTab: "In einem anderen Tab wird das auch geändert. Was du hier geschrieben hast, bleibt, wie es ist.",
  take: "Übernehmen, was dort steht",
  offline:
    "Es gibt kein Netz. Nichts geht verloren: Es bleibt auf dieser Seite, und du sendest es, wenn du wieder online bist.",
  online: "Du bist wieder online. Sende es jetzt.",
} satisfies Translation<typeof en>;
