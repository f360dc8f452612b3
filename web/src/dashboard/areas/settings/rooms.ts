/** A room's week as its form has it: the same hours on chosen days. */
export interface Week {
  days: number[];
  opens: string;
  closes: string;
}

/** `10:30` as minutes after midnight. */
export function minutesOf(time: string): number | undefined {
  const found = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}

export function timeOf(minutes: number): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}`;
}

/** The opening hours of a week. What closes at or before it opens does so on the next day. */
export function hoursOf({ days, opens, closes }: Week) {
  const [from, to] = [minutesOf(opens), minutesOf(closes)];
  if (from === undefined || to === undefined) return undefined;
  if (from % 15 !== 0 || to % 15 !== 0) return undefined;
  return days
    .toSorted((a, b) => a - b)
    .map((weekday) => ({ weekday, opensMinute: from, closesMinute: to > from ? to : to + 1_440 }));
}

/** A stored week as its form, if all its days have the same hours; nothing if they differ. */
export function weekOf(
  hours: readonly { weekday: number; opensMinute: number; closesMinute: number }[],
): Week | undefined {
  const [first] = hours;
  if (!first) return { days: [], opens: "10:00", closes: "22:00" };
  const alike = hours.every(
    (one) => one.opensMinute === first.opensMinute && one.closesMinute === first.closesMinute,
  );
  if (!alike) return undefined;
  return {
    days: hours.map(({ weekday }) => weekday),
    opens: timeOf(first.opensMinute),
    closes: timeOf(first.closesMinute),
  };
}
