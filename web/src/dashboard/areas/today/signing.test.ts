import { expect, test } from "vitest";

import { waitsFor } from "./signing";

const signer = (email: string, position: number, state: "WAITING" | "SIGNED") => ({ email, position, state });
const agreement = { id: "agr_1", title: "Night drive", reference: "AG-7K3M9Q2X" };

test("a signature is asked of whoever's turn it is", () => {
  const signers = [signer("ada@example.com", 1, "WAITING"), signer("Bo@example.com", 2, "WAITING")];
  const inOrder = { ...agreement, signingOrder: "IN_ORDER" as const, signers };
  expect(waitsFor("ada@example.com", inOrder)).toBe(true);
  expect(waitsFor("bo@example.com", inOrder)).toBe(false);
  expect(waitsFor("bo@example.com", { ...inOrder, signingOrder: "PARALLEL" })).toBe(true);
  const begun = [signer("ada@example.com", 1, "SIGNED"), signer("Bo@example.com", 2, "WAITING")];
  expect(waitsFor("bo@example.com", { ...inOrder, signers: begun })).toBe(true);
  expect(waitsFor("ada@example.com", { ...inOrder, signers: begun })).toBe(false);
  expect(waitsFor("eve@example.com", inOrder)).toBe(false);
});
