// What lies under a point: rays against spheres around all things first, then against the meshes of the nearest few.
import * as THREE from "three";
import type { Batches, Chunk } from "./batches";
import type { Bodies } from "./bodies";
import type { Limb } from "./limbs";

export interface Hit {
  slot: number;
  /** From the eye, in metres. */
  distance: number;
}

const MOST_TRIED = 64;

export class Picking {
  private readonly caster = new THREE.Raycaster();
  private readonly probe = new THREE.Mesh();
  private readonly matrix = new THREE.Matrix4();

  private readonly ray = new THREE.Ray();
  private readonly point = new THREE.Vector3();

  constructor(private readonly batches: Batches, private readonly bodies: Bodies) {}

  /** The nearest thing under normalised device coordinates. */
  pick(x: number, y: number, camera: THREE.Camera): Hit | null {
    this.caster.setFromCamera(new THREE.Vector2(x, y), camera);
    const { origin, direction } = this.caster.ray;
    const near: { chunk: Chunk; row: number; from: number }[] = [];
    for (const chunk of this.batches.chunks()) if (chunk.mesh && this.caster.ray.intersectsBox(chunk.around())) this.candidates(chunk, origin, direction, near);
    near.sort((a, b) => a.from - b.from);
    let best: Hit | null = null;
    for (const { chunk, row, from } of near.slice(0, MOST_TRIED)) {
      if (best && from > best.distance) break;
      const distance = this.exactly(chunk, row);
      if (distance !== null && (!best || distance < best.distance)) best = { slot: chunk.slots[row], distance };
    }
    return best;
  }

  /** Rows whose sphere the ray meets, and where it enters. */
  private candidates(chunk: Chunk, origin: THREE.Vector3, direction: THREE.Vector3, found: { chunk: Chunk; row: number; from: number }[]): void {
    const { center, radius } = chunk.mesh!.sphere;
    const m = chunk.matrices.array;
    for (let row = 0, at = 0; row < chunk.count; row++, at += 16) {
      const sx = m[at] * m[at] + m[at + 1] * m[at + 1] + m[at + 2] * m[at + 2];
      const sy = m[at + 4] * m[at + 4] + m[at + 5] * m[at + 5] + m[at + 6] * m[at + 6];
      const sz = m[at + 8] * m[at + 8] + m[at + 9] * m[at + 9] + m[at + 10] * m[at + 10];
      const reach2 = radius * radius * Math.max(sx, sy, sz);
      const x = m[at] * center.x + m[at + 4] * center.y + m[at + 8] * center.z + m[at + 12] - origin.x;
      const y = m[at + 1] * center.x + m[at + 5] * center.y + m[at + 9] * center.z + m[at + 13] - origin.y;
      const z = m[at + 2] * center.x + m[at + 6] * center.y + m[at + 10] * center.z + m[at + 14] - origin.z;
      const along = x * direction.x + y * direction.y + z * direction.z;
      const apart2 = x * x + y * y + z * z - along * along;
      if (apart2 > reach2) continue;
      const half = Math.sqrt(reach2 - apart2);
      if (along + half > 0) found.push({ chunk, row, from: Math.max(along - half, 0) });
    }
  }

  private exactly(chunk: Chunk, row: number): number | null {
    this.matrix.fromArray(chunk.matrices.array, row * 16);
    this.probe.matrixWorld.copy(this.matrix);
    let best: number | null = null;
    const joints = chunk.bends.array[2 * row]!;
    for (const part of chunk.mesh!.parts) {
      if (part.kind !== "triangles") continue;
      if (joints >= 0 && part.limbs.length) {
        best = this.nearestLimb(part.limbs, joints, best);
        continue;
      }
      this.probe.geometry = part.geometry;
      this.probe.material = part.material;
      const hits: THREE.Intersection[] = [];
      this.probe.raycast(this.caster, hits);
      for (const hit of hits) if (best === null || hit.distance < best) best = hit.distance;
    }
    return best;
  }

  /** How far it is to the nearest of a bent part's limbs, or to what was found before. */
  private nearestLimb(limbs: readonly Limb[], joints: number, best: number | null): number | null {
    const world = new THREE.Matrix4();
    for (const { joint, box } of limbs) {
      const m = this.bodies.joint(joints, joint);
      world.set(m[0]!, m[1]!, m[2]!, m[3]!, m[4]!, m[5]!, m[6]!, m[7]!, m[8]!, m[9]!, m[10]!, m[11]!, 0, 0, 0, 1).premultiply(this.matrix);
      if (Math.abs(world.determinant()) < 1e-12) continue;
      this.ray.copy(this.caster.ray).applyMatrix4(world.clone().invert());
      if (!this.ray.intersectBox(box, this.point)) continue;
      const distance = this.point.applyMatrix4(world).distanceTo(this.caster.ray.origin);
      if (best === null || distance < best) best = distance;
    }
    return best;
  }
}
