export default {
  moment: "One moment…",
  offline: "You are offline, so nothing was sent. What you typed stays here; press again when you are back.",
} as const;
