// Meshes with fewer triangles, for what is far away: corners that lie close together become one (J. Rossignac, P. Borrel, Multi-resolution
// 3D approximations for rendering complex scenes, 1993). Coarse meshes share the fine one's corners; only their triangles are others.
import * as THREE from "three";

/** Cells across the longest side, finest first, and below how many pixels across each is fine enough. */
const LEVELS = [{ cells: 48, pixels: 96 }, { cells: 14, pixels: 24 }] as const;
const WORTH_IT = 1200;
const MUCH_LESS = 0.6;

/** Triangles of a geometry by level, made when they are first wanted; 0 is as it came. */
export class Coarse {
  private readonly made: (THREE.BufferAttribute | null)[];

  constructor(private readonly geometry: THREE.BufferGeometry) {
    this.made = [geometry.index];
  }

  /** The triangles for something that is so many pixels across. */
  indexFor(pixels: number): THREE.BufferAttribute | null {
    const count = this.geometry.index?.count ?? 0;
    if (count < 3 * WORTH_IT) return this.geometry.index;
    let level = 0;
    while (level < LEVELS.length && pixels < LEVELS[level]!.pixels) level++;
    for (let each = this.made.length; each <= level; each++) {
      const finer = this.made[each - 1]!;
      const found = merged(this.geometry, finer, LEVELS[each - 1]!.cells);
      this.made.push(found.count < finer.count * MUCH_LESS ? found : finer);
    }
    return this.made[level]!;
  }
}

function merged(geometry: THREE.BufferGeometry, index: THREE.BufferAttribute, cells: number): THREE.BufferAttribute {
  const positions = geometry.getAttribute("position");
  geometry.boundingBox ?? geometry.computeBoundingBox();
  const { min, max } = geometry.boundingBox!;
  const side = Math.max(max.x - min.x, max.y - min.y, max.z - min.z, 1e-9) / cells;
  const first = new Map<number, number>();
  const stands = new Uint32Array(positions.count);
  for (let corner = 0; corner < positions.count; corner++) {
    const x = Math.floor((positions.getX(corner) - min.x) / side), y = Math.floor((positions.getY(corner) - min.y) / side);
    const cell = (x * 256 + y) * 256 + Math.floor((positions.getZ(corner) - min.z) / side);
    const found = first.get(cell);
    if (found === undefined) first.set(cell, corner);
    stands[corner] = found ?? corner;
  }
  const kept: number[] = [];
  for (let at = 0; at + 2 < index.count; at += 3) {
    const a = stands[index.getX(at)]!, b = stands[index.getX(at + 1)]!, c = stands[index.getX(at + 2)]!;
    if (a !== b && b !== c && a !== c) kept.push(a, b, c);
  }
  return new THREE.BufferAttribute(positions.count > 65535 ? new Uint32Array(kept) : new Uint16Array(kept), 1);
}
