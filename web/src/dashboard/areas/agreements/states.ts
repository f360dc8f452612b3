import type { AgreementState, SignerState } from "$generated/dashboard/areas/agreements/agreements";

/** In the order in which an agreement comes there. */
export const STATES: AgreementState[] = [
  "DRAFT",
  "SENT",
  "PARTLY_SIGNED",
  "COUNTERED",
  "EXECUTED",
  "DECLINED",
  "EXPIRED",
  "VOIDED",
];

export function stateTone(state: AgreementState): "plain" | "good" | "note" | "bad" | "live" {
  switch (state) {
    case "EXECUTED":
      return "good";
    case "COUNTERED":
      return "note";
    case "SENT":
    case "PARTLY_SIGNED":
      return "live";
    case "DECLINED":
    case "EXPIRED":
      return "bad";
    default:
      return "plain";
  }
}

export function signerTone(state: SignerState): "plain" | "good" | "note" | "bad" {
  if (state === "SIGNED" || state === "PAPER") return "good";
  return state === "WAITING" ? "note" : state === "DECLINED" ? "bad" : "plain";
}

/** Whether people are still asked to sign. */
export function isOut(state: AgreementState): boolean {
  return state === "SENT" || state === "PARTLY_SIGNED" || state === "COUNTERED";
}

export function isOver(state: AgreementState): boolean {
  return state === "DECLINED" || state === "EXPIRED" || state === "VOIDED";
}
