/** What the server says of a document, by the paths that it has there. */
import type { Form } from "../../../deed.svelte";

/** Where an input has the document. */
const INPUT = "document";

export interface Said {
  /** What is said by a path that is shown; of what is within it too, as far as that is not shown by itself. */
  of: (path: string) => string | undefined;
  /** What is said by none of them. */
  besides: string | undefined;
}

/** What is said of a form's document, by the innermost of the paths that are shown. */
export function saidOf(form: Pick<Form, "by">, paths: readonly string[]): Said {
  const said = form.by(paths.map((path) => `${INPUT}.${path}`));
  return { of: (path) => said.get(`${INPUT}.${path}`), besides: said.get("") };
}
