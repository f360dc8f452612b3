import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  slide: "Anteil von {name}, zum Schieben",
  hold: "Festhalten",
  holdName: "Anteil von {name} festhalten",
  locked: "Es bleiben 100 %: Wer mehr bekommt, nimmt es denen, die nicht festgehalten sind.",
  noShare: "Gib eine Zahl von 0 bis 100 ein, mit bis zu vier Nachkommastellen.",
  notWhole: "Zusammen genau 100 %: Diese Seite ergibt {total} %.",
} satisfies Translation<typeof en>;
