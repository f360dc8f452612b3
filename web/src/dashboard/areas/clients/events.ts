import type { ClientEventKind, ClientTimelineQuery } from "$generated/dashboard/areas/clients/clients";
import { locale } from "$lib/text";
import type { IconName } from "$ui/icons";

import en from "./messages/en";
import { STAGES, stageText } from "./stages";
import { t } from "./text";

export type ClientEvent = NonNullable<ClientTimelineQuery["client"]>["timeline"]["nodes"][number];

export const signs: Record<ClientEventKind, IconName> = {
  AGREEMENT: "contract",
  BOOKING: "calendar",
  CONSENT: "check",
  CONSENT_WITHDRAWN: "close",
  DOWNLOAD: "download",
  INVOICE: "coins",
  LICENCE: "tag",
  MAIL: "mail",
  MIX_APPROVAL: "check",
  NOTE: "pen",
  OFFER: "tag",
  ORDER: "bag",
  PROJECT: "board",
  QUOTE: "contract",
  REFUND: "payout",
  REVIEW: "disc",
  SESSION: "mic",
  SIGNATURE: "contract",
  STAGE: "right",
};

/** What an event is called; stages by the word that they have here. */
export function titleOf({ kind, title }: Pick<ClientEvent, "kind" | "title">): string {
  const stage = kind === "STAGE" && STAGES.find((one) => one.toLowerCase() === title);
  return stage ? stageText(stage) : title;
}

/** The kinds whose detail is a word of the server's: where something stands, or what somebody did. */
const SAID: readonly ClientEventKind[] = [
  "BOOKING",
  "INVOICE",
  "OFFER",
  "ORDER",
  "PROJECT",
  "REFUND",
  "REVIEW",
  "SESSION",
];
/** Those that have a reference in front of it. */
const REFERRED: readonly ClientEventKind[] = ["AGREEMENT", "QUOTE"];

type SaidKey = Extract<keyof typeof en, `said_${string}`>;

/** What is said beside it: the server's words as they are here, everything else as it is. */
export function detailOf({ kind, detail }: Pick<ClientEvent, "kind" | "detail">): string {
  if (!detail) return "";
  if (kind === "MIX_APPROVAL") return t("versionOf", { number: detail });
  if (SAID.includes(kind)) return said(detail);
  if (!REFERRED.includes(kind)) return detail;
  const [reference = "", word] = detail.split(" ");
  return word ? `${reference} ${said(word)}` : reference;
}

/** A word of the server's; one of a later version without its underscores. */
function said(word: string): string {
  const key = `said_${word}`;
  return key in en ? t(key as SaidKey) : word.replaceAll("_", " ");
}

export interface Day<Event> {
  /** A day as it is here: `2026-12-03`. */
  day: string;
  events: Event[];
}

/** Events, newest first, under the day on which they happened. */
export function byDay<Event extends { at: string }>(events: readonly Event[]): Day<Event>[] {
  const days: Day<Event>[] = [];
  for (const event of events) {
    const day = dayHere(new Date(event.at));
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}

function dayHere(instant: Date): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${instant.getFullYear()}-${two(instant.getMonth() + 1)}-${two(instant.getDate())}`;
}

/** The hour of an instant as it is here: `14:05`. */
export function hour(instant: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: "short" }).format(new Date(instant));
}
