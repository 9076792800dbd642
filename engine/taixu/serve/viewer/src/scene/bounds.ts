// Where things are: spheres around them, and a camera that sees all.
import type { Batches } from "./batches";
import type { Things } from "./things";

export type Place = [number, number, number];

export interface Sphere {
  at: Place;
  radius: number;
}

/** From the front, a little from the right and above: as the engine frames pictures. */
const ASIDE: Place = [0.55, 0.38, 1.0];
const ROOM = 1.08;

/** The sphere around a slot as it goes, in metres of the world. */
export function sphereOf(slot: number, things: Things, batches: Batches): Sphere {
  const sphere = batches.chunk(slot)?.mesh?.sphere;
  const at: Place = [things.to[3 * slot], things.to[3 * slot + 1], things.to[3 * slot + 2]];
  if (!sphere) return { at, radius: 0 };
  const scale = Math.max(Math.abs(things.scales[3 * slot]), Math.abs(things.scales[3 * slot + 1]), Math.abs(things.scales[3 * slot + 2]));
  const matrix: number[] = new Array<number>(16);
  batches.matrixOf(slot, Infinity, matrix, 0);
  const { x, y, z } = sphere.center;
  for (let axis = 0; axis < 3; axis++) at[axis] = matrix[axis] * x + matrix[4 + axis] * y + matrix[8 + axis] * z + matrix[12 + axis] + batches.base[axis];
  return { at, radius: sphere.radius * scale };
}

/** One sphere around several. */
export function around(spheres: readonly Sphere[]): Sphere | null {
  if (!spheres.length) return null;
  const low: Place = [Infinity, Infinity, Infinity], high: Place = [-Infinity, -Infinity, -Infinity];
  for (const { at, radius } of spheres) {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], at[axis] - radius);
      high[axis] = Math.max(high[axis], at[axis] + radius);
    }
  }
  const at: Place = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  const radius = Math.max(...spheres.slice(0, 10_000).map((each) => Math.hypot(each.at[0] - at[0], each.at[1] - at[1], each.at[2] - at[2]) + each.radius));
  return { at, radius };
}

/** Corners of the boxes around slots as they go, in metres of the world: x, y, z of each. */
export function cornersOf(slots: Iterable<number>, batches: Batches): number[] {
  const corners: number[] = [];
  const matrix: number[] = new Array<number>(16);
  for (const slot of slots) {
    const box = batches.chunk(slot)?.mesh?.box;
    if (!box || box.isEmpty()) continue;
    batches.matrixOf(slot, Infinity, matrix, 0);
    for (let corner = 0; corner < 8; corner++) {
      const x = corner & 1 ? box.max.x : box.min.x, y = corner & 2 ? box.max.y : box.min.y, z = corner & 4 ? box.max.z : box.min.z;
      for (let axis = 0; axis < 3; axis++) corners.push(matrix[axis] * x + matrix[4 + axis] * y + matrix[8 + axis] * z + matrix[12 + axis] + batches.base[axis]);
    }
  }
  return corners;
}

/** An eye and what it looks at, so that all corners are seen as near as can be (as `taixu.render.frame_camera` finds it). */
export function frame(corners: readonly number[], fovY: number, aspect: number): { eye: Place; target: Place } | null {
  if (!corners.length) return null;
  const length = Math.hypot(...ASIDE);
  const back = ASIDE.map((part) => part / length) as Place;
  const flat = Math.hypot(back[0], back[2]);
  const right: Place = [back[2] / flat, 0, -back[0] / flat];
  const up: Place = [back[1] * right[2] - back[2] * right[1], back[2] * right[0] - back[0] * right[2], back[0] * right[1] - back[1] * right[0]];
  const low: Place = [Infinity, Infinity, Infinity], high: Place = [-Infinity, -Infinity, -Infinity];
  for (let at = 0; at < corners.length; at++) {
    low[at % 3] = Math.min(low[at % 3], corners[at]);
    high[at % 3] = Math.max(high[at % 3], corners[at]);
  }
  const middle: Place = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
  const count = corners.length / 3;
  const seen = [new Float64Array(count), new Float64Array(count), new Float64Array(count)];
  for (let corner = 0; corner < count; corner++) {
    const way = [corners[3 * corner] - middle[0], corners[3 * corner + 1] - middle[1], corners[3 * corner + 2] - middle[2]];
    [right, up, back].forEach((axis, number) => (seen[number][corner] = way[0] * axis[0] + way[1] * axis[1] + way[2] * axis[2]));
  }
  const slopes = [(Math.tan(fovY / 2) / ROOM) * aspect, Math.tan(fovY / 2) / ROOM];
  const shift = [0, 0];
  let distance = 1e-3;
  for (let round = 0; round < 8; round++) {
    distance = 1e-3;
    for (let corner = 0; corner < count; corner++) {
      for (let axis = 0; axis < 2; axis++) distance = Math.max(distance, Math.abs(seen[axis][corner] - shift[axis]) / slopes[axis] + seen[2][corner]);
    }
    const depths = seen[2].map((along) => distance - along);
    const median = depths.slice().sort()[Math.floor(count / 2)];
    for (let axis = 0; axis < 2; axis++) {
      let least = Infinity, most = -Infinity;
      for (let corner = 0; corner < count; corner++) {
        const angle = (seen[axis][corner] - shift[axis]) / Math.max(depths[corner], 1e-6);
        least = Math.min(least, angle);
        most = Math.max(most, angle);
      }
      shift[axis] += ((least + most) / 2) * median;
    }
  }
  const target = middle.map((part, axis) => part + right[axis] * shift[0] + up[axis] * shift[1]) as Place;
  return { eye: target.map((part, axis) => part + back[axis] * distance) as Place, target };
}
