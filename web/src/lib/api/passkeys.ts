/** Passkeys as this browser makes and uses them. What it is asked for comes in the JSON of browsers; one that cannot read that yet is helped. */
import { t } from "./text";
import { Trouble } from "./trouble";

/** Whether passkeys can be had under this address: browsers tie them to names alone, and have none where others may listen. */
export function takesPasskeys(): boolean {
  return isSecureContext && !/^([\d.]+|\[.*\])$/.test(location.hostname);
}

/** Whether passkeys are offered here: the browser has them, for this address. */
export function offersPasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && takesPasskeys();
}

/** Makes a passkey, as the options of `beginPasskey` ask for it; gives what `addPasskey` takes. */
export async function makePasskey(options: unknown): Promise<unknown> {
  const publicKey = creationOf(options as PublicKeyCredentialCreationOptionsJSON);
  return answerOf(await asked(navigator.credentials.create({ publicKey })));
}

/** Uses a passkey that the person chooses, as the options of a beginning ask for it; gives what its end takes. */
export async function usePasskey(options: unknown): Promise<unknown> {
  const publicKey = requestOf(options as PublicKeyCredentialRequestOptionsJSON);
  return answerOf(await asked(navigator.credentials.get({ publicKey })));
}

async function asked(asking: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const given = await asking.catch((cause: unknown) => {
    // It has one of this account already: the options name those.
    const isThere = cause instanceof DOMException && cause.name === "InvalidStateError";
    throw isThere ? new Trouble(t("passkeyThere"), "PASSKEY_THERE", t("passkeyThereRemedy")) : nothing();
  });
  if (!given) throw nothing();
  return given as PublicKeyCredential;
}

/** Browsers do not tell whether somebody has turned away, has no passkey or took too long. */
function nothing(): Trouble {
  return new Trouble(t("noPasskey"), "NO_PASSKEY", t("noPasskeyRemedy"));
}

function creationOf(json: PublicKeyCredentialCreationOptionsJSON): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === "function") {
    return PublicKeyCredential.parseCreationOptionsFromJSON(json);
  }
  const { rp, pubKeyCredParams, authenticatorSelection, timeout, user, excludeCredentials = [] } = json;
  return {
    rp,
    pubKeyCredParams,
    authenticatorSelection,
    timeout,
    challenge: bytesOf(json.challenge),
    user: { name: user.name, displayName: user.displayName, id: bytesOf(user.id) },
    excludeCredentials: excludeCredentials.map(({ id }) => ({ id: bytesOf(id), type: "public-key" })),
  };
}

function requestOf(json: PublicKeyCredentialRequestOptionsJSON): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function") {
    return PublicKeyCredential.parseRequestOptionsFromJSON(json);
  }
  const { rpId, timeout, challenge } = json;
  return { rpId, timeout, challenge: bytesOf(challenge), userVerification: "required" };
}

/** An answer as the server reads it. `toJSON` gives as much, where it is there and no password manager stands before it. */
function answerOf({ id, type, authenticatorAttachment, response }: PublicKeyCredential): unknown {
  const clientDataJSON = textOf(response.clientDataJSON);
  return {
    id,
    rawId: id,
    type,
    authenticatorAttachment,
    clientExtensionResults: {},
    response: "attestationObject" in response ? made(response) : used(response),
  };

  function made(given: AuthenticatorResponse) {
    const { attestationObject } = given as AuthenticatorAttestationResponse;
    const transports = (given as Partial<AuthenticatorAttestationResponse>).getTransports?.() ?? [];
    return { clientDataJSON, attestationObject: textOf(attestationObject), transports };
  }
  function used(given: AuthenticatorResponse) {
    const { authenticatorData, signature, userHandle } = given as AuthenticatorAssertionResponse;
    return {
      clientDataJSON,
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      userHandle: userHandle && textOf(userHandle),
    };
  }
}

/** Bytes of base 64 for addresses. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
