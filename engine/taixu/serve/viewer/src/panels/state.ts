// What panels share among each other: which is open, the theme, what is known of the thing that is selected.
import { computed, effect, signal } from "@preact/signals";
import { followed, hello, news } from "../live";
import { canDraw, connection, moment, selected } from "../store";

export type Tab = "things" | "details" | "alarms" | "cases" | "plans" | "futures" | "measures" | "commands";
export type Theme = "dark" | "light";

const THEME = "taixu.theme";
const SOUND = "taixu.sound";
const narrow = matchMedia("(max-width: 819px)");

export const isPhone = signal(narrow.matches);

export const tab = signal<Tab>(narrow.matches ? "things" : "alarms");
narrow.addEventListener("change", () => {
  isPhone.value = narrow.matches;
  if (!narrow.matches && tab.value === "things") tab.value = "details"; // things have a column of their own there
});
/** Phone: whether the sheet is up. */
export const sheetOpen = signal(false);
/** Desktop: which columns are open. */
export const leftOpen = signal(true);
export const rightOpen = signal(true);

function firstTheme(): Theme {
  const stored = localStorage.getItem(THEME);
  if (stored === "dark" || stored === "light") return stored;
  return matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
}

export const theme = signal<Theme>(firstTheme());
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(THEME, chosen);
  theme.value = chosen;
}

export const soundOn = signal(localStorage.getItem(SOUND) === "on");

export function chooseSound(on: boolean): void {
  localStorage.setItem(SOUND, on ? "on" : "off");
  soundOn.value = on;
}

/** Whether a moment of the recording is shown rather than now. */
export const isPast = computed(() => moment.value !== null && !moment.value.live);
/** Whether who watches may acknowledge and command. */
export const mayOperate = computed(() => hello.value !== null && hello.value.role !== "view");
/** Whether what is shown comes from the server just now. */
export const isConnected = computed(() => news.value.open && (connection.value.state === "open" || !canDraw.value));

/** Select something, and show what is known of it. */
export function showDetails(id: string): void {
  selected.value = id;
  openTab("details");
}

export function openTab(chosen: Tab): void {
  tab.value = chosen;
  sheetOpen.value = true;
  if (chosen === "things") leftOpen.value = true;
  else rightOpen.value = true;
}

effect(() => {
  followed.value = selected.value ? [selected.value] : [];
});

let before = selected.value;
effect(() => {
  const now = selected.value;
  if (now && now !== before) openTab("details"); // whoever selected it: the picture, the search, an alarm
  before = now;
});
