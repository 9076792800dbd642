// What is near, by slot: where it is and is shown, in flat arrays, so that a hundred thousand things are no objects.
import type { SceneFrame } from "../wire/scene_frame";

const EMPTY = 0xffffffff;
/** A step longer than this is a jump: nobody flies through the hall because a tracker lost him. */
const JUMP_M = 25;
const SAME_M = 1e-4;

export class Things {
  capacity = 0;
  /** Where things are shown from, and go to: x, y, z of each. */
  from = new Float64Array(0);
  to = new Float64Array(0);
  turnFrom = new Float32Array(0);
  turnTo = new Float32Array(0);
  scales = new Float32Array(0);
  looks = new Uint32Array(0);
  /** Low and high words of stable ids. */
  ids = new Uint32Array(0);
  /** When the way to where they go began, in milliseconds of the page. */
  begun = new Float64Array(0);
  /** Slots under way. */
  moving = new Set<number>();
  /** Slots whose look or scale was told since somebody last emptied it. */
  retold = new Set<number>();
  present = new Uint8Array(0);
  count = 0;
  private intervalMs = 50;
  private heardAt = 0;

  /** Take in a frame of the stream. */
  take(frame: SceneFrame, now: number): void {
    if (frame.everything) this.forgetOthers(frame.slots);
    let highest = -1;
    for (const slot of frame.slots) if (slot > highest) highest = slot;
    this.reserve(highest + 1);
    if (this.heardAt) this.intervalMs += (Math.min(Math.max(now - this.heardAt, 10), 500) - this.intervalMs) * 0.1;
    this.heardAt = now;
    const { slots, places, rotations, looks, ids, scales, origin } = frame;
    const n = slots.length;
    for (let row = 0; row < n; row++) {
      const slot = slots[row];
      const isNew = this.present[slot] === 0;
      const x = origin[0] + places[row], y = origin[1] + places[n + row], z = origin[2] + places[2 * n + row];
      if (isNew || !this.isGoingTo(slot, x, y, z, rotations, n, row)) this.setOut(slot, now, isNew, x, y, z, rotations, n, row);
      if (isNew) {
        this.present[slot] = 1;
        this.count += 1;
      }
      let isOther = isNew;
      if (looks && ids) {
        isOther ||= this.looks[slot] !== looks[row] || this.ids[2 * slot] !== ids[2 * row] || this.ids[2 * slot + 1] !== ids[2 * row + 1];
        this.looks[slot] = looks[row];
        this.ids[2 * slot] = ids[2 * row];
        this.ids[2 * slot + 1] = ids[2 * row + 1];
      }
      if (scales) {
        for (let axis = 0; axis < 3; axis++) {
          isOther ||= this.scales[3 * slot + axis] !== scales[axis * n + row];
          this.scales[3 * slot + axis] = scales[axis * n + row];
        }
      }
      if (isOther) this.retold.add(slot); // who hears all anew has most of it already
    }
  }

  /** Things that went away. */
  forget(slots: Iterable<number>): void {
    for (const slot of slots) {
      if (!this.present[slot]) continue;
      this.present[slot] = 0;
      this.looks[slot] = EMPTY;
      this.moving.delete(slot);
      this.retold.add(slot);
      this.count -= 1;
    }
  }

  /** How far a slot is on its way, 0 to 1. */
  progress(slot: number, now: number): number {
    return Math.min((now - this.begun[slot]) / (this.intervalMs * 1.25), 1);
  }

  /** Where a slot is shown. */
  place(slot: number, now: number, out: Float64Array): void {
    const share = this.progress(slot, now);
    for (let axis = 0; axis < 3; axis++) {
      const at = 3 * slot + axis;
      out[axis] = this.from[at] + (this.to[at] - this.from[at]) * share;
    }
  }

  /** How a slot is turned as shown. */
  turn(slot: number, now: number, out: Float32Array): void {
    const share = this.progress(slot, now);
    const at = 4 * slot;
    const { turnFrom: a, turnTo: b } = this;
    const sign = a[at] * b[at] + a[at + 1] * b[at + 1] + a[at + 2] * b[at + 2] + a[at + 3] * b[at + 3] < 0 ? -1 : 1;
    let length = 0;
    for (let axis = 0; axis < 4; axis++) {
      const part = a[at + axis] * sign * (1 - share) + b[at + axis] * share;
      out[axis] = part;
      length += part * part;
    }
    const norm = length > 0 ? 1 / Math.sqrt(length) : 1;
    for (let axis = 0; axis < 4; axis++) out[axis] *= norm;
  }

