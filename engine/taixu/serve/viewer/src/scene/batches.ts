// Instances: all things of one mesh are drawn at once, from one array of matrices, and a thing is a row in it.
import * as THREE from "three";
import type { Look } from "./looks";
import type { LoadedMesh, Meshes } from "./meshes";
import type { Things } from "./things";

const NONE = -1;

class Batch {
  count = 0;
  slots = new Uint32Array(16);
  matrices = new THREE.InstancedBufferAttribute(new Float32Array(16 * 16), 16);
  fades = new THREE.InstancedBufferAttribute(new Float32Array(16), 1);
  colors: THREE.InstancedBufferAttribute | null;
  meshes: THREE.InstancedMesh[] = [];
  mesh: LoadedMesh | null = null;
  private low = Infinity;
  private high = -1;

  constructor(readonly hash: string, readonly shadow: boolean, tinted: boolean) {
    this.colors = tinted ? new THREE.InstancedBufferAttribute(new Float32Array(16 * 3), 3) : null;
  }

  add(slot: number): number {
    if (this.count === this.slots.length) this.grow();
    this.slots[this.count] = slot;
    this.fades.array[this.count] = 0;
    this.fades.needsUpdate = true;
    this.count += 1;
    return this.count - 1;
  }

  /** Take a row away; gives the slot that moved into it, or none. */
  remove(row: number): number {
    const last = this.count - 1;
    this.count = last;
    if (row === last) return NONE;
    this.slots[row] = this.slots[last];
    this.matrices.array.copyWithin(row * 16, last * 16, last * 16 + 16);
    this.fades.array[row] = this.fades.array[last];
    this.colors?.array.copyWithin(row * 3, last * 3, last * 3 + 3);
    this.touch(row);
    this.fades.needsUpdate = true;
    if (this.colors) this.colors.needsUpdate = true;
    return this.slots[row];
  }

  touch(row: number): void {
    if (row < this.low) this.low = row;
    if (row > this.high) this.high = row;
  }

  /** Bring what changed to the device's arrays. */
  commit(): void {
    for (const mesh of this.meshes) {
      mesh.count = this.count;
      mesh.visible = this.count > 0;
    }
    if (this.high < 0) return;
    this.matrices.clearUpdateRanges();
    this.matrices.addUpdateRange(this.low * 16, (this.high - this.low + 1) * 16);
    this.matrices.needsUpdate = true;
    this.low = Infinity;
    this.high = -1;
  }

  show(mesh: LoadedMesh, group: THREE.Group): void {
    this.mesh = mesh;
    for (const part of mesh.parts) {
      if (part.kind !== "triangles") continue;
      const geometry = new THREE.BufferGeometry();
      geometry.index = part.geometry.index;
      geometry.attributes = { ...part.geometry.attributes };
      const drawn = new THREE.InstancedMesh(geometry, part.material, 0);
      drawn.frustumCulled = false;
      drawn.castShadow = this.shadow && !part.material.transparent;
      drawn.receiveShadow = true;
      this.meshes.push(drawn);
      group.add(drawn);
    }
    this.attach();
  }

  dispose(group: THREE.Group): void {
    for (const mesh of this.meshes) {
      group.remove(mesh);
      mesh.dispose();
      mesh.geometry.attributes = {}; // the arrays are the mesh's, which others may show
      mesh.geometry.dispose();
    }
    this.meshes = [];
  }

  private attach(): void {
    for (const mesh of this.meshes) {
      mesh.instanceMatrix = this.matrices;
      mesh.instanceColor = this.colors;
      mesh.geometry.setAttribute("fade", this.fades);
      mesh.count = this.count;
    }
  }

  private grow(): void {
    const capacity = this.slots.length * 2;
    const slots = new Uint32Array(capacity);
    slots.set(this.slots);
    this.slots = slots;
    const grown = (old: THREE.InstancedBufferAttribute): THREE.InstancedBufferAttribute => {
      const made = new THREE.InstancedBufferAttribute(new Float32Array(capacity * old.itemSize), old.itemSize);
      (made.array as Float32Array).set(old.array as Float32Array);
      made.setUsage(THREE.DynamicDrawUsage);
      return made;
    };
    for (const mesh of this.meshes) mesh.dispose();
    this.matrices = grown(this.matrices);
    this.fades = grown(this.fades);
    if (this.colors) this.colors = grown(this.colors);
    this.low = 0;
    this.high = this.count - 1;
    this.attach();
  }
}

export type { Batch };

export class Batches {
  readonly group = new THREE.Group();
  readonly all = new Map<string, Batch>();
  /** Where the picture's origin is, in metres of the world: matrices are told from it, for shaders have short numbers. */
  readonly base = new Float64Array(3);
  private batchOf: (Batch | null)[] = [];
  private rowOf = new Int32Array(0);
  /** Slots that keep the look they had until the mesh of the new one is there, by its hash. */
  private readonly waiting = new Map<string, Set<number>>();
  private readonly place = new Float64Array(3);
  private readonly turn = new Float32Array(4);

  constructor(private readonly things: Things, private readonly meshes: Meshes) {}

