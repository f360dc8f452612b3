/** What can go wrong between a page and the server, each in the words that somebody can be told. */

/** One thing that the server refused, as it says it. */
export interface UserError {
  code: string;
  message: string;
  field?: string | null;
  remedy?: string | null;
}

/** Nothing came of it: the network was lost, something broke, or it was forbidden. What was asked may be asked again. */
export class Trouble extends Error {
  override name = "Trouble";

  constructor(
    message: string,
    readonly code: string,
    readonly remedy: string | null = null,
    /** By which the server's log knows the request. */
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the server was not reached at all. */
  get isOffline(): boolean {
    return this.code === "OFFLINE";
  }
}

/** The server understood it and does not do it; something in what was asked must be otherwise. */
export class Refusal extends Error {
  override name = "Refusal";

  constructor(readonly errors: readonly UserError[]) {
    super(errors.map((error) => sentences(error)).join(" "));
  }

  /** Whether it is refused for this reason. */
  isFor(code: string): boolean {
    return this.errors.some((error) => error.code === code);
  }

  /** What is said of a field of the form, or of a list's line within it. */
  of(field: string): string | undefined {
    const found = this.errors.find((error) => {
      const path = error.field?.replace(/^input\./, "");
      return path === field || path?.startsWith(`${field}.`) || path?.startsWith(`${field}[`);
    });
    return found && sentences(found);
  }

  /** What is said of each of these fields, by the innermost that it is of; what is said of none of them stands under an empty name. */
  by(fields: readonly string[]): Map<string, string> {
    const said = new Map<string, UserError[]>();
    for (const error of this.errors) {
      const of = new Refusal([error]);
      const around = fields.filter((field) => of.of(field) !== undefined);
      const field = around.reduce((inner, one) => (one.length > inner.length ? one : inner), "");
      said.set(field, [...(said.get(field) ?? []), error]);
    }
    return new Map([...said].map(([field, errors]) => [field, new Refusal(errors).message]));
  }

  /** What is said of none of these fields. */
  besides(fields: readonly string[]): string | undefined {
    const rest = this.errors.filter((error) => !fields.some((field) => new Refusal([error]).of(field)));
    return rest.length > 0 ? rest.map((error) => sentences(error)).join(" ") : undefined;
  }
}

/** A refusal in full sentences, its remedy included. */
function sentences({ message, remedy }: UserError): string {
  return [message, remedy]
    .filter(Boolean)
    .map((text) => sentence(text ?? ""))
    .join(" ");
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}

/** What is told of anything that was thrown. */
export function told(cause: unknown): string {
  if (cause instanceof Trouble && cause.remedy) return `${sentence(cause.message)} ${sentence(cause.remedy)}`;
  return cause instanceof Error ? sentence(cause.message) : String(cause);
}
