import type { Translation } from "$lib/text";

import type en from "./en";

export default {
  beside: "Die zweite Zeit ist die deiner eigenen Uhr, {zone}.",
  starts: "Nach deiner eigenen Uhr beginnt es {when} ({zone}).",
  yours: "{when} nach deiner eigenen Uhr",
} satisfies Translation<typeof en>;
