import { expect, test } from "vitest";

import accentRules from "../../../api/templates/accents.css?raw";
import tokenRules from "../../../api/templates/tokens.css?raw";

const pairs = (css: string) =>
  new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
      ([, name, day, night]) => [name ?? "", [day ?? "", night ?? ""]] as const,
    ),
  );

/** Of two colours, by WCAG 2.2. */
function contrast(one: string, other: string): number {
  const luminance = (colour: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = parseInt(colour.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const tokens = pairs(tokenRules);
const accents = [...accentRules.matchAll(/\[data-accent="(\w+)"\] \{([^}]*)\}/g)].map(
  ([, name = "", rules = ""]) => ({ name, colours: new Map([...tokens, ...pairs(rules)]) }),
);

test.each([{ name: "the house", colours: tokens }, ...accents])(
  "$name is legible on what lies behind it",
  ({ colours }) => {
    const held = [
      ...["accent", "accent-deep"].flatMap((ink) =>
        ["ground", "surface", "sunken", "raised"].map((ground) => [ink, ground] as const),
      ),
      ["on-accent", "accent"],
      ["on-accent", "accent-deep"],
      ["text", "accent-soft"],
    ] as const;
    for (const [ink, ground] of held) {
      for (const scheme of [0, 1]) {
        const [one, other] = [colours.get(ink)?.[scheme], colours.get(ground)?.[scheme]];
        expect(one && other && contrast(one, other), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
  },
);

test("there is a colour for each that can be chosen", () => {
  expect(accents.map(({ name }) => name)).toEqual([
    "cobalt",
    "gold",
    "ink",
    "moss",
    "rose",
    "teal",
    "violet",
  ]);
});
