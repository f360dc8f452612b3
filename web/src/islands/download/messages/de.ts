import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  begun: "{name} wird geladen",
  waiting: "Die Verbindung ist abgerissen. Der Download macht da weiter, wo er stand.",
  checking: "{name} wird geprüft",
  done: "Vollständig und genau die veröffentlichte Datei: ihr SHA-256 stimmt überein.",
  wrong:
    "Was ankam, ist nicht die veröffentlichte Datei und wurde deshalb nicht gesichert. Versuch es noch einmal.",
  failed: "Der Download hat nicht geklappt. Lade die Seite neu und versuch es noch einmal.",
  cancel: "Abbrechen",
} satisfies Translation<typeof en>;
