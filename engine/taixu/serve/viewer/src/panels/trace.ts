// What a chart draws: points of the recording and those that came since, sorted by time and bounded in number.
import type { Series } from "./api";

const MOST = 6000;
/** So many too many are let go at once. */
const SPARE = 1000;
/** Longer silence is a gap, not a line. */
const GAP_FACTOR = 8;
const SHORTEST_GAP_SECS = 5;

type Column = (number | null)[];

export class Trace {
  private times: number[] = [];
  private means: Column = [];
  private lows: Column = [];
  private highs: Column = [];

  /** A value came; the same time again says it anew, and what is older than the newest is the recording's business. */
  add(secs: number, value: number): void {
    const last = this.times.at(-1);
    if (last !== undefined && secs < last) return;
    if (secs === last) this.cut(this.times.length - 1);
    this.times.push(secs);
    for (const column of [this.means, this.lows, this.highs]) column.push(value);
    if (this.times.length > MOST + SPARE) this.drop(SPARE);
  }

  /** What was before all that came. */
  before(found: Series): void {
    const first = this.times[0] ?? Infinity;
    const count = found.times_ns.findIndex((time) => time / 1e9 >= first);
    const end = count < 0 ? found.times_ns.length : count;
    this.times = [...found.times_ns.slice(0, end).map((time) => time / 1e9), ...this.times];
    this.means = [...found.mean.slice(0, end), ...this.means];
    this.lows = [...found.low.slice(0, end), ...this.lows];
    this.highs = [...found.high.slice(0, end), ...this.highs];
  }

  /** Times, means, lows and highs between two times, with holes where nothing was heard for long. */
  columns(from: number, to: number): [number[], Column, Column, Column] {
    const times: number[] = [];
    const [means, lows, highs]: [Column, Column, Column] = [[], [], []];
    const usual = this.usualStep();
    let before: number | null = null;
    for (let i = this.indexOf(from); i < this.times.length && this.times[i]! <= to; i++) {
      const time = this.times[i]!;
      if (before !== null && time - before > Math.max(usual * GAP_FACTOR, SHORTEST_GAP_SECS)) {
        times.push((before + time) / 2);
        for (const column of [means, lows, highs]) column.push(null);
      }
      times.push(time);
      means.push(this.means[i]!);
      lows.push(this.lows[i]!);
      highs.push(this.highs[i]!);
      before = time;
    }
    return [times, means, lows, highs];
  }

  /** From where to where a chart's axis goes: all that is shown, and some room; never so near that noise fills it. */
  limits(from: number, to: number): [number, number] {
    const [low, high] = this.extremes(from, to);
    if (low === null || high === null) return [0, 1];
    const room = Math.max((high - low) * 0.1, Math.abs(high + low) * 0.005, high === low ? 0.5 : 0);
    return [low - room, high + room];
  }

  /** "12.1 … 18.4", or nothing where nothing is shown. */
  summary(from: number, to: number, format: (value: number) => string): string {
    const [low, high] = this.extremes(from, to);
    return low === null || high === null ? "" : `${format(low)} … ${format(high)}`;
  }

  private extremes(from: number, to: number): [number | null, number | null] {
    let [low, high]: [number | null, number | null] = [null, null];
    for (let i = this.indexOf(from); i < this.times.length && this.times[i]! <= to; i++) {
      const [least, most] = [this.lows[i], this.highs[i]];
      if (least !== null && least !== undefined && (low === null || least < low)) low = least;
      if (most !== null && most !== undefined && (high === null || most > high)) high = most;
    }
    return [low, high];
  }

  /** The last point before a time, so that lines begin at the chart's edge. */
  private indexOf(from: number): number {
    let [low, high] = [0, this.times.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.times[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }

  private usualStep(): number {
    const steps = this.times.slice(-200).map((time, i, all) => (i ? time - all[i - 1]! : 0)).slice(1).sort((a, b) => a - b);
    return steps[steps.length >> 1] ?? 1;
  }

  private cut(length: number): void {
    for (const column of [this.times, this.means, this.lows, this.highs]) column.length = length;
  }

  private drop(count: number): void {
    for (const column of [this.times, this.means, this.lows, this.highs]) column.splice(0, count);
  }
}
