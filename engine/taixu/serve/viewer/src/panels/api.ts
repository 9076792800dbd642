// What panels ask of the server by HTTP. A refusal is a sentence that is shown where it was asked.
import type { Alarm, Case, Command, FieldValue, Plain } from "../live";
import type { Id } from "../store";
import type { Differences } from "./compare";

export interface Found {
  id: Id;
  name: string;
  kind: string;
  at: [number, number, number] | null;
  /** Values because of which it was found; `at_ns` where they are of the past. */
  because?: { field: string; value: number | string; unit: string; at_ns?: number }[];
  distance_m?: number;
}

/** A field map that is shown: which values its colours are. */
export interface FieldLegend {
  id: Id;
  name: string;
  kind: "density" | "flow" | "measured" | "noise" | "plume" | "simulated";
  of: string;
  unit: string;
  low: number;
  high: number;
  colors: string[];
}

export interface Control {
  name: string;
  field: string;
  kind: "number" | "bool" | "text";
  unit: string;
  minimum: number | null;
  maximum: number | null;
  choices: string[];
  role?: "operate" | "admin";
  two_persons?: boolean;
}

/** A thing's way through zones, and what it was joined with. */
export interface Lineage {
  measure: string;
  part: Id;
  key: string;
  passages: { zone: string; entered_ns: number; left_ns: number }[];
  joined: { part: string; into: string; time_ns: number }[];
  contains: string[];
}

export interface EntityFacts {
  id: Id;
  name: string;
  device: { key: string; kind: string } | null;
  fields: Record<string, FieldValue>;
  measures: { name: string; unit: string; value: number | string | null; text?: string }[];
  controls: Control[];
  alarms: Alarm[];
  zones: string[];
  lineage: Lineage[];
}

export interface Process {
  name: string;
  when: string;
  open: string;
  states: { name: string; within: number | null; next: { to: string; when: string; after: number | null; by: string }[] }[];
}

export interface ProcessReport {
  process: string;
  closed: number;
  open: number;
  bottleneck: string;
  states: { name: string; visits: number; late: number; mean_secs: number | null; p95_secs: number | null; queue: number | null }[];
}

export interface PlanRun {
  started_ns: number;
  ended_ns: number;
  steps: {
    name: string; role: string; state: "waiting" | "going on" | "done"; begun_ns: number; done_ns: number; late_ns: number; by: string;
    doubt: string; waits_for_people: boolean;
  }[];
  goals: { name: string; within_secs: number; reached_ns: number }[];
}

export interface PlanFacts {
  name: string;
  called_ns: number;
  run: PlanRun | null;
}

export interface PlanScore {
  plan: string;
  points: number;
  done_secs: number | null;
  goals: { name: string; secs: number | null; within_secs: number }[];
  alarms: number;
}

export interface Kpi {
  name: string;
  unit: string;
  value?: number | null;
}

/** What a branch is adopted as: the present goes on as it, its plan is begun, its commands are given. */
export type Way = "world" | "plan" | "do";

export interface FutureFacts {
  name: string;
  by: string;
  seconds: number;
  plan: string;
  scenario: string;
  do: string[];
  progress: number;
  running: boolean;
  ahead_secs: number;
  faster: number;
  /** Why it ended before its time; empty where it did not. */
  reason: string;
  doubts: string[];
  shown: boolean;
  /** Of its ghosts, as CSS; empty where none are seen. */
  color: string;
  chosen: Way | "";
  kpis: Kpi[];
  alarms: number;
  score: PlanScore | null;
}

export interface Futures {
  branches: FutureFacts[];
  /** The present's. */
  kpis: Kpi[];
  scenarios: string[];
  plans: string[];
  simulators: number;
}

export interface BranchDifference {
  component: string;
  field: string;
  count: number;
  text: string;
  entities: { id: Id; name: string; amount: number }[];
}

export interface Mark {
  time_ns: number;
  kind: string;
  text: string;
  severity: string;
}

export interface History {
  recording: boolean;
  start_ns: number;
  end_ns: number;
  marks: Mark[];
}

export interface Series {
  times_ns: number[];
  low: (number | null)[];
  high: (number | null)[];
  mean: (number | null)[];
  unit: string;
}

export interface Foresight {
  allowed: boolean;
  why: string;
  foresees: { id: Id; name?: string; field: string; value: Plain; unit?: string }[];
  alarms: { text: string; severity: string; rule?: string }[];
  ends?: { text: string; severity: string }[];
}

export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly told: unknown = null,
  ) {
    super(message);
  }
}

