/**
 * The areas of the dashboard, in the order of its navigation. To add one: a folder under `areas/` whose `index.ts` exports `Page`, and a line here. What has
 * no line is nowhere linked.
 */
import type { Component } from "svelte";

import type { Role, Studio } from "$lib/api/session.svelte";
import { language, type Language } from "$lib/text";
import type { IconName } from "$ui/icons";

import { kinds, ordered } from "./kinds.svelte";

/** What an area's page is given. */
export interface PageProps {
  studio: Studio;
  /** The parts of the address behind the area's own. */
  rest: string[];
}

/** Something that is found by its name in the command palette. */
export interface Hit {
  title: string;
  detail?: string;
  href: string;
}

type Said = Record<Language, string>;

export interface Area {
  /** Its word in addresses. */
  path: string;
  title: Said;
  icon: IconName;
  /** It has no place of its own in the navigation: others lead there. */
  aside?: boolean;
  /** The least role that may see it. */
  role: Role;
  load: () => Promise<{ Page: Component<PageProps> }>;
  /** What can be done in it, for the palette: a sentence, and the address of the page behind the area's own, with what it is asked to do. */
  commands?: { title: Said; to: string; role: Role }[];
  /** Looks for what it holds, for the palette. */
  search?: () => Promise<{ search: (studio: Studio, words: string) => Promise<Hit[]> }>;
}

// prettier-ignore
export const areas: Area[] = [
  { path: "today", title: { en: "Today", de: "Heute" }, icon: "today", role: "VIEWER", load: () => import("./areas/today") },
  { path: "beats", title: { en: "Beats", de: "Beats" }, icon: "disc", role: "VIEWER", load: () => import("./areas/beats"), commands: [{ title: { en: "Upload beats", de: "Beats hochladen" }, to: "?upload", role: "ENGINEER" }], search: () => import("./areas/beats/search") },
  { path: "clients", title: { en: "Clients", de: "Kunden" }, icon: "people", role: "MANAGER", load: () => import("./areas/clients"), commands: [{ title: { en: "Add a client", de: "Kunden eintragen" }, to: "?new=1", role: "MANAGER" }, { title: { en: "Import a list of clients", de: "Kundenliste importieren" }, to: "/import", role: "MANAGER" }], search: () => import("./areas/clients/search") },
  { path: "projects", title: { en: "Projects", de: "Projekte" }, icon: "board", role: "ENGINEER", load: () => import("./areas/projects"), commands: [{ title: { en: "Begin a project", de: "Projekt beginnen" }, to: "?new=1", role: "MANAGER" }], search: () => import("./areas/projects/search") },
  { path: "calendar", title: { en: "Calendar", de: "Kalender" }, icon: "calendar", role: "ENGINEER", load: () => import("./areas/calendar"), commands: [{ title: { en: "Book a room", de: "Raum buchen" }, to: "?new=1", role: "ENGINEER" }, { title: { en: "Set opening hours", de: "Öffnungszeiten setzen" }, to: "/rooms", role: "MANAGER" }] },
  { path: "sessions", title: { en: "Session log", de: "Sessionprotokoll" }, icon: "mic", role: "ENGINEER", aside: true, load: () => import("./areas/sessions"), commands: [{ title: { en: "Log a session", de: "Session festhalten" }, to: "/new", role: "ENGINEER" }] },
  { path: "portfolio", title: { en: "Portfolio", de: "Portfolio" }, icon: "star", role: "ENGINEER", load: () => import("./areas/portfolio"), commands: [{ title: { en: "Show what you have worked on", de: "Zeigen, woran du gearbeitet hast" }, to: "", role: "MANAGER" }] },
  { path: "agreements", title: { en: "Agreements", de: "Verträge" }, icon: "contract", role: "MANAGER", load: () => import("./areas/agreements"), commands: [{ title: { en: "Make a split sheet", de: "Split Sheet schreiben" }, to: "/new/split_sheet", role: "MANAGER" }, { title: { en: "Write an agreement", de: "Vertrag schreiben" }, to: "/new", role: "MANAGER" }] },
  { path: "orders", title: { en: "Orders", de: "Bestellungen" }, icon: "bag", role: "MANAGER", load: () => import("./areas/orders"), search: () => import("./areas/orders/search") },
  { path: "money", title: { en: "Money", de: "Geld" }, icon: "coins", role: "MANAGER", load: () => import("./areas/money"), commands: [{ title: { en: "Prove the books", de: "Die Bücher beweisen" }, to: "/proof", role: "MANAGER" }] },
  { path: "royalties", title: { en: "Royalties", de: "Tantiemen" }, icon: "chart", role: "MANAGER", load: () => import("./areas/royalties"), commands: [{ title: { en: "Take in a royalty statement", de: "Abrechnung einlesen" }, to: "/statements", role: "MANAGER" }, { title: { en: "Reckon royalties", de: "Tantiemen abrechnen" }, to: "/runs", role: "MANAGER" }, { title: { en: "Match what waits", de: "Zuordnen, was wartet" }, to: "/waiting", role: "MANAGER" }] },
  { path: "payouts", title: { en: "Payouts", de: "Auszahlungen" }, icon: "payout", role: "MANAGER", load: () => import("./areas/payouts"), commands: [{ title: { en: "Files for the bank", de: "Dateien für die Bank" }, to: "/files", role: "MANAGER" }] },
  { path: "roster", title: { en: "Roster", de: "Roster" }, icon: "roster", role: "MANAGER", load: () => import("./areas/roster") },
  { path: "settings", title: { en: "Settings", de: "Einstellungen" }, icon: "settings", role: "OWNER", load: () => import("./areas/settings"), commands: [{ title: { en: "Invite somebody", de: "Jemanden einladen" }, to: "/members", role: "OWNER" }, { title: { en: "Prices and licences", de: "Preise und Lizenzen" }, to: "/licences", role: "OWNER" }, { title: { en: "Coupons, bundles and deals", de: "Gutscheine, Bundles und Rabatte" }, to: "/selling", role: "OWNER" }] },
  { path: "account", title: { en: "Your account", de: "Dein Konto" }, icon: "lock", role: "VIEWER", aside: true, load: () => import("./areas/account"), commands: [{ title: { en: "Change your password", de: "Passwort ändern" }, to: "/password", role: "VIEWER" }, { title: { en: "See your sign-ins", de: "Anmeldungen ansehen" }, to: "", role: "VIEWER" }] },
  { path: "start", title: { en: "Set up", de: "Einrichten" }, icon: "plus", role: "OWNER", aside: true, load: () => import("./areas/start") },
];

const ROLES: Role[] = ["VIEWER", "COLLABORATOR", "ENGINEER", "MANAGER", "OWNER"];

/** Whether somebody's role reaches what another may do at the least. The server decides; this only keeps closed doors out of sight. */
export function reaches(mine: Role | null, least: Role): boolean {
  return mine !== null && ROLES.indexOf(mine) >= ROLES.indexOf(least);
}

/** Whether somebody may change what this role changes at the least. In a closed studio all is read, and nothing is changed. */
export function mayChange({ myRole, closure }: Pick<Studio, "myRole" | "closure">, least: Role): boolean {
  return !closure && reaches(myRole, least);
}

/** The areas that somebody may see, in the order of what they do. */
export function areasOf(studio: Studio): Area[] {
  return ordered(
    areas.filter((area) => reaches(studio.myRole, area.role)),
    kinds.of(studio.id),
  );
}

export function said(words: Said): string {
  return words[language()];
}
