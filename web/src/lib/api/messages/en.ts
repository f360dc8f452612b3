export default {
  offline: "The server cannot be reached",
  offlineRemedy: "Check the connection; nothing that you typed is lost",
  broken: "Something went wrong on our side",
  brokenRemedy: "Try it again in a moment",
  signInFirst: "Sign in first",
  ended: "Your sign-in has ended",
  notProved: "Nothing was done: it asks for your password",
} as const;
