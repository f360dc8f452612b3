export default {
  beside: "The second time is by your own clock, {zone}.",
  starts: "By your own clock it begins on {when} ({zone}).",
  yours: "{when} by your own clock",
} as const;
