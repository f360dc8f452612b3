export default {
  close: "Schließen",
  again: "Noch einmal",
  toasts: "Was geschehen ist",
  more: "Mehr",
  loading: "Einen Moment…",
  asTable: "Als Tabelle",
  asChart: "Als Bild",
  day: "Tag",
  month: "Monat",
} as const;
