// What the rest of the viewer may ask of the 3D picture.
import type { Id, Vector } from "../store";

export interface View {
  /** The canvas it is drawn on. */
  readonly canvas: HTMLCanvasElement;
  /** Fly there: to an entity, or to a place from some metres away. */
  goTo(what: Id | { at: Vector; from: number }): void;
  /** See all that there is. */
  frameAll(): void;
  /** Where an entity is, in world metres; null when it is not near. */
  placeOf(id: Id): Vector | null;
  /** Where a place is on the page, in CSS pixels; null when it is behind. */
  onPage(place: Vector): readonly [number, number] | null;
  /** Where the camera is just now, what it looks at, and its field of view from top to bottom. */
  camera(): { eye: Vector; target: Vector; fovDeg: number };
  /** What is drawn under a point of the page. */
  pick(x: number, y: number): Id | null;
  /** The eye of somebody else (a presence); null takes it away. */
  showEye(name: string, eye: { at: Vector; toward: Vector } | null): void;
  /** See a moment of the recording (nanoseconds since 1970), playing at a speed from there; null is live. */
  goToMoment(time_ns: number | null, options?: { speed?: number; known?: boolean }): void;
}