  /** Draw a slot by a look; null draws it no more. */
  put(slot: number, look: Look | null, now: number): void {
    this.reserve(slot + 1);
    const key = look?.mesh ? `${look.mesh}${look.shadow === false ? "" : " shadow"}${look.tint ? " tint" : ""}` : "";
    const before = this.batchOf[slot];
    if (look?.mesh && before?.mesh && before.hash !== look.mesh && !this.meshes.get(look.mesh)) {
      const slots = this.waiting.get(look.mesh);
      if (slots) slots.add(slot);
      else this.waiting.set(look.mesh, new Set([slot]));
      return;
    }
    if (before && (key === "" || this.all.get(key) !== before)) this.takeOut(slot, before);
    if (key === "" || !look) return;
    const batch = this.all.get(key) ?? this.make(key, look);
    if (this.batchOf[slot] !== batch) {
      this.batchOf[slot] = batch;
      this.rowOf[slot] = batch.add(slot);
    }
    if (look.tint && batch.colors) {
      for (let part = 0; part < 3; part++) batch.colors.array[3 * this.rowOf[slot] + part] = linear(look.tint[part] / 255);
      batch.colors.needsUpdate = true;
    }
    this.write(slot, now);
  }

  /** Write a slot's matrix as it is shown now. */
  write(slot: number, now: number): void {
    const batch = this.batchOf[slot];
    if (!batch) return;
    const row = this.rowOf[slot];
    this.matrixOf(slot, now, batch.matrices.array as Float32Array, row * 16);
    batch.touch(row);
  }

  /** A slot's matrix from the picture's origin, column by column. */
  matrixOf(slot: number, now: number, out: Float32Array | number[], at: number): void {
    const { things, place, turn, base } = this;
    things.place(slot, now, place);
    things.turn(slot, now, turn);
    const x = turn[0], y = turn[1], z = turn[2], w = turn[3];
    const sx = things.scales[3 * slot], sy = things.scales[3 * slot + 1], sz = things.scales[3 * slot + 2];
    out[at] = (1 - 2 * (y * y + z * z)) * sx;
    out[at + 1] = 2 * (x * y + z * w) * sx;
    out[at + 2] = 2 * (x * z - y * w) * sx;
    out[at + 3] = 0;
    out[at + 4] = 2 * (x * y - z * w) * sy;
    out[at + 5] = (1 - 2 * (x * x + z * z)) * sy;
    out[at + 6] = 2 * (y * z + x * w) * sy;
    out[at + 7] = 0;
    out[at + 8] = 2 * (x * z + y * w) * sz;
    out[at + 9] = 2 * (y * z - x * w) * sz;
    out[at + 10] = (1 - 2 * (x * x + y * y)) * sz;
    out[at + 11] = 0;
    out[at + 12] = place[0] - base[0];
    out[at + 13] = place[1] - base[1];
    out[at + 14] = place[2] - base[2];
    out[at + 15] = 1;
  }

  batch(slot: number): Batch | null {
    return this.batchOf[slot] ?? null;
  }

  fade(slot: number, share: number): void {
    const batch = this.batchOf[slot];
    if (!batch || batch.fades.array[this.rowOf[slot]] === share) return;
    batch.fades.array[this.rowOf[slot]] = share;
    batch.fades.needsUpdate = true;
  }

  /** Meshes that have arrived are shown from now on. */
  arrived(hash: string): void {
    const mesh = this.meshes.loaded.get(hash);
    for (const slot of this.waiting.get(hash) ?? []) this.things.retold.add(slot);
    this.waiting.delete(hash);
    for (const batch of this.all.values()) if (mesh && batch.hash === hash && !batch.mesh) batch.show(mesh, this.group);
  }

  commit(): void {
    let hasGone = false;
    for (const [key, batch] of this.all) {
      batch.commit();
      if (batch.count > 0) continue;
      batch.dispose(this.group);
      this.all.delete(key);
      hasGone = true;
    }
    if (hasGone) this.meshes.keep(new Set([...this.all.values()].map((batch) => batch.hash)));
  }

  /** Put the picture's origin elsewhere. */
  rebase(to: readonly [number, number, number], now: number): void {
    this.base.set(to);
    for (const batch of this.all.values()) for (let row = 0; row < batch.count; row++) this.write(batch.slots[row], now);
  }

  private make(key: string, look: Look): Batch {
    const batch = new Batch(look.mesh!, look.shadow !== false, look.tint !== undefined);
    this.all.set(key, batch);
    const mesh = this.meshes.get(look.mesh!);
    if (mesh) batch.show(mesh, this.group);
    return batch;
  }

  private takeOut(slot: number, batch: Batch): void {
    const row = this.rowOf[slot];
    const moved = batch.remove(row);
    if (moved !== NONE) this.rowOf[moved] = row;
    this.batchOf[slot] = null;
  }

  private reserve(count: number): void {
    if (count <= this.rowOf.length) return;
    const rows = new Int32Array(Math.max(count, this.rowOf.length * 2, 256));
    rows.set(this.rowOf);
    this.rowOf = rows;
  }
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
