import { afterEach, beforeEach, expect, test, vi } from "vitest";

/** The server's side, as far as it is about signing in. */
const server = {
  signedIn: true,
  refreshable: true,
  proved: true,
  factor: false,
  keepsCookies: true,
  confirmed: true,
  refreshes: 0,
  asked: 0,
};
const person = { id: "user_1", name: "Nova", email: "nova@example.com", emailVerified: true, studios: [] };

function answer(body: unknown): Response {
  return new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } });
}

interface Typed {
  password?: string;
  code?: string;
}

function refusalOf({ password, code }: Typed = {}) {
  if (password !== "ten characters") return [{ code: "WRONG_PASSWORD", field: "password", message: "no" }];
  if (server.factor && !code) return [{ code: "SECOND_FACTOR_REQUIRED", field: "code", message: "a code" }];
  return [];
}

async function respond(_input: unknown, init?: RequestInit): Promise<Response> {
  const { query, variables } = JSON.parse(String(init?.body)) as { query: string; variables?: Typed };
  const until = new Date(Date.now() + 900_000).toISOString();
  const me = { ...person, emailVerified: server.confirmed };
  const session = { accessExpiresAt: until, me };
  if (query.includes("mutation Refresh")) {
    server.refreshes += 1;
    if (!server.refreshable) {
      return answer({ data: null, errors: [{ message: "ended", extensions: { code: "SIGN_IN_ENDED" } }] });
    }
    server.signedIn = true;
    return answer({ data: { refresh: { session, userErrors: [] } } });
  }
  if (query.includes("mutation BeginPasskey")) {
    const begun = { ceremony: { id: "ceremony_1", options: { challenge: "AA" } }, userErrors: [] };
    return answer({ data: { beginPasskeySignIn: begun, beginPasskeyProof: begun } });
  }
  if (query.includes("mutation StepUpWithPasskey")) {
    server.proved = true;
    return answer({ data: { stepUpWithPasskey: { provedUntil: until, userErrors: [] } } });
  }
  if (query.includes("mutation SignInWithPasskey")) {
    [server.signedIn, server.refreshable, server.proved] = [server.keepsCookies, true, true];
    return answer({ data: { signInWithPasskey: { session, userErrors: [] } } });
  }
  if (query.includes("mutation StepUp")) {
    const userErrors = refusalOf(variables);
    server.proved = userErrors.length === 0;
    return answer({ data: { stepUp: { provedUntil: server.proved ? until : null, userErrors } } });
  }
  if (query.includes("mutation SignIn")) {
    [server.signedIn, server.refreshable, server.proved] = [server.keepsCookies, true, true];
    return answer({ data: { signIn: { session, userErrors: [] } } });
  }
  if (query.includes("mutation SignOut")) {
    server.signedIn = false;
    return answer({ data: { signOut: { userErrors: [] } } });
  }
  if (query.includes("query Me")) return answer({ data: { me: server.signedIn ? me : null } });
  server.asked += 1;
  if (!server.signedIn) {
    return answer({
      data: null,
      errors: [{ message: "sign in first", extensions: { code: "UNAUTHENTICATED" } }],
    });
  }
  if (!server.proved) {
    return answer({
      data: null,
      errors: [{ message: "once more", extensions: { code: "STEP_UP_REQUIRED" } }],
    });
  }
  return answer({ data: { version: "1" } });
}

const kept = new Map<string, string>();

beforeEach(() => {
  vi.resetModules();
  kept.clear();
  Object.assign(server, {
    signedIn: true,
    refreshable: true,
    proved: true,
    factor: false,
    keepsCookies: true,
    confirmed: true,
    refreshes: 0,
    asked: 0,
  });
  vi.stubGlobal("fetch", respond);
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
    key: (at: number) => [...kept.keys()][at] ?? null,
    get length() {
      return kept.size;
    },
  });
  vi.stubGlobal("navigator", { cookieEnabled: true });
  vi.stubGlobal("location", { assign: vi.fn(), protocol: "http:", host: "127.0.0.1" });
});
afterEach(() => vi.unstubAllGlobals());

