/** What the columns of a statement may mean, as descriptions of formats have it; and the description that somebody's choices make. */
export const FIELDS = [
  "amount",
  "currency",
  "gross",
  "rate",
  "quantity",
  "release_quantity",
  "period",
  "period_end",
  "sold",
  "sold_end",
  "isrc",
  "upc",
  "iswc",
  "code",
  "release_code",
  "title",
  "artist",
  "writer",
  "release",
  "label",
  "store",
  "channel",
  "kind",
  "product",
  "territory",
] as const;
export type FieldName = (typeof FIELDS)[number];

export interface Mapping {
  name: string;
  currency: string;
  decimal: "" | "point" | "comma";
  dates: "" | "day_first" | "month_first";
  /** A meaning for each heading, in their order; empty for a column that is not read. */
  fields: (FieldName | "")[];
}

/** The proposal of the nearest format, to begin with. */
export function proposed(proposal: readonly { field?: string | null }[], columns: number): Mapping["fields"] {
  return Array.from({ length: columns }, (_, at) => {
    const field = proposal[at]?.field;
    return FIELDS.find((known) => known === field) ?? "";
  });
}

/** The description of a format, as `teachStatementFormat` takes it. */
export function descriptionOf(header: readonly string[], mapping: Mapping): Record<string, unknown> {
  const name = mapping.name.trim();
  return {
    id: name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "_"),
    name,
    columns: header.map((heading, at) => {
      const field = mapping.fields[at];
      return field ? { heading, field } : { heading };
    }),
    ...(mapping.currency && { currency: mapping.currency }),
    ...(mapping.decimal && { decimal: mapping.decimal }),
    ...(mapping.dates && { dates: mapping.dates }),
  };
}

/** What a description that was taught says: the format's name, and the columns that are read, each with its place and what it means. */
export function readOf(description: unknown): {
  name: string;
  columns: { at: number; heading: string; field: FieldName }[];
} {
  const { name, columns } = description as { name: string; columns: { heading: string; field?: string }[] };
  return {
    name,
    columns: columns.flatMap(({ heading, field }, at) => {
      const known = FIELDS.find((one) => one === field);
      return known ? [{ at, heading, field: known }] : [];
    }),
  };
}

/** What a description cannot do without, as far as it is plain before it is sent: an amount, and each meaning once. */
export function lacking({ fields }: Mapping): { field: FieldName; why: "missing" | "twice" }[] {
  const counts = new Map<string, number>();
  for (const field of fields) if (field) counts.set(field, (counts.get(field) ?? 0) + 1);
  return [
    ...(counts.has("amount") ? [] : [{ field: "amount" as const, why: "missing" as const }]),
    ...FIELDS.filter((field) => (counts.get(field) ?? 0) > 1).map((field) => ({
      field,
      why: "twice" as const,
    })),
  ];
}
