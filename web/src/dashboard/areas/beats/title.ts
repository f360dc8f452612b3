/** Whether a title has only letters, digits and signs of ASCII, which every font has. */
export function hasOnlyPlain(title: string): boolean {
  return /^[\x20-\x7e]*$/.test(title);
}

/** How many characters a title may have. */
export const LONGEST_TITLE = 200;

/** How many characters a title has, as the server counts them: blanks are made single. */
export function lengthOf(title: string): number {
  return [...title.trim().replace(/\s+/g, " ")].length;
}

/** What stands in a contract for a character that its fonts have not: `[U+1F525]`. */
export function printedAs(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `[U+${code.padStart(4, "0")}]`;
}
