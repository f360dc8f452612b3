import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  deck: "Player der Fassungen",
  versions: "Welche Fassung zu hören ist",
  version: "Fassung {number} an derselben Stelle hören",
  listen: "Fassung {number} anhören",
  play: "Abspielen",
  pause: "Anhalten",
  again: "Gerade nicht zu hören. Noch einmal versuchen",
  place: "Stelle in Fassung {number}",
  waiting: "Notizen, die auf ein Netz warten",
  waits: "wartet auf ein Netz",
  edit: "Zurück ins Formular",
  kept: "Es gibt kein Netz. Deine Notiz bleibt in diesem Browser und wird gesendet, sobald es wieder eines gibt; du kannst weitermachen.",
  spoken:
    "Es gibt kein Netz, und Gesprochenes kann hier nicht warten. Schreib es, oder sende es, wenn du wieder online bist.",
  full: "Dieser Browser kann die Notiz nicht behalten. Sie bleibt im Formular: Sende sie, wenn du wieder online bist.",
  refused: "Die Seite des Studios hat diese Notiz nicht angenommen.",
} satisfies Translation<typeof en>;
