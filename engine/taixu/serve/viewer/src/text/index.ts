// The viewer's languages. `t` follows the language signal, so that components change with it.
import { effect, signal } from "@preact/signals";
import { en } from "./en";
import { zhHans } from "./zh_hans";

export type Key = keyof typeof en;
export type Language = "en" | "zh-Hans";

const TEXTS: Record<Language, Record<Key, string>> = { en, "zh-Hans": zhHans };
const STORED = "taixu.language";

function first(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "en" || stored === "zh-Hans") return stored;
  return navigator.language.toLowerCase().startsWith("zh") ? "zh-Hans" : "en";
}

export const language = signal<Language>(first());

effect(() => {
  document.documentElement.lang = language.value;
});

export function chooseLanguage(chosen: Language): void {
  localStorage.setItem(STORED, chosen);
  language.value = chosen;
}

/** A text in the chosen language; `{name}` stands for a value. */
export function t(key: Key, put: Record<string, string | number> = {}): string {
  return TEXTS[language.value][key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in put ? String(put[name]) : whole));
}

/** A text by a key that is made of data; where there is none, what was given. */
export function tOr(key: string, otherwise: string): string {
  return (TEXTS[language.value] as Record<string, string>)[key] ?? otherwise;
}