  /** A slot's id as a number, for sets: two of a million are alike once in ten thousand worlds. */
  key(slot: number): number {
    return this.ids[2 * slot + 1] * 4294967296 + this.ids[2 * slot];
  }

  /** Slots of things that are parts of what has this id. */
  slotsOf(id: string): number[] {
    const high = parseInt(id.slice(0, 8), 16), low = parseInt(id.slice(8), 16);
    const found: number[] = [];
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.ids[2 * slot] === low && this.ids[2 * slot + 1] === high && this.present[slot]) found.push(slot);
    }
    return found;
  }

  id(slot: number): string {
    const text = (word: number): string => word.toString(16).padStart(8, "0");
    return text(this.ids[2 * slot + 1]) + text(this.ids[2 * slot]);
  }

  private readonly scratchPlace = new Float64Array(3);
  private readonly scratchTurn = new Float32Array(4);

  /** Whether a slot is there, or on its way there, already. */
  private isGoingTo(slot: number, x: number, y: number, z: number, rotations: Int16Array, n: number, row: number): boolean {
    const { to, turnTo } = this;
    if (Math.abs(to[3 * slot] - x) + Math.abs(to[3 * slot + 1] - y) + Math.abs(to[3 * slot + 2] - z) > SAME_M) return false;
    for (let axis = 0; axis < 4; axis++) if (Math.abs(turnTo[4 * slot + axis] - rotations[axis * n + row] / 32767) > 1e-5) return false;
    return true;
  }

  private setOut(slot: number, now: number, isNew: boolean, x: number, y: number, z: number, rotations: Int16Array, n: number, row: number): void {
    const { scratchPlace: place, scratchTurn: turn } = this;
    if (!isNew) {
      this.place(slot, now, place);
      this.turn(slot, now, turn);
      if (Math.abs(place[0] - x) + Math.abs(place[1] - y) + Math.abs(place[2] - z) > JUMP_M) isNew = true;
    }
    this.to[3 * slot] = x;
    this.to[3 * slot + 1] = y;
    this.to[3 * slot + 2] = z;
    for (let axis = 0; axis < 4; axis++) this.turnTo[4 * slot + axis] = rotations[axis * n + row] / 32767;
    for (let axis = 0; axis < 3; axis++) this.from[3 * slot + axis] = isNew ? this.to[3 * slot + axis] : place[axis];
    for (let axis = 0; axis < 4; axis++) this.turnFrom[4 * slot + axis] = isNew ? this.turnTo[4 * slot + axis] : turn[axis];
    this.begun[slot] = now;
    this.moving.add(slot);
  }

  private forgetOthers(slots: Uint32Array): void {
    const kept = new Uint8Array(this.capacity);
    for (const slot of slots) if (slot < this.capacity) kept[slot] = 1;
    const gone: number[] = [];
    for (let slot = 0; slot < this.capacity; slot++) if (this.present[slot] && !kept[slot]) gone.push(slot);
    this.forget(gone);
  }

  private reserve(count: number): void {
    if (count <= this.capacity) return;
    const capacity = Math.max(count, this.capacity * 2, 256);
    const grown = <T extends Float64Array | Float32Array | Uint32Array | Uint8Array>(old: T, width: number, fill = 0): T => {
      const made = new (old.constructor as new (length: number) => T)(capacity * width);
      if (fill) made.fill(fill);
      made.set(old);
      return made;
    };
    this.from = grown(this.from, 3);
    this.to = grown(this.to, 3);
    this.turnFrom = grown(this.turnFrom, 4);
    this.turnTo = grown(this.turnTo, 4);
    this.scales = grown(this.scales, 3, 1);
    this.looks = grown(this.looks, 1, EMPTY);
    this.ids = grown(this.ids, 2);
    this.begun = grown(this.begun, 1);
    this.present = grown(this.present, 1);
    this.capacity = capacity;
  }
}
