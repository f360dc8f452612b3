export default {
  slide: "Share of {name}, to slide",
  hold: "Hold",
  holdName: "Hold the share of {name}",
  locked: "It stays at 100 %: who gets more takes it from those that are not held.",
} as const;