async function begin() {
  const { session } = await import("./session.svelte");
  const { signedFetch } = await import("./client");
  await session.find();
  const ask = async () => {
    const init = { method: "POST", body: JSON.stringify({ query: "query Version { version }" }) };
    return (await (await signedFetch("/graphql", init)).json()) as { data: { version: string } };
  };
  return { session, ask };
}

test("a browser is known once somebody has signed in on it, and stays so", async () => {
  Object.assign(server, { signedIn: false, refreshable: false });
  const { session } = await begin();
  expect(session.isKnown).toBe(false);
  await session.signIn("nova@example.com", "ten characters");
  expect(session.isKnown).toBe(true);
  await session.signOut();
  expect(session.isKnown).toBe(true);
  await session.forget();
  expect(session.isKnown, "of a closed account nothing stays").toBe(false);
});

test("whoever signs out leaves nothing behind that they typed and did not send", async () => {
  const { session } = await begin();
  for (const key of ["draft:/signing/a/counter", "ledgerline-scheme", "notes:/review/b/comments"])
    kept.set(key, "something");
  await session.signOut();
  expect([...kept.keys()]).toEqual(["ledgerline-scheme"]);
});

test("a browser that refuses locks, as it does where cookies are blocked, renews without them", async () => {
  const denied = () => Promise.reject(new DOMException("The request was denied.", "SecurityError"));
  vi.stubGlobal("navigator", { cookieEnabled: true, locks: { request: denied } });
  Object.assign(server, { signedIn: false });
  const { session } = await begin();
  expect(session.person).toEqual(person);
});

test("a token that has run out is renewed once for all who ask, and they are answered", async () => {
  const { ask } = await begin();
  server.signedIn = false;
  const answers = await Promise.all([ask(), ask(), ask()]);
  expect(answers.map(({ data }) => data.version)).toEqual(["1", "1", "1"]);
  expect(server.refreshes).toBe(1);
});

test("a token that is about to run out is renewed before anything is asked", async () => {
  const { ask } = await begin();
  kept.set("ledgerline-access-until", String(Date.now() + 10_000));
  await ask();
  expect([server.refreshes, server.asked]).toEqual([1, 1]);
});

test("what another tab has renewed meanwhile is not renewed again", async () => {
  const { session } = await begin();
  const seen = Date.now() - 1_000;
  kept.set("ledgerline-access-until", String(Date.now() + 800_000));
  expect(await session.renew(seen)).toBe(true);
  expect(server.refreshes).toBe(0);
});

test("when the sign-in has ended, work waits until it begins again", async () => {
  const { session, ask } = await begin();
  Object.assign(server, { signedIn: false, refreshable: false });
  const waiting = Promise.all([ask(), ask()]);
  await vi.waitFor(() => expect(session.hasEnded).toBe(true));
  await session.signIn(person.email, "ten characters");
  expect((await waiting).map(({ data }) => data.version)).toEqual(["1", "1"]);
  expect(session.hasEnded).toBe(false);
});

test("work that is given up is told so", async () => {
  const { session, ask } = await begin();
  Object.assign(server, { signedIn: false, refreshable: false });
  const waiting = expect(ask()).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await vi.waitFor(() => expect(session.hasEnded).toBe(true));
  session.leave();
  await waiting;
});

test("whoever comes in with a dead token and a good refresh token is signed in", async () => {
  server.signedIn = false;
  const { session } = await begin();
  expect(session.person?.id).toBe("user_1");
  Object.assign(server, { signedIn: false, refreshable: false });
  await session.find();
  expect(session.person).toBeNull();
});

