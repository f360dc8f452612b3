/** Files that beats are made of: sent, looked through by the server, and told by their names where they cannot be used. */
import { AssetStateDocument, type AssetStateQuery } from "$generated/dashboard/areas/beats/beats";
import { ask } from "$lib/api/client";
import { told } from "$lib/api/trouble";
import { isFileRefused, upload } from "$lib/upload";

import { t } from "./text";

type Looked = NonNullable<AssetStateQuery["asset"]>;

/** How long a file is asked after before each look at it, the longest again and again. */
const LOOKS_MS = [300, 600, 1_000, 2_000, 3_000];

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A file that cannot be used. The same bytes would be refused again, so that another is needed. */
export class RefusedFile extends Error {
  override name = "RefusedFile";

  constructor(
    readonly file: { readonly name: string },
    why: string,
  ) {
    super(t("fileRefused", { name: file.name, why }));
  }
}

/** Sends a file, and gives the id that it is named by. */
export function send(file: File, terms: Parameters<typeof upload>[1]): Promise<string> {
  return upload(file, terms).catch((cause: unknown) => {
    throw isFileRefused(cause) ? new RefusedFile(file, told(cause)) : cause;
  });
}

/** Waits until a file was looked through, and gives what is known of it then. */
export async function looked(
  file: { readonly name: string },
  asset: string,
  signal?: AbortSignal,
): Promise<Looked> {
  for (let look = 0; ; look += 1) {
    signal?.throwIfAborted();
    const { asset: found } = await ask(AssetStateDocument, { id: asset });
    if (found?.state === "READY") return found;
    if (found?.state === "REFUSED") throw new RefusedFile(file, told(new Error(found.refusal ?? "")));
    await later(LOOKS_MS[Math.min(look, LOOKS_MS.length - 1)] ?? 3_000);
  }
}
