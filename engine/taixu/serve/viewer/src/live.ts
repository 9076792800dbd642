// News of the world by `/live`: how it does, alarms, commands, measures, who else watches, and what followed things say.
import { effect, signal } from "@preact/signals";
import { ages, eye, view, type Id, type Vector } from "./store";

export type Severity = "info" | "low" | "high" | "critical";
export type Role = "view" | "operate" | "admin";
export type CommandState = "waiting" | "sent" | "acknowledged" | "observed" | "refused" | "failed" | "timed out";
export type Plain = number | string | boolean | null | (number | null)[];

export interface Facts {
  tick: number;
  time_ns: number;
  entities: number;
  frame_ms: number;
  readings: Record<string, number>;
  waiting: number;
  recorded_bytes: number;
  recording_problem: string;
  alarms: number;
  sources: Record<string, { state: string; problem?: string; messages?: number }>;
}

export interface Alarm {
  number: number;
  rule: string;
  entity: Id;
  severity: Severity;
  text: string;
  raised_ns: number;
  cleared_ns: number;
  acknowledged_by: string;
  acknowledged_ns: number;
}

/** One entity's way through a process; visits are state, when it came there, who brought it there, and whether it stayed too long. */
export interface Case {
  number: number;
  process: string;
  entity: Id;
  state: string;
  since_ns: number;
  opened_ns: number;
  late_ns: number;
  closed_ns: number;
  outcome: string;
  visits: [string, number, string, boolean][];
}

export interface Command {
  number: number;
  control: string;
  entity: Id;
  value: Plain;
  by: string;
  confirmed_by?: string;
  state: CommandState;
  why: string;
  asked_ns: number;
  sent_ns: number;
  acknowledged_ns: number;
  ended_ns: number;
}

export interface Measure {
  name: string;
  unit: string;
  by: "whole" | "zone" | "entity";
  values: { of: string; value: number | string | null; text?: string }[];
}

export interface Watcher {
  name: string;
  number: number;
  you: boolean;
  at: Vector | null;
  toward: Vector | null;
}

export interface FieldValue {
  value: Plain;
  unit: string;
  age_secs: number | null;
}

/** What a followed thing says; `heardAt` is when it came (performance.now), so that ages go on by themselves; null where they stand still. */
export interface Values {
  id: Id;
  time_ns: number;
  fields: Record<string, FieldValue>;
  gone?: boolean;
  heardAt: number | null;
}

export interface Widget {
  owner: string;
  name: string;
  kind: "text" | "button" | "bar" | "input" | "map";
  corner: string;
  offset: [number, number];
  text: string;
  hint?: string;
  size?: number;
  color?: string;
  value?: number;
  dots?: [number, number, number][];
  colors?: string[];
}

/** What scripts and mods show, and the chat. */
export interface Screen {
  widgets: Widget[];
  chat: { open: boolean; lines: { number: number; role: "player" | "mod" | "script"; who: string; text: string }[] };
}

export interface Hello {
  name: string;
  role: Role;
  world: string;
  step_secs: number;
}

export const hello = signal<Hello | null>(null);
export const facts = signal<Facts | null>(null);
/** Readings that were written in the last second. */
export const readingsRate = signal<number | null>(null);
export const alarms = signal<Alarm[]>([]);
export const cases = signal<Case[]>([]);
export const commands = signal<Command[]>([]);
export const measures = signal<Measure[]>([]);
export const screen = signal<Screen>({ widgets: [], chat: { open: false, lines: [] } });
export const presence = signal<Watcher[]>([]);
export const watching = signal(0);
export const values = signal<ReadonlyMap<Id, Values>>(new Map());
/** Whether news come; when they stopped, by performance.now. */
export const news = signal<{ open: boolean; since: number }>({ open: false, since: 0 });
/** Whom we follow; anybody may write it. */
export const followed = signal<readonly Id[]>([]);
/** Server's clock minus ours, in milliseconds. */
export const clockOffset = signal(0);

const SHORTEST_MS = 500;
const LONGEST_MS = 15_000;
const MAX_FOLLOWED = 16;
const EYE_MS = 400;

type Hearer = (told: Values) => void;
const hearers = new Set<Hearer>();