test("what asks for the password once more waits for it, and goes on", async () => {
  const { session, ask } = await begin();
  Object.assign(server, { proved: false, factor: true });
  const waiting = Promise.all([ask(), ask()]);
  await vi.waitFor(() => expect(session.mustProve).toBe(true));
  await expect(session.stepUp("another")).rejects.toMatchObject({ errors: [{ code: "WRONG_PASSWORD" }] });
  await expect(session.stepUp("ten characters")).rejects.toMatchObject({
    errors: [{ code: "SECOND_FACTOR_REQUIRED" }],
  });
  expect(session.mustProve).toBe(true);
  await session.stepUp("ten characters", "123456");
  expect((await waiting).map(({ data }) => data.version)).toEqual(["1", "1"]);
  expect(session.mustProve).toBe(false);
});

test("whoever does not give their password is told that nothing was done", async () => {
  const { session, ask } = await begin();
  server.proved = false;
  const waiting = expect(ask()).rejects.toMatchObject({ code: "STEP_UP_REQUIRED" });
  await vi.waitFor(() => expect(session.mustProve).toBe(true));
  session.leaveUnproved();
  await waiting;
  expect(session.mustProve).toBe(false);
});

test("signing in again proves as much", async () => {
  const { session, ask } = await begin();
  server.proved = false;
  const waiting = ask();
  await vi.waitFor(() => expect(session.mustProve).toBe(true));
  Object.assign(server, { signedIn: false, refreshable: false });
  await session.signIn(person.email, "ten characters");
  expect((await waiting).data.version).toBe("1");
  expect(session.mustProve).toBe(false);
});

test("a passkey signs in, and proves what asks for the password once more", async () => {
  const response = { clientDataJSON: new ArrayBuffer(1), authenticatorData: new ArrayBuffer(1) };
  const get = vi.fn(async () => ({
    id: "AA",
    type: "public-key",
    response: { ...response, signature: new ArrayBuffer(1), userHandle: null },
  }));
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("navigator", { cookieEnabled: true, credentials: { get } });
  Object.assign(server, { signedIn: false, refreshable: false });
  const { session, ask } = await begin();
  expect(session.person).toBeNull();
  await session.signInWithPasskey();
  expect(session.person?.id).toBe("user_1");
  server.proved = false;
  const waiting = ask();
  await vi.waitFor(() => expect(session.mustProve).toBe(true));
  await session.stepUpWithPasskey();
  expect((await waiting).data.version).toBe("1");
  expect(get).toHaveBeenCalledTimes(2);
});

test("a passkey that is not chosen leaves everything as it is", async () => {
  const get = vi.fn(() => Promise.reject(new DOMException("", "NotAllowedError")));
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("navigator", { cookieEnabled: true, credentials: { get } });
  Object.assign(server, { signedIn: false, refreshable: false });
  const { session } = await begin();
  await expect(session.signInWithPasskey()).rejects.toMatchObject({ code: "NO_PASSKEY" });
  expect(session.person).toBeNull();
});

test("where cookies are blocked that is told, and not what breaks for want of them", async () => {
  vi.stubGlobal("navigator", { cookieEnabled: false });
  const { session } = await import("./session.svelte");
  await expect(session.find()).rejects.toMatchObject({ code: "NO_COOKIES" });
});

test("who signs in where no cookie is kept is not taken for signed in", async () => {
  Object.assign(server, { signedIn: false, refreshable: false });
  const { session } = await begin();
  server.keepsCookies = false;
  await expect(session.signIn(person.email, "ten characters")).rejects.toMatchObject({ code: "NO_COOKIES" });
  expect(session.person).toBeNull();
});

test("an address that was confirmed elsewhere is known when it is looked again", async () => {
  server.confirmed = false;
  const { session } = await begin();
  await session.lookConfirmed();
  expect(session.person?.emailVerified).toBe(false);
  server.confirmed = true;
  await session.lookConfirmed();
  expect(session.person?.emailVerified).toBe(true);
});
