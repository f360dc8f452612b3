/** What files become of a song's mix: a version as it was bounced, another workstation's session, or a mix document with what it plays. */
export type Way =
  { kind: "file" | "session"; file: File } | { kind: "document"; file: File; sources: readonly File[] };

const DOCUMENT = /\.json$/i;
const SESSION = /\.(als|dawproject|txt)$/i;

/** What files that were chosen together become; nothing if they do not belong together. */
export function wayOf(files: readonly File[]): Way | undefined {
  const [document, another] = files.filter(({ name }) => DOCUMENT.test(name));
  if (document && !another)
    return { kind: "document", file: document, sources: files.filter((file) => file !== document) };
  const [file] = files;
  if (!file || files.length > 1) return undefined;
  return { kind: SESSION.test(file.name) ? "session" : "file", file };
}

/** By which name a document plays a file: as it is called, or with the folders before it. */
export function nameIn(document: unknown, file: string): string {
  const names = textsOf(document).filter((text) => text.split(/[\\/]/).at(-1) === file);
  return names.includes(file) ? file : (names[0] ?? file);
}

function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}
