/** What somebody has chosen for this browser: the language and the light. */
import { languages, speak, type Language } from "$lib/text";

const LANGUAGE = "ledgerline-language";
const SCHEME = "ledgerline-scheme";

export type Scheme = "system" | "light" | "dark";

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // It holds for this page.
  }
}

/** Before anything is shown. */
export function applySettings(): void {
  const language =
    read(LANGUAGE) ?? navigator.languages.find((tag) => (tag.split("-")[0] ?? "") in languages) ?? "en";
  speak(language);
  document.documentElement.lang = language.split("-")[0] ?? "en";
  applyScheme(chosenScheme());
}

/** Speaks another language, from the next document on. */
export function chooseLanguage(language: Language): void {
  write(LANGUAGE, language);
  location.reload();
}

export function chosenScheme(): Scheme {
  const scheme = read(SCHEME);
  return scheme === "light" || scheme === "dark" ? scheme : "system";
}

export function chooseScheme(scheme: Scheme): void {
  write(SCHEME, scheme);
  applyScheme(scheme);
}

function applyScheme(scheme: Scheme): void {
  if (scheme === "system") document.documentElement.removeAttribute("data-scheme");
  else document.documentElement.dataset.scheme = scheme;
}
