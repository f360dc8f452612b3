/**
 * Who is signed in. The tokens are in cookies that scripts cannot read: the access token is good for 15 minutes, and is renewed before that by a refresh
 * token, which may be used once; two tabs that used the same one would end the sign-in, so that they take turns. When a sign-in has ended, whatever was
 * being asked waits until the same person has signed in again, and is then asked: no work is lost. Just so waits what asks for the password once more.
 * Instead of the password a passkey does.
 */
import { stringifyDocument, type TypedDocumentNode } from "@urql/core";

import {
  BeginPasskeyProofDocument,
  BeginPasskeySignInDocument,
  MeDocument,
  RefreshDocument,
  SignInDocument,
  SignInWithPasskeyDocument,
  SignOutDocument,
  StepUpDocument,
  StepUpWithPasskeyDocument,
  type PersonFragment,
} from "$generated/lib/api/session";

import { forgetUnsent } from "../unsent";
import { usePasskey } from "./passkeys";
import { t } from "./text";
import { Refusal, Trouble, type UserError } from "./trouble";

export type Person = PersonFragment;
export type Studio = Person["studios"][number];
export type { Role } from "$generated/lib/api/session";

/** When the access token runs out, known to all tabs. */
const UNTIL = "ledgerline-access-until";
/** By which it is known that the browser keeps no cookies. */
export const NO_COOKIES = "NO_COOKIES";
/** That somebody has signed in on this browser. */
const KNOWN = "ledgerline-known";
/** How long before that it is renewed. */
const AHEAD_MS = 60_000;

interface Answer<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: string; remedy?: string; requestId?: string } }[];
}

interface Wait {
  promise: Promise<void>;
  go: () => void;
  fail: (cause: Trouble) => void;
}

type Payload = { userErrors: readonly UserError[] };

class Session {
  /** Unknown until the server was asked, then the person, or null if nobody is signed in. */
  person = $state.raw<Person | null | undefined>(undefined);
  /** Whether the sign-in of this person has ended, and work waits for it to begin again. */
  hasEnded = $state(false);
  /** Whether something that this person does asks for their password once more, and waits for it. */
  mustProve = $state(false);

  /** Whether anybody has signed in on this browser before. */
  get isKnown(): boolean {
    return find(KNOWN) !== null;
  }

  #renewing: Promise<boolean> | null = null;
  #again: Wait | null = null;
  #proof: Wait | null = null;

  /** Asks who is signed in. */
  async find(): Promise<void> {
    if (!navigator.cookieEnabled) throw withoutCookies();
    const { me } = await post(MeDocument, {});
    // The access token may have run out while nobody was here; the refresh token is good for a month.
    if (me) this.person = me;
    else if (!(await this.renew(read()))) this.person = null;
  }

  /** Looks whether the person has confirmed their address meanwhile, in whichever tab. */
  async lookConfirmed(): Promise<void> {
    await this.fresh();
    const { me } = await post(MeDocument, {});
    if (this.person && me?.id === this.person.id && me.emailVerified !== this.person.emailVerified)
      this.person = { ...this.person, emailVerified: me.emailVerified };
  }

  /** Looks anew at the person and their studios, of which something has changed. */
  async look(): Promise<void> {
    await this.fresh();
    const { me } = await post(MeDocument, {});
    if (me && me.id === this.person?.id) this.person = me;
  }

  /** A code only where the account has a second factor: without one it is refused with `SECOND_FACTOR_REQUIRED`. */
  async signIn(email: string, password: string, code?: string): Promise<void> {
    const { signIn } = await post(SignInDocument, { email, password, code });
    await this.#enter(done(signIn).session);
  }

  /** By a passkey, which the person chooses: nothing is typed. */
  async signInWithPasskey(): Promise<void> {
    const { ceremony } = done((await post(BeginPasskeySignInDocument, {})).beginPasskeySignIn);
    if (!ceremony) return;
    const credential = await usePasskey(ceremony.options);
    const answer = { ceremony: ceremony.id, credential };
    const { signInWithPasskey } = await post(SignInWithPasskeyDocument, answer);
    await this.#enter(done(signInWithPasskey).session);
  }