async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetch(path, { credentials: "same-origin", ...options });
  const told: unknown = await answer.json().catch(() => null);
  if (!answer.ok) {
    const sentence = (told as { error?: string; why?: string } | null) ?? {};
    throw new Refused(answer.status, sentence.error || sentence.why || `${answer.status} ${answer.statusText}`, told);
  }
  return told as T;
}

function post<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

const asked = (values: Record<string, string | number>) => new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();

export const entityFacts = (id: Id, signal?: AbortSignal) => ask<EntityFacts>(`/entities/${id}`, signal ? { signal } : {});

export const search = (text: string, signal: AbortSignal) =>
  ask<{ entities: Found[] }>(`/entities?${asked({ search: text, limit: 50 })}`, { signal }).then((told) => told.entities);

export const searchWords = (text: string, signal: AbortSignal) =>
  ask<{ found: Found[] }>(`/search?${asked({ words: text })}`, { signal }).then((told) => told.found);

export const acknowledge = (number: number) => post<Alarm>(`/alarms/${number}/acknowledge`, {});

export const processes = () => ask<{ processes: Process[] }>("/processes").then((told) => told.processes);

export const report = () => ask<{ processes: ProcessReport[] }>("/processes/report").then((told) => told.processes);

export const casesThen = (at_ns: number) => ask<{ cases: Case[] }>(`/cases?${asked({ at_ns: Math.round(at_ns) })}`).then((told) => told.cases);

export const moveCase = (number: number, to: string) => post<Case>(`/cases/${number}/move`, { to });

export const fieldLegends = () => ask<{ fields: FieldLegend[]; problems: Record<Id, string> }>("/fields");

export const plans = () => ask<{ plans: PlanFacts[] }>("/plans").then((told) => told.plans);

export const beginPlan = (name: string) => post<PlanRun>(`/plans/${encodeURIComponent(name)}/begin`, {});

export const stopPlan = (name: string) => post<PlanRun>(`/plans/${encodeURIComponent(name)}/stop`, {});

export const planStepDone = (name: string, step: string) => post<PlanRun>(`/plans/${encodeURIComponent(name)}/done`, { step });

export const drillPlans = () => post<{ scores: PlanScore[] }>("/plans/drill", {}).then((told) => told.scores);

const branchPath = (name: string, what: string) => `/branches/${encodeURIComponent(name)}/${what}`;

export const futures = () => ask<Futures>("/branches");

export const beginFuture = (tried: { name: string; seconds: number; plan?: string; scenario?: string; do?: { control: string; of: string; value: Plain }[] }) => post<FutureFacts>("/branches", tried);

export const showFuture = (name: string, shown: boolean) => post<FutureFacts>(branchPath(name, "show"), { shown });

export const adoptFuture = (name: string, way: Way, why: string) => post<FutureFacts>(branchPath(name, "adopt"), { way, why });

export const discardFuture = (name: string) => post<Futures>(branchPath(name, "discard"), {});

export const branchDifferences = (name: string) =>
  ask<{ differences: BranchDifference[] }>(branchPath(name, "differences")).then((told) => told.differences);

/** A refused command comes back as a command, too: it stands in the ledger. */
export async function command(control: string, entity: Id, value: Plain): Promise<Command> {
  try {
    return await post<Command>("/commands", { control, entity, value });
  } catch (error) {
    if (error instanceof Refused && (error.told as Command | null)?.number) return error.told as Command;
    throw error;
  }
}

export const confirm = (number: number) => post<Command>(`/commands/${number}/confirm`, {});

export const rehearse = (control: string, entity: Id, value: Plain) => post<Foresight>("/commands/rehearse", { control, entity, value });

export const history = () => ask<History>("/history");

export const series = (entity: Id, field: string, from_ns: number, to_ns: number, points: number) =>
  ask<Series>(`/history/series?${asked({ entity, field, from_ns: Math.round(from_ns), to_ns: Math.round(to_ns), points })}`);

export const entityThen = (entity: Id, at_ns: number) =>
  ask<{ fields: Record<string, FieldValue>; time_ns?: number }>(`/history/entity?${asked({ entity, at_ns: Math.round(at_ns) })}`);

export const compare = (a_ns: number, b_ns: number) => ask<Differences>(`/history/compare?${asked({ a_ns: Math.round(a_ns), b_ns: Math.round(b_ns) })}`);

export const pressButton = (owner: string, name: string) => post<{ done: boolean }>("/screen/press", { owner, name });

export const submitText = (owner: string, name: string, text: string) => post<{ done: boolean }>("/screen/submit", { owner, name, text });

export const say = (text: string) => post<{ done: boolean }>("/screen/say", { text });
