import type { ToSignFragment } from "$generated/dashboard/areas/today/today";

/** Whether whoever has an address is asked to sign now: in turn, where it is signed one after the other. */
export function waitsFor(email: string, { signers, signingOrder }: ToSignFragment): boolean {
  const waiting = signers.filter(({ state }) => state === "WAITING");
  const next = Math.min(...waiting.map(({ position }) => position));
  return waiting.some(
    (signer) =>
      signer.email.toLowerCase() === email.toLowerCase() &&
      (signingOrder === "PARALLEL" || signer.position === next),
  );
}
