/** The stems of a beat, as they are added to it from files, each by itself or a ZIP of them. */
import { looked, send } from "./files";

/** A stem of a set. */
export interface Part {
  assetId: string;
  name: string;
}

/** Sends files of stems, has archives unpacked, and waits until all were looked through. */
export async function takeStems(studio: string, files: readonly File[]): Promise<Part[]> {
  const parts: Part[] = [];
  for (const file of files) {
    const asset = await send(file, { studio, kind: "stem" });
    const { unpacked } = await looked(file, asset);
    const stems = unpacked.length > 0 ? unpacked : [{ id: asset, fileName: file.name }];
    for (const { id, fileName } of stems) {
      await looked({ name: fileName }, id);
      parts.push({ assetId: id, name: nameOf(fileName) });
    }
  }
  return parts;
}

/** A file's name without its extension, which is what a stem is called. */
export function nameOf(fileName: string): string {
  return fileName.replace(/(?<=.)\.(?=\d*[a-z])[a-z\d]{1,4}$/i, "");
}

/** A set with further stems, of which one takes the place of another that is called the same. */
export function joined(set: readonly Part[], more: readonly Part[]): Part[] {
  const isCalled = (name: string) => (part: Part) => part.name.toLowerCase() === name.toLowerCase();
  return [...set.filter(({ name }) => !more.some(isCalled(name))), ...more];
}
