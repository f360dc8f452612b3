/** What can wait for an agreement that is written for a project: the project itself, and its quote if that asks for one. */
import {
  LetProjectWaitDocument,
  NameQuoteAgreementDocument,
  type ProjectOccasionQuery,
} from "$generated/dashboard/areas/agreements/writing/writing";
import { act } from "$lib/api/client";

import { quoteOf } from "./subject";

export interface Wait {
  what: "project" | "quote";
  id: string;
  name: string;
  /** Whether it shall wait, unless somebody says otherwise. */
  shall: boolean;
}

type Project = NonNullable<ProjectOccasionQuery["project"]>;
type Quote = ProjectOccasionQuery["quotes"]["nodes"][number];

export function waitsOf({ id, title, state }: Project, quotes: readonly Quote[]): Wait[] {
  const isOpen = state === "PLANNED" || state === "ACTIVE";
  const quote = quoteOf(quotes);
  const asks = quote?.requiresAgreement && quote.agreementId === null;
  return [
    ...(isOpen ? [{ what: "project" as const, id, name: title, shall: state === "PLANNED" }] : []),
    ...(quote && asks ? [{ what: "quote" as const, id: quote.id, name: quote.reference, shall: true }] : []),
  ];
}

/** Lets it wait for an agreement. */
export async function letWait({ what, id }: Wait, agreement: string): Promise<void> {
  if (what === "project") await act(LetProjectWaitDocument, { project: id, agreement });
  else await act(NameQuoteAgreementDocument, { quote: id, agreement });
}
