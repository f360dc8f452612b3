/**
 * GraphQL: `ask` for a query, `act` for a mutation, each with a typed document of a `.graphql` file beside the page. Pages that show what may change use
 * `live` (in `live.svelte.ts`) instead of `ask`; what changes by itself is followed (`follow.ts`).
 */
import {
  cacheExchange,
  Client,
  CombinedError,
  fetchExchange,
  type AnyVariables,
  type RequestPolicy,
  type TypedDocumentNode,
} from "@urql/core";

import { session } from "./session.svelte";
import { t } from "./text";
import { Refusal, Trouble, type UserError } from "./trouble";

/**
 * A request with the sign-in of this page, asked again once that was renewed or somebody has signed in again, and once more when they have given the
 * password that it asks for.
 */
export async function signedFetch(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("x-ledgerline-csrf", "1");
  await session.fresh();
  const send = () => fetch(input, { ...init, headers });
  let answer = await send();
  if (answer.status === 401 || (await isRefusedFor(answer, "UNAUTHENTICATED"))) {
    await session.restore();
    answer = await send();
  }
  if (await isRefusedFor(answer, "STEP_UP_REQUIRED")) {
    await session.prove();
    answer = await send();
  }
  return answer;
}

async function isRefusedFor(answer: Response, code: string): Promise<boolean> {
  if (!answer.headers.get("content-type")?.includes("json")) return false;
  const text = await answer.clone().text();
  // Read only where it can be there: answers may be long.
  if (!text.includes(`"${code}"`)) return false;
  const { errors } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
  return errors?.some((error) => error.extensions?.code === code) ?? false;
}

export const client = new Client({
  url: "/graphql",
  preferGetMethod: false,
  fetch: signedFetch,
  fetchOptions: { headers: { accept: "application/json" } },
  exchanges: [cacheExchange, fetchExchange],
});

/** What a failed request is told as. */
export function troubleOf(error: CombinedError): Trouble {
  const cause: unknown = error.networkError;
  if (cause instanceof Trouble) return cause;
  const [first] = error.graphQLErrors;
  if (first) {
    const said = first.extensions as { code?: string; remedy?: string; requestId?: string };
    const broke = said.code === "INTERNAL";
    return new Trouble(
      broke ? t("broken") : first.message,
      said.code ?? "UNKNOWN",
      said.remedy ?? (broke ? t("brokenRemedy") : null),
      said.requestId ?? null,
    );
  }
  const response = error.response as Response | undefined;
  if (response && response.status >= 400) {
    return new Trouble(
      t("broken"),
      `HTTP_${response.status}`,
      t("brokenRemedy"),
      response.headers.get("x-request-id"),
    );
  }
  return new Trouble(t("offline"), "OFFLINE", t("offlineRemedy"));
}

/** Asks once. */
export async function ask<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  requestPolicy: RequestPolicy = "network-only",
): Promise<Data> {
  const { data, error } = await client.query(document, variables, { requestPolicy }).toPromise();
  if (error) throw troubleOf(error);
  if (!data) throw new Trouble(t("broken"), "EMPTY");
  return data;
}

type WithErrors = { userErrors: readonly UserError[] };
/** What the one mutation of a document gives. */
type PayloadOf<Data> = Extract<Data[Exclude<keyof Data, "__typename">], WithErrors>;

/** Does something; throws what the server refuses (`Refusal`), or what else went wrong (`Trouble`). */
export async function act<Data extends object, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<PayloadOf<Data>> {
  const { data, error } = await client.mutation(document, variables).toPromise();
  if (error) throw troubleOf(error);
  const payload = Object.entries(data ?? {}).find(([name]) => name !== "__typename")?.[1] as
    PayloadOf<Data> | undefined;
  if (!payload) throw new Trouble(t("broken"), "EMPTY");
  if (payload.userErrors.length > 0) throw new Refusal(payload.userErrors);
  return payload;
}
