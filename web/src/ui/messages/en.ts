export default {
  close: "Close",
  again: "Try again",
  toasts: "What was done",
  more: "More",
  loading: "One moment…",
  asTable: "As a table",
  asChart: "As a chart",
  day: "Day",
  month: "Month",
} as const;
