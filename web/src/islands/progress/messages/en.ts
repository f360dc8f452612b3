export default {
  lost: "No connection. This page goes on looking, and nothing you have paid for is lost.",
} as const;
