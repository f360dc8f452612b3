import type { ProductionStage, ProjectRowFragment } from "$generated/dashboard/areas/projects/projects";

/** The stages of a production, in the order in which they come. */
export const STAGES: ProductionStage[] = [
  "IDEATION",
  "ARRANGEMENT",
  "RECORDING",
  "EDITING",
  "MIXING",
  "MASTERING",
];

/** Where a project stands on the board: not begun, at a stage, through with all of them, or over. */
export type Column = "PLANNED" | ProductionStage | "READY" | "DELIVERED";
export const COLUMNS: Column[] = ["PLANNED", ...STAGES, "READY", "DELIVERED"];

type Standing = {
  state: ProjectRowFragment["state"];
  songs: readonly { stage: ProductionStage | null }[];
  stages: readonly { stage: ProductionStage; closedAt: string | null }[];
};

/** The column of a project: the earliest stage that is open in it or in one of its songs. None on the board if it was called off. */
export function columnOf({ state, songs, stages }: Standing): Column | null {
  if (state === "CANCELLED") return null;
  if (state !== "ACTIVE") return state;
  const open = [
    ...stages.filter(({ closedAt }) => closedAt === null).map(({ stage }) => stage),
    ...songs.flatMap(({ stage }) => stage ?? []),
  ];
  return STAGES.find((stage) => open.includes(stage)) ?? "READY";
}

/** Projects by their columns, each in the order that they came in, those that are late first. */
export function byColumn<Project extends Standing & { isLate: boolean }>(
  projects: readonly Project[],
): Map<Column, Project[]> {
  const columns = new Map<Column, Project[]>(COLUMNS.map((column) => [column, []]));
  for (const project of projects) {
    const column = columnOf(project);
    if (column) columns.get(column)?.push(project);
  }
  for (const inside of columns.values()) inside.sort((a, b) => Number(b.isLate) - Number(a.isLate));
  return columns;
}
