/**
 * The texts of pages. Each page has a file of messages in English, which is complete, and one for each other language, of the same keys:
 *
 *     export const t = texts(en, { de });
 *     t("upload.left", { count: 3 })
 *
 * `{name}` stands for a value. A message with forms is an object by plural category (`one`, `other`, … as `Intl.PluralRules` says), chosen by `count`.
 * The type checker misses neither a key nor a value; `text.test.ts` holds the placeholders of the languages against each other.
 */
export type Forms = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string };
export type Messages = { readonly [key: string]: string | Forms };

/** The same keys in another language; which plural forms there are is the language's own affair. */
export type Translation<M extends Messages> = {
  readonly [key in keyof M]: M[key] extends string ? string : Forms;
};

type Named<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Named<Rest> : never;
type NamesOf<T> = T extends string ? Named<T> : T extends Forms ? Named<T[keyof T]> | "count" : never;
type Values<T> = { [name in NamesOf<T>]: string | number };
type Given<T> = [NamesOf<T>] extends [never] ? [] : [values: Values<T>];

export type Text<M extends Messages> = <K extends keyof M>(key: K, ...values: Given<M[K]>) => string;

/** The languages that there are messages in, each by its own name. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

let chosen: Language = "en";

/** The language of the page, which is set once, before anything is shown. */
export function language(): Language {
  return chosen;
}

/** By which habits dates, times and figures are written in it: English ones by British habits, as on public pages and in mails; `14:05`, `3 Dec 2026`. */
export function locale(): string {
  return chosen === "en" ? "en-GB" : chosen;
}

export function speak(tag: string): void {
  const wanted = tag.toLowerCase().split("-")[0];
  chosen = wanted !== undefined && wanted in languages ? (wanted as Language) : "en";
}

// What the page says it is written in; none where there is no page, in tests.
if (typeof document !== "undefined") speak(document.documentElement.lang);

export function texts<const M extends Messages>(
  en: M,
  others: { readonly [language in Exclude<Language, "en">]: Translation<M> },
): Text<M> {
  return (key, ...[values]) => {
    const message = (chosen === "en" ? en : others[chosen])[key] as string | Forms;
    const named = (values ?? {}) as Record<string, string | number>;
    return fill(typeof message === "string" ? message : form(message, named.count), named);
  };
}

function form(forms: Forms, count: string | number | undefined): string {
  return forms[new Intl.PluralRules(chosen).select(Number(count))] ?? forms.other;
}

function fill(message: string, values: Record<string, string | number>): string {
  return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? new Intl.NumberFormat(locale()).format(value) : value;
  });
}
