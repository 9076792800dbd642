// The recording in time: how far it reaches, which part of it the bar shows, and going to its moments.
import { computed, effect, signal } from "@preact/signals";
import { alarms, clockOffset, measures, type Alarm, type Measure } from "../live";
import { moment, view } from "../store";
import { history, type History } from "./api";
import { isConnected, isPast } from "./state";

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;
/** Spans of the bar, in seconds; 0 is all that is recorded. */
export const SPANS = [60, 300, 900, 3600, 28_800, 0] as const;

const ASK_MS = 5000;
const SCRUB_MS = 60;
const UNANSWERED_MS = 4000;

export const recorded = signal<History | null>(null);
export const spanSecs = signal<number>(300);
export const speed = signal<number>(1);
/** Where the bar stands still while the past is looked at; null goes with now. */
const heldEnd = signal<number | null>(null);
/** Where the hand is while it drags. */
export const dragged = signal<number | null>(null);
/** Set by a clock, so that the bar moves while nothing is told. */
export const now_ns = signal(Date.now() * 1e6);

/** The moment that is shown: what the hand says before what the server answers. */
export const playhead = computed(() => dragged.value ?? (moment.value && !moment.value.live ? moment.value.time_ns : now_ns.value));
export const isPlaying = computed(() => moment.value !== null && !moment.value.live && moment.value.speed > 0);

/** What the bar shows, from and to. */
export const range = computed<[number, number]>(() => {
  const first = recorded.value?.recording ? recorded.value.start_ns : now_ns.value - 60e9;
  const end = heldEnd.value ?? now_ns.value;
  return spanSecs.value ? [end - spanSecs.value * 1e9, end] : [Math.min(first, end - 10e9), end];
});

/** Alarms of the moment that is shown; its news tell them when they change. */
const alarmsThen = signal<Alarm[]>([]);
export const alarmsShown = computed(() => (isPast.value ? alarmsThen.value : alarms.value));

/** And what measures said then. */
const measuresThen = signal<Measure[]>([]);
export const measuresShown = computed(() => (isPast.value ? measuresThen.value : measures.value));

let said = 0;
let waiting = 0;

function tell(time_ns: number | null, options: { speed?: number } = {}): void {
  view.value?.goToMoment(time_ns === null ? null : Math.round(time_ns), options);
}

/** See a moment, within what is recorded. */
export function scrub(time_ns: number): void {
  const first = recorded.value?.start_ns ?? time_ns;
  const wanted = Math.min(Math.max(time_ns, first), now_ns.value);
  if (heldEnd.value === null) heldEnd.value = range.value[1];
  dragged.value = wanted;
  clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    said = performance.now();
    tell(wanted);
  }, Math.max(0, said + SCRUB_MS - performance.now()));
}

/** The hand has let go. */
export function endScrub(): void {
  const wanted = dragged.value;
  if (wanted === null) return;
  clearTimeout(waiting);
  tell(wanted);
  setTimeout(() => dragged.value === wanted && (dragged.value = null), UNANSWERED_MS); // the moment cannot be shown: the hand goes back
}

export function step(secs: number): void {
  scrub(playhead.value + secs * 1e9);
}

export function play(): void {
  tell(playhead.value, { speed: speed.value });
}

export function pause(): void {
  tell(playhead.value);
}

export function chooseSpeed(chosen: number): void {
  speed.value = chosen;
  if (isPlaying.value) play();
}

export function goLive(): void {
  clearTimeout(waiting);
  dragged.value = null;
  heldEnd.value = null;
  tell(null);
}

export function showSpan(secs: number): void {
  const at = playhead.value;
  spanSecs.value = secs;
  if (heldEnd.value !== null && secs) heldEnd.value = Math.min(now_ns.value, at + secs * 0.5e9);
}

/** Keep the bar's numbers fresh. */
export function watchHistory(): void {
  const askNow = () => {
    if (isConnected.peek()) history().then((told) => (recorded.value = told), () => (recorded.value ??= { recording: false, start_ns: 0, end_ns: 0, marks: [] }));
  };
  effect(() => {
    if (isConnected.value) askNow();
  });
  setInterval(askNow, ASK_MS);
  setInterval(() => (now_ns.value = (Date.now() + clockOffset.value) * 1e6), 200);
  effect(() => {
    const told = moment.value;
    const then = told as { alarms?: Alarm[]; measures?: Measure[] } | null;
    if (then?.alarms) alarmsThen.value = then.alarms;
    if (then?.measures) measuresThen.value = then.measures;
    const hand = dragged.peek();
    if (told && (told.live || hand === null || Math.abs(told.time_ns - hand) < 0.5e9 || told.speed > 0)) dragged.value = null;
    if (told?.live) heldEnd.value = null;
    else if (told && heldEnd.peek() !== null && told.time_ns > heldEnd.peek()!) heldEnd.value = Math.min(now_ns.peek(), told.time_ns + spanSecs.peek() * 0.5e9);
  });
}
