import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  slide: "Anteil von {name}, zum Schieben",
  hold: "Festhalten",
  holdName: "Anteil von {name} festhalten",
  locked: "Es bleiben 100 %: Wer mehr bekommt, nimmt es denen, die nicht festgehalten sind.",
} satisfies Translation<typeof en>;
