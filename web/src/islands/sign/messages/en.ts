export default {
  slide: "Share of {name}, to slide",
  hold: "Hold",
  holdName: "Hold the share of {name}",
  locked: "It stays at 100 %: who gets more takes it from those that are not held.",
  noShare: "Type a number from 0 to 100, with up to four decimals.",
  notWhole: "Together exactly 100 %: this side totals {total} %.",
} as const;
