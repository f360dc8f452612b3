import { texts } from "$lib/text";

import de from "./messages/de";
import en from "./messages/en";

export const t = texts(en, { de });

/** What there are messages of behind a beginning: of `role_` the parts that parties take. */
export type Named<Beginning extends string, Key = keyof typeof en> = Key extends `${Beginning}_${infer Name}`
  ? Name
  : never;
