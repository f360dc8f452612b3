import { afterEach, expect, test } from "vitest";

import { speak, texts, type Messages } from "./text";

const t = texts(
  {
    plain: "Beats",
    named: "{title} by {maker}",
    counted: { one: "{count} beat", other: "{count} beats" },
  },
  {
    de: {
      plain: "Beats",
      named: "{title} von {maker}",
      counted: { one: "{count} Beat", other: "{count} Beats" },
    },
  },
);

afterEach(() => speak("en"));

test("values and forms are filled in", () => {
  expect(t("plain")).toBe("Beats");
  expect(t("named", { title: "Night Drive", maker: "Nova" })).toBe("Night Drive by Nova");
  expect(t("counted", { count: 1 })).toBe("1 beat");
  expect(t("counted", { count: 1200 })).toBe("1,200 beats");
});

test("another language is spoken, one that is not there is English", () => {
  speak("de-AT");
  expect(t("named", { title: "Night Drive", maker: "Nova" })).toBe("Night Drive von Nova");
  expect(t("counted", { count: 1200 })).toBe("1.200 Beats");
  speak("ja");
  expect(t("counted", { count: 2 })).toBe("2 beats");
});

/** Every message file of every page, by its folder and language. */
const files = import.meta.glob<Messages>("../**/messages/*.ts", { eager: true, import: "default" });

function placeholders(message: Messages[string]): string[] {
  const whole = typeof message === "string" ? message : message.other;
  return [...new Set([...whole.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();
}

test("the languages say the same, with the same values in it", () => {
  const english = Object.keys(files).filter((file) => file.endsWith("/en.ts"));
  expect(english.length).toBeGreaterThan(0);
  for (const file of english) {
    const [en, de] = [files[file], files[file.replace(/en\.ts$/, "de.ts")]];
    expect(Object.keys(de ?? {}).sort(), file).toEqual(Object.keys(en ?? {}).sort());
    for (const [key, message] of Object.entries(en ?? {})) {
      expect(placeholders(de?.[key] ?? ""), `${file}: ${key}`).toEqual(placeholders(message));
    }
  }
});
