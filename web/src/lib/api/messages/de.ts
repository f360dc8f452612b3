export default {
  offline: "Der Server ist nicht erreichbar",
  offlineRemedy: "Prüfe die Verbindung; nichts, was du eingegeben hast, geht verloren",
  broken: "Bei uns ist etwas schiefgegangen",
  brokenRemedy: "Versuche es gleich noch einmal",
  signInFirst: "Melde dich zuerst an",
  ended: "Deine Anmeldung ist abgelaufen",
  noCookies: "Dieser Browser behält keine Cookies dieser Seite, und ohne sie kann niemand angemeldet sein",
  noCookiesRemedy: "Erlaube Cookies für diese Seite und versuche es noch einmal",
  notProved: "Nichts wurde getan: dafür wird dein Passwort gebraucht",
} as const;
