/** What somebody does on a page, told when it is done and when it is not. */
import { untrack } from "svelte";

import { Refusal, told } from "$lib/api/trouble";
import { complain, say } from "$ui/toasts.svelte";

import { t } from "./text";

/** Does something that needs no form, and says so, with a way back where there is one. Gives nothing if nothing came of it, which is told. */
export async function deed<Done>(
  work: () => Promise<Done>,
  said = "",
  undo?: () => unknown,
): Promise<Done | null> {
  try {
    const done = await work();
    if (said) say(said, undo && { label: t("undo"), run: () => void undo() });
    return done;
  } catch (cause) {
    complain(told(cause));
    return null;
  }
}

/** A form: whether it is on its way, and what is said of it. What was typed stays where it is. */
export class Form {
  busy = $state(false);
  #refusal = $state.raw<Refusal | null>(null);
  #trouble = $state("");

  /** Sends it; gives nothing if nothing came of it. */
  async send<Done>(work: () => Promise<Done>): Promise<Done | null> {
    // Whoever begins by an effect would begin again with each change of this.
    if (untrack(() => this.busy)) return null;
    [this.busy, this.#refusal, this.#trouble] = [true, null, ""];
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof Refusal) this.#refusal = cause;
      else this.#trouble = told(cause);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** What is said of a field. */
  of(field: string): string | undefined {
    return this.#refusal?.of(field);
  }

  /** What is said of none of these fields. */
  besides(...fields: string[]): string | undefined {
    return this.#trouble || this.#refusal?.besides(fields);
  }

  /** What is said of each of these fields, by the innermost; under an empty name what is said of none of them. */
  by(fields: readonly string[]): Map<string, string> {
    if (this.#trouble) return new Map([["", this.#trouble]]);
    return this.#refusal?.by(fields) ?? new Map<string, string>();
  }

  /** Whether the server has refused it for this reason. */
  isRefusedFor(code: string): boolean {
    return this.#refusal?.isFor(code) ?? false;
  }

  clear(): void {
    [this.#refusal, this.#trouble] = [null, ""];
  }
}
