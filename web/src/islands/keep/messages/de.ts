import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  restored: "Das haben Sie vorhin geschrieben. Gesendet ist es noch nicht.",
  otherTab:
    "In einem anderen Tab wird das auch geändert. Was Sie hier geschrieben haben, bleibt, wie es ist.",
  take: "Übernehmen, was dort steht",
  offline:
    "Es gibt kein Netz. Nichts geht verloren: Es bleibt auf dieser Seite, und Sie senden es, wenn Sie wieder online sind.",
  online: "Sie sind wieder online. Senden Sie es jetzt.",
} satisfies Translation<typeof en>;
