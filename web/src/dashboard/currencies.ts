/** Currencies that a studio may sell in, those that are used most first. */
export const CURRENCIES = [
  "EUR",
  "USD",
  "GBP",
  "CHF",
  "CAD",
  "AUD",
  "NZD",
  "SEK",
  "NOK",
  "DKK",
  "PLN",
  "CZK",
  "HUF",
  "RON",
  "JPY",
  "BRL",
  "MXN",
  "ZAR",
  "SGD",
  "HKD",
];

const OF_REGION: Record<string, string> = {
  US: "USD",
  GB: "GBP",
  CH: "CHF",
  LI: "CHF",
  CA: "CAD",
  AU: "AUD",
  NZ: "NZD",
  SE: "SEK",
  NO: "NOK",
  DK: "DKK",
  PL: "PLN",
  CZ: "CZK",
  HU: "HUF",
  RO: "RON",
  JP: "JPY",
  BR: "BRL",
  MX: "MXN",
  ZA: "ZAR",
  SG: "SGD",
  HK: "HKD",
};

/** What is paid with where this browser says that it is. */
export function currencyOfHere(): string {
  const region = new Intl.Locale(navigator.language).maximize().region ?? "";
  return OF_REGION[region] ?? "EUR";
}
