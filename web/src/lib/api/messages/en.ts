export default {
  offline: "The server cannot be reached",
  offlineRemedy: "Check the connection; nothing that you typed is lost",
  broken: "Something went wrong on our side",
  brokenRemedy: "Try it again in a moment",
  signInFirst: "Sign in first",
  ended: "Your sign-in has ended",
  noCookies: "This browser keeps no cookies of this page, and without them nobody can be signed in",
  noCookiesRemedy: "Allow cookies for this page, and try it again",
  notProved: "Nothing was done: it asks for your password",
} as const;
