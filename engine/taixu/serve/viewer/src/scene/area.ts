// What part of the world is asked for: whatever lies around the eye, rounded as the server rounds it, so that it hears of real changes only.
import type { Vector } from "../store";

const LEAST_M = 128;
const AFTER_MS = 250;

export class Area {
  private told = "";
  private toldAt = -Infinity;

  constructor(private readonly look: (at: Vector, reach: number) => void) {}

  /** Follow the eye, which looks at something so far away. */
  follow(eye: Vector, distance: number, now: number): void {
    const reach = 2 ** Math.ceil(Math.log2(Math.max(distance * 4, LEAST_M)));
    const key = [...eye.map((part) => Math.floor(part / (reach / 2))), reach].join();
    if (key === this.told || now - this.toldAt < AFTER_MS) return;
    this.told = key;
    this.toldAt = now;
    this.look(eye, reach);
  }
}