/** Be called with everything that followed things say. Gives a function that ends it. */
export function onValues(hearer: Hearer): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

let socket: WebSocket | null = null;
let tries = 0;
let before: { facts: Facts } | null = null;

function say(what: unknown): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what));
}

function hear(text: string): void {
  const said = JSON.parse(text) as Record<string, unknown>;
  const now = performance.now();
  if (said["hello"]) hello.value = said["hello"] as Hello;
  if (said["facts"]) hearFacts(said["facts"] as Facts);
  if (said["alarms"]) alarms.value = said["alarms"] as Alarm[];
  if (said["cases"]) cases.value = said["cases"] as Case[];
  if (said["commands"]) commands.value = said["commands"] as Command[];
  if (said["measures"]) measures.value = said["measures"] as Measure[];
  if (said["screen"]) screen.value = said["screen"] as Screen;
  if (said["presence"]) {
    presence.value = said["presence"] as Watcher[];
    watching.value = (said["watching"] as number | undefined) ?? presence.value.length;
  }
  if (said["values"]) {
    const told: Values = { ...(said["values"] as Values), heardAt: now };
    values.value = new Map(values.value).set(told.id, told);
    for (const hearer of hearers) hearer(told);
  }
}

function hearFacts(told: Facts): void {
  clockOffset.value = told.time_ns / 1e6 - Date.now();
  const written = told.readings["written"] ?? 0;
  const earlier = before?.facts.readings["written"] ?? 0;
  const secs = before ? (told.time_ns - before.facts.time_ns) / 1e9 : 0; // by the server's clock: news may come in heaps
  if (!before || written < earlier) readingsRate.value = null;
  else if (secs > 0.2) readingsRate.value = (written - earlier) / secs;
  else return void (facts.value = told);
  before = { facts: told };
  facts.value = told;
}

function open(): void {
  const address = new URL("/live", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  const opened = (socket = new WebSocket(address));
  opened.onopen = () => {
    tries = 0;
    before = null;
    news.value = { open: true, since: performance.now() };
    say({ follow: followed.value.slice(0, MAX_FOLLOWED) });
    say({ eye: eye.value });
  };
  opened.onmessage = (message: MessageEvent<string>) => hear(message.data);
  opened.onclose = () => {
    if (socket !== opened) return;
    socket = null;
    if (news.value.open || !tries) news.value = { open: false, since: performance.now() };
    const wait = Math.min(SHORTEST_MS * 2 ** tries++, LONGEST_MS) * (0.75 + Math.random() / 2);
    setTimeout(open, wait);
  };
}

/** How old a field is now, in seconds; null where nothing was ever heard of it. */
export function ageOf(told: Values, name: string, now = performance.now()): number | null {
  const age = told.fields[name]?.age_secs ?? null;
  return age === null || told.heardAt === null ? age : age + (now - told.heardAt) / 1000;
}

/** Listen from now on. */
export function openLive(): void {
  open();
  effect(() => say({ follow: followed.value.slice(0, MAX_FOLLOWED) }));
  let toldAt = 0;
  let timer = 0;
  effect(() => {
    const seen = eye.value;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      toldAt = performance.now();
      say({ eye: seen });
    }, Math.max(0, toldAt + EYE_MS - performance.now()));
  });
  let shown = new Set<string>();
  effect(() => {
    const others = presence.value.filter((each) => !each.you && each.at && each.toward);
    const names = others.map((each, i) => markName(each, others.findIndex((other) => other.name === each.name) !== i));
    const present = new Set(names);
    for (const name of shown) if (!present.has(name)) view.value?.showEye(name, null);
    others.forEach((each, i) => view.value?.showEye(names[i]!, { at: each.at!, toward: each.toward! }));
    shown = present;
  });
  effect(() => {
    const told = new Map<Id, number | null>();
    for (const [id, each] of values.value) told.set(id, each.time_ns ? Math.min(...Object.keys(each.fields).map((name) => ageOf(each, name) ?? Infinity)) : null);
    ages.value = told;
  });
}

/** What the mark of somebody else's eye is called: a second page of one person has a number, too. */
function markName(watcher: Watcher, isSecond: boolean): string {
  return isSecond ? `${watcher.name} ${watcher.number}` : watcher.name;
}
