/** What people do in a studio, and what is to be guessed of it: a suggestion that whoever writes the log takes or leaves. */
import type {
  SessionKind,
  SessionProjectQuery,
  SessionRole,
} from "$generated/dashboard/areas/sessions/sessions";

import { t } from "./text";

type ProjectRole = NonNullable<SessionProjectQuery["project"]>["people"][number]["role"];

export const GROUPS = ["artists", "writing", "playing", "producing", "engineering", "others"] as const;
type Group = (typeof GROUPS)[number];

/** Where a role stands among the others. */
const GROUP_OF: Record<SessionRole, Group> = {
  ARTIST: "artists",
  FEATURED_ARTIST: "artists",
  SONGWRITER: "writing",
  COMPOSER: "writing",
  LYRICIST: "writing",
  ARRANGER: "writing",
  VOCAL_ARRANGER: "writing",
  PERFORMER: "playing",
  SESSION_MUSICIAN: "playing",
  LEAD_VOCALIST: "playing",
  BACKGROUND_VOCALIST: "playing",
  SOLOIST: "playing",
  BAND_LEADER: "playing",
  CONDUCTOR: "playing",
  DJ: "playing",
  PRODUCER: "producing",
  CO_PRODUCER: "producing",
  ADDITIONAL_PRODUCER: "producing",
  VOCAL_PRODUCER: "producing",
  ASSISTANT_PRODUCER: "producing",
  EXECUTIVE_PRODUCER: "producing",
  PROGRAMMER: "producing",
  SOUND_DESIGNER: "producing",
  REMIXER: "producing",
  ENGINEER: "engineering",
  ASSISTANT_ENGINEER: "engineering",
  RECORDING_ENGINEER: "engineering",
  VOCAL_ENGINEER: "engineering",
  EDITING_ENGINEER: "engineering",
  MIXING_ENGINEER: "engineering",
  MASTERING_ENGINEER: "engineering",
  VISITOR: "others",
  OTHER: "others",
};

export function rolesOf(group: Group): SessionRole[] {
  return (Object.keys(GROUP_OF) as SessionRole[]).filter((role) => GROUP_OF[role] === group);
}

export const KINDS: SessionKind[] = [
  "VOCAL",
  "TRACKING",
  "OVERDUB",
  "WRITING",
  "PROGRAMMING",
  "EDITING",
  "MIXING",
  "MASTERING",
  "OTHER",
];

/** What is mostly done in a session of a kind. */
const OF_KIND: Record<SessionKind, readonly SessionRole[]> = {
  WRITING: ["SONGWRITER", "COMPOSER", "LYRICIST", "ARTIST", "PRODUCER"],
  TRACKING: ["PERFORMER", "SESSION_MUSICIAN", "ARTIST", "RECORDING_ENGINEER", "PRODUCER"],
  OVERDUB: ["PERFORMER", "SESSION_MUSICIAN", "SOLOIST", "RECORDING_ENGINEER", "PRODUCER"],
  VOCAL: ["ARTIST", "LEAD_VOCALIST", "BACKGROUND_VOCALIST", "VOCAL_ENGINEER", "VOCAL_PRODUCER"],
  PROGRAMMING: ["PROGRAMMER", "PRODUCER", "COMPOSER", "SOUND_DESIGNER"],
  EDITING: ["EDITING_ENGINEER", "ASSISTANT_ENGINEER", "PRODUCER"],
  MIXING: ["MIXING_ENGINEER", "ASSISTANT_ENGINEER", "PRODUCER", "ARTIST"],
  MASTERING: ["MASTERING_ENGINEER", "ASSISTANT_ENGINEER", "ARTIST"],
  OTHER: ["ARTIST", "PRODUCER", "PERFORMER", "ENGINEER"],
};

/** The roles that are offered first: what somebody does otherwise, then what is done in such a session. */
export function offered(kind: SessionKind, known: readonly SessionRole[]): SessionRole[] {
  return [...new Set([...known, ...OF_KIND[kind], "VISITOR" as const])];
}

/** Whether it is played on something, which is asked for. */
export function plays(role: SessionRole): boolean {
  return ["PERFORMER", "SESSION_MUSICIAN", "SOLOIST", "ARTIST", "FEATURED_ARTIST", "PROGRAMMER"].includes(
    role,
  );
}

export interface Guess {
  role: SessionRole;
  instrument: string | null;
}

