import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { makePasskey, offersPasskeys, usePasskey } from "./passkeys";

const credentials = { create: vi.fn(), get: vi.fn() };
const bytes = (...values: number[]) => Uint8Array.from(values).buffer;

/** What the browser was asked with. */
type Asked = [{ publicKey: PublicKeyCredentialCreationOptions }];

beforeEach(() => {
  vi.stubGlobal("PublicKeyCredential", class {});
  vi.stubGlobal("navigator", { credentials });
  vi.stubGlobal("location", { hostname: "beats.example" });
  vi.stubGlobal("isSecureContext", true);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

const creation = {
  rp: { id: "beats.example", name: "Ledgerline" },
  user: { id: "AQID", name: "nova@example.com", displayName: "Nova" },
  challenge: "-_8",
  pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  excludeCredentials: [{ type: "public-key", id: "BAU", transports: ["internal"] }],
};

test("passkeys are offered where the browser has them, and at a name", () => {
  expect(offersPasskeys()).toBe(true);
  vi.stubGlobal("location", { hostname: "localhost" });
  expect(offersPasskeys()).toBe(true);
  for (const hostname of ["127.0.0.1", "[::1]"]) {
    vi.stubGlobal("location", { hostname });
    expect(offersPasskeys()).toBe(false);
  }
  vi.stubGlobal("location", { hostname: "beats.example" });
  vi.stubGlobal("isSecureContext", false);
  expect(offersPasskeys()).toBe(false);
  vi.stubGlobal("isSecureContext", true);
  Reflect.deleteProperty(globalThis, "PublicKeyCredential");
  expect(offersPasskeys()).toBe(false);
});

test("a browser that cannot read JSON is asked in bytes, and answers in base 64 for addresses", async () => {
  const response = { clientDataJSON: bytes(251, 255), attestationObject: bytes(1) };
  credentials.create.mockResolvedValue({
    id: "Bg",
    type: "public-key",
    authenticatorAttachment: null,
    response,
  });
  const made = await makePasskey(creation);
  const [{ publicKey }] = credentials.create.mock.calls[0] as Asked;
  expect([...(publicKey.challenge as Uint8Array)]).toEqual([251, 255]);
  expect([...(publicKey.user.id as Uint8Array)]).toEqual([1, 2, 3]);
  expect(publicKey.excludeCredentials?.map(({ id }) => [...(id as Uint8Array)])).toEqual([[4, 5]]);
  expect(made).toMatchObject({
    id: "Bg",
    rawId: "Bg",
    response: { clientDataJSON: "-_8", attestationObject: "AQ", transports: [] },
  });
});

test("one that can is given its own reading", async () => {
  const parseRequestOptionsFromJSON = vi.fn(() => "read");
  vi.stubGlobal("PublicKeyCredential", { parseRequestOptionsFromJSON });
  const response = {
    clientDataJSON: bytes(1),
    authenticatorData: bytes(2),
    signature: bytes(3),
    userHandle: bytes(4),
  };
  credentials.get.mockResolvedValue({
    id: "Bg",
    type: "public-key",
    authenticatorAttachment: "platform",
    response,
  });
  const used = await usePasskey({ challenge: "AA", rpId: "beats.example" });
  expect(credentials.get).toHaveBeenCalledWith({ publicKey: "read" });
  expect(used).toMatchObject({
    authenticatorAttachment: "platform",
    response: { clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw", userHandle: "BA" },
  });
});

test("who turns away is told so, and who has one on this device already", async () => {
  credentials.get.mockRejectedValue(new DOMException("", "NotAllowedError"));
  await expect(usePasskey({ challenge: "AA" })).rejects.toMatchObject({ code: "NO_PASSKEY" });
  credentials.get.mockResolvedValue(null);
  await expect(usePasskey({ challenge: "AA" })).rejects.toMatchObject({ code: "NO_PASSKEY" });
  credentials.create.mockRejectedValue(new DOMException("", "InvalidStateError"));
  await expect(makePasskey(creation)).rejects.toMatchObject({ code: "PASSKEY_THERE" });
});