  async #enter(session?: { me: Person; accessExpiresAt: string } | null): Promise<void> {
    if (!session) return;
    // Some browsers take cookies and keep none.
    if (!(await post(MeDocument, {})).me) throw withoutCookies();
    await this.#take(session.me, session.accessExpiresAt);
    this.#proved();
  }

  /** After something was refused until whoever sits there has proved themselves: waits until they have. */
  async prove(): Promise<void> {
    this.mustProve = true;
    this.#proof ??= later();
    return this.#proof.promise;
  }

  async stepUp(password: string, code?: string): Promise<void> {
    await this.#asSignedIn(async () => done((await post(StepUpDocument, { password, code })).stepUp));
    this.#proved();
  }

  async stepUpWithPasskey(): Promise<void> {
    const { ceremony } = await this.#asSignedIn(async () =>
      done((await post(BeginPasskeyProofDocument, {})).beginPasskeyProof),
    );
    if (!ceremony) return;
    const answer = { ceremony: ceremony.id, credential: await usePasskey(ceremony.options) };
    await this.#asSignedIn(async () =>
      done((await post(StepUpWithPasskeyDocument, answer)).stepUpWithPasskey),
    );
    this.#proved();
  }

  async #asSignedIn<Done>(work: () => Promise<Done>): Promise<Done> {
    await this.fresh();
    return work().catch((cause: unknown) => {
      // The sign-in has ended meanwhile: signing in again proves as much.
      if (cause instanceof Trouble && ["HTTP_401", "UNAUTHENTICATED"].includes(cause.code))
        this.hasEnded = true;
      throw cause;
    });
  }

  /** Gives up what waits for the proof. */
  leaveUnproved(): void {
    this.mustProve = false;
    this.#proof?.fail(new Trouble(t("notProved"), "STEP_UP_REQUIRED"));
    this.#proof = null;
  }

  #proved(): void {
    this.mustProve = false;
    this.#proof?.go();
    this.#proof = null;
  }

  async signOut(): Promise<void> {
    done((await post(SignOutDocument, {})).signOut);
    tidy();
    // A fresh document holds nothing of what was seen.
    location.assign("/dashboard");
  }

  /** Of an account that is closed nothing stays here: nobody is signed in any more, and nobody is to be welcomed back. */
  async forget(): Promise<void> {
    await post(SignOutDocument, {}).catch(() => undefined);
    tidy();
    keep(KNOWN, null);
    location.assign("/dashboard?closed");
  }

  /** Before anything is asked: a token that is about to run out is renewed. */
  async fresh(): Promise<void> {
    const until = read();
    if (until !== null && until - Date.now() < AHEAD_MS) await this.renew(until);
  }

  /** After something was refused for want of a sign-in: renews it, or waits until somebody has signed in again. */
  async restore(): Promise<void> {
    if (await this.renew(read())) return;
    if (!this.person) throw new Trouble(t("signInFirst"), "UNAUTHENTICATED");
    this.hasEnded = true;
    this.#again ??= later();
    return this.#again.promise;
  }

  /** Gives up what waits for the sign-in. */
  leave(): void {
    this.#again?.fail(new Trouble(t("ended"), "UNAUTHENTICATED"));
    location.assign("/dashboard");
  }

  /** Renews the token that ran out at `seen`, unless another tab has done so since. */
  renew(seen: number | null): Promise<boolean> {
    this.#renewing ??= alone(async () => {
      const now = read();
      if (now !== null && now !== seen && now - Date.now() > AHEAD_MS) return true;
      const answer = await post(RefreshDocument, {}).catch((cause: unknown) => {
        if (cause instanceof Trouble && cause.isOffline) throw cause;
        return null;
      });
      const session = answer?.refresh.session;
      if (!session) {
        write(null);
        return false;
      }
      await this.#take(session.me, session.accessExpiresAt);
      return true;
    }).finally(() => (this.#renewing = null));
    return this.#renewing;
  }

  async #take(person: Person, until: string): Promise<void> {
    write(new Date(until).getTime());
    keep(KNOWN, "1");
    // Another person's pages are not this one's.
    if (this.person && this.person.id !== person.id) return location.assign("/dashboard");
    this.person ??= person;
    this.hasEnded = false;
    this.#again?.go();
    this.#again = null;
  }
}

export const session = new Session();

/** What is told where a browser keeps no cookies: nobody can be signed in there. */
function withoutCookies(): Trouble {
  return new Trouble(t("noCookies"), NO_COOKIES, t("noCookiesRemedy"));
}

/** The payload, or what it refuses. */
function done<P extends Payload>(payload: P): P {
  if (payload.userErrors.length > 0) throw new Refusal(payload.userErrors);
  return payload;
}

/** Asks without the client, which waits for this. */
export async function post<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  const body = JSON.stringify({ query: stringifyDocument(document), variables });
  const headers = { "content-type": "application/json", "x-ledgerline-csrf": "1" };
  const response = await fetch("/graphql", { method: "POST", headers, body }).catch(() => {
    throw new Trouble(t("offline"), "OFFLINE", t("offlineRemedy"));
  });
  const answer = (await response.json().catch(() => ({}))) as Answer<Data>;
  const [error] = answer.errors ?? [];
  if (error)
    throw new Trouble(
      error.message,
      error.extensions?.code ?? "UNKNOWN",
      error.extensions?.remedy,
      error.extensions?.requestId,
    );
  if (!answer.data)
    throw new Trouble(t("broken"), `HTTP_${response.status}`, null, response.headers.get("x-request-id"));
  return answer.data;
}

function read(): number | null {
  const kept = find(UNTIL);
  return kept === null ? null : Number(kept);
}

function write(until: number | null): void {
  keep(UNTIL, until === null ? null : String(until));
}

/** After somebody has signed out: what is kept here of them is not the next person's. */
function tidy(): void {
  write(null);
  try {
    forgetUnsent(localStorage);
  } catch {
    // Without storage nothing was kept.
  }
}

function find(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function keep(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // Without storage a token is renewed when it is refused, and nobody is known.
  }
}

/** One tab at a time, where the browser can tell tabs apart: it can over TLS and on this machine, unless cookies are blocked. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  if (!navigator.locks) return work();
  let isHeld = false;
  const held = () => ((isHeld = true), work());
  return navigator.locks.request("ledgerline-session", held).catch((cause: unknown) => {
    if (isHeld) throw cause;
    return work();
  });
}

function later(): Wait {
  let [go, fail]: [() => void, (cause: Trouble) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((resolve, reject) => ([go, fail] = [resolve, reject]));
  return { promise, go, fail };
}
