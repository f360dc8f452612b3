/** What was edited in a log, in words: rows come as the server keeps them. */
import type {
  SessionEditsQuery,
  SessionKind,
  SessionRole,
} from "$generated/dashboard/areas/sessions/sessions";
import { moment } from "$lib/format";

import { roleName } from "./roles";
import { t } from "./text";

export type Edit = NonNullable<SessionEditsQuery["studioSession"]>["edits"][number];
type Row = Record<string, unknown>;
/** The names of people and songs, by their ids. */
export type Names = ReadonlyMap<string, string>;

/** What is told of an entry that has changed, by the server's word for it. */
const TOLD = {
  title: "title",
  kind: "kind",
  venue: "venue",
  started_at: "began",
  ended_at: "ended",
  project_id: "project",
  room_id: "room",
  bit_depth: "bitDepth",
  sample_rate_hz: "sampleRate",
  party_id: "who",
  role: "role",
  instrument: "instrument",
  song_id: "song",
  from_at: "from",
  to_at: "to",
  note: "note",
  part: "part",
  number: "number",
  recorded_at: "recordedAt",
  rating: "rating",
  comp_of: "compOf",
  name: "gearName",
  used_for: "usedFor",
  source: "source",
  clearance: "clearance",
  notes: "notes",
} as const;
type Word = keyof typeof TOLD;

function text(row: Row, word: Word): string {
  const value = row[word];
  return value === null || value === undefined ? "" : String(value);
}

/** A value in words; nothing where it is an id that nobody knows, or a list. */
function said(row: Row, word: Word, names: Names): string | undefined {
  const value = text(row, word);
  if (value === "") return "–";
  if (word === "role") return roleName(value.toUpperCase() as SessionRole);
  if (word === "kind") return t(`kind${value.toUpperCase() as SessionKind}`);
  if (word === "clearance") return t(`clearance${value.toUpperCase() as "CLEARED"}`);
  if (word.endsWith("_at")) return moment(value);
  if (word.endsWith("_id")) return names.get(value);
  return word === "comp_of" ? undefined : value;
}

/** What was edited, by its name. */
export function subjectOf(
  { entry, before, after }: Pick<Edit, "entry" | "before" | "after">,
  names: Names,
): string {
  const row = (after ?? before ?? {}) as Row;
  switch (entry) {
    case "SESSION":
      return text(row, "title");
    case "CREDIT": {
      const role = roleName(text(row, "role").toUpperCase() as SessionRole, text(row, "note"));
      return [names.get(text(row, "party_id")), role].filter(Boolean).join(", ");
    }
    case "TAKE":
      return t("takeNumber", { part: text(row, "part"), number: Number(row.number) });
    case "GEAR":
      return text(row, "name");
    case "SAMPLE":
      return text(row, "title");
  }
}

/** What is otherwise than before: `Rating: 3 → 4`. Nothing of what was added or taken out. */
export function changesOf({ before, after }: Pick<Edit, "before" | "after">, names: Names): string[] {
  if (!before || !after) return [];
  const [was, is] = [before as Row, after as Row];
  return (Object.keys(TOLD) as Word[])
    .filter((word) => JSON.stringify(was[word] ?? null) !== JSON.stringify(is[word] ?? null))
    .map((word) => {
      const [from, to] = [said(was, word, names), said(is, word, names)];
      const label = t(TOLD[word]);
      return from === undefined || to === undefined ? label : `${label}: ${from} → ${to}`;
    });
}
