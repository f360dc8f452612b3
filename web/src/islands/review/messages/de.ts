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
  kept: "Es gibt kein Netz. Ihre Notiz bleibt in diesem Browser und wird gesendet, sobald es wieder eines gibt; Sie können weitermachen.",
  spoken:
    "Es gibt kein Netz, und Gesprochenes kann hier nicht warten. Schreiben Sie es, oder senden Sie es, wenn Sie wieder online sind.",
  full: "Dieser Browser kann die Notiz nicht behalten. Sie bleibt im Formular: Senden Sie sie, wenn Sie wieder online sind.",
  refused: "Die Seite des Studios hat diese Notiz nicht angenommen.",
} satisfies Translation<typeof en>;