/** Signs of a role in what somebody has typed, in the languages of the pages; the first that is there decides. */
const SIGNS: readonly (readonly [RegExp, SessionRole])[] = [
  [/assist.*(engineer|techn|ton)/, "ASSISTANT_ENGINEER"],
  [/assist.*produ/, "ASSISTANT_PRODUCER"],
  [/master/, "MASTERING_ENGINEER"],
  [/remix/, "REMIXER"],
  [/mix|misch/, "MIXING_ENGINEER"],
  [/edit|schnitt/, "EDITING_ENGINEER"],
  [/(vocal|gesang).*(engineer|techn)/, "VOCAL_ENGINEER"],
  [/(record|track|aufnahme).*(engineer|techn|leit)/, "RECORDING_ENGINEER"],
  [/engineer|techni|tonmeister/, "ENGINEER"],
  [/(vocal|gesang).*produ/, "VOCAL_PRODUCER"],
  [/execut/, "EXECUTIVE_PRODUCER"],
  [/\bco.?produ/, "CO_PRODUCER"],
  [/program/, "PROGRAMMER"],
  [/produ|beat/, "PRODUCER"],
  [/feat/, "FEATURED_ARTIST"],
  [/backing|background|\bchor|choir/, "BACKGROUND_VOCALIST"],
  [/vocal|voice|\bsing|sänger|gesang/, "LEAD_VOCALIST"],
  [/songwrit|topline|writer|autor|author/, "SONGWRITER"],
  [/compos|kompon/, "COMPOSER"],
  [/lyric|texter/, "LYRICIST"],
  [/arrang/, "ARRANGER"],
  [/sound.?design/, "SOUND_DESIGNER"],
  [/conduct|dirig/, "CONDUCTOR"],
  [/\bdj\b/, "DJ"],
  [/artist|künstler|\brap|\bmc\b/, "ARTIST"],
  [/guest|visit|gast|besuch|manage|label/, "VISITOR"],
  [/session|studiomus/, "SESSION_MUSICIAN"],
  [/music|musik|perform|player/, "PERFORMER"],
];
const INSTRUMENT =
  /drum|schlagzeug|perc|bass|guit|gitarr|piano|klavier|keys|keyboard|synth|organ|orgel|violin|geige|viola|bratsche|cello|string|streich|sax|trump|trompet|trombon|posaun|horn|flute|flöte|clarinet|klarinet|harp|harfe|banjo|ukulele/;

/** What somebody comes for, by what a booking says of it; nothing if it says nothing that is known. */
export function guessed(text: string): Guess | null {
  const words = text.toLowerCase();
  const found = SIGNS.find(([sign]) => sign.test(words))?.[1];
  if (!INSTRUMENT.test(words)) return found ? { role: found, instrument: null } : null;
  return found && !plays(found)
    ? { role: found, instrument: null }
    : { role: found ?? "PERFORMER", instrument: text.trim() };
}

/** What somebody does in the studio who has that part in the project. */
const OF_PROJECT: Record<ProjectRole, SessionRole> = {
  ARTIST: "ARTIST",
  FEATURED_ARTIST: "FEATURED_ARTIST",
  WRITER: "SONGWRITER",
  PRODUCER: "PRODUCER",
  EXECUTIVE_PRODUCER: "EXECUTIVE_PRODUCER",
  PERFORMER: "PERFORMER",
  ENGINEER: "ENGINEER",
  MIXER: "MIXING_ENGINEER",
  MASTERING_ENGINEER: "MASTERING_ENGINEER",
  LABEL: "VISITOR",
  MANAGER: "VISITOR",
  ARTISTS_AND_REPERTOIRE: "VISITOR",
};

export function ofProject(role: ProjectRole, detail: string): Guess {
  const its = OF_PROJECT[role];
  return { role: its, instrument: (plays(its) && detail.trim()) || null };
}

/** Signs of what a session is for in what its booking is called. */
const OF_TITLE: readonly (readonly [RegExp, SessionKind])[] = [
  [/master/, "MASTERING"],
  [/mix|misch/, "MIXING"],
  [/overdub/, "OVERDUB"],
  [/vocal|gesang|\bvox\b/, "VOCAL"],
  [/edit|schnitt|comping/, "EDITING"],
  [/writ|schreib|topline|\bcamp\b/, "WRITING"],
  [/program|beat/, "PROGRAMMING"],
  [/track|record|aufnahme|drum|band/, "TRACKING"],
];

export function kindOf(title: string): SessionKind {
  const words = title.toLowerCase();
  return OF_TITLE.find(([sign]) => sign.test(words))?.[1] ?? "TRACKING";
}

/** A role as it is credited; of something else what it was. */
export function roleName(role: SessionRole, note?: string | null): string {
  return role === "OTHER" && note ? note : t(`role${role}`);
}
