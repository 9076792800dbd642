// Instances: things of one mesh are rows of arrays. Where there are many they lie in chunks, each for a cube of the world.
import * as THREE from "three";
import type { Bodies } from "./bodies";
import { Chunk, NONE } from "./chunk";
import type { Look } from "./looks";
import type { Meshes } from "./meshes";
import type { Things } from "./things";

/** About so many things make a chunk. */
const CHUNK = 128;
/** Chunks are made anew when there are so many times as many things as there were. */
const MORE = 4;

/** All things of one mesh. */
class Batch {
  readonly chunks = new Map<number, Chunk>();
  count = 0;
  /** The side of a chunk's cube; infinite where all is one. */
  cell = Infinity;
  countWhenCut = CHUNK;

  constructor(readonly hash: string, readonly shadow: boolean) {}

  get isShown(): boolean {
    for (const chunk of this.chunks.values()) return chunk.mesh !== null;
    return false;
  }

  /** The chunk of a place. */
  keyAt(x: number, y: number, z: number): number {
    if (this.cell === Infinity) return 0;
    return (part(x / this.cell) * 131072 + part(y / this.cell)) * 131072 + part(z / this.cell);
  }
}

function part(share: number): number {
  return Math.floor(share) & 0x1ffff;
}

export type { Chunk };

export class Batches {
  readonly group = new THREE.Group();
  /** Where the picture's origin is, in metres of the world: matrices are told from it, for shaders have short numbers. */
  readonly base = new Float64Array(3);
  private readonly all = new Map<string, Batch>();
  private batchOf: (Batch | null)[] = [];
  private chunkOf: (Chunk | null)[] = [];
  private rowOf = new Int32Array(0);
  private readonly touched = new Set<Chunk>();
  /** Slots that keep the look they had until the mesh of the new one is there, by its hash. */
  private readonly waiting = new Map<string, Set<number>>();
  private readonly place = new Float64Array(3);
  private readonly turn = new Float32Array(4);
  private readonly fresh = new Float32Array(16);

  constructor(private readonly things: Things, private readonly meshes: Meshes, private readonly bodies: Bodies) {}

  /** All that is drawn. */
  *chunks(): Iterable<Chunk> {
    for (const batch of this.all.values()) yield* batch.chunks.values();
  }

  /** Draw a slot by a look; null draws it no more. */
  put(slot: number, look: Look | null, now: number): void {
    this.reserve(slot + 1);
    const key = look?.mesh ? `${look.mesh}${look.shadow === false ? "" : " shadow"}` : "";
    const before = this.batchOf[slot];
    if (look?.mesh && before?.isShown && before.hash !== look.mesh && !this.meshes.get(look.mesh)) {
      const slots = this.waiting.get(look.mesh);
      if (slots) slots.add(slot);
      else this.waiting.set(look.mesh, new Set([slot]));
      return;
    }
    if (before && (key === "" || this.all.get(key) !== before)) {
      this.takeOut(slot);
      before.count -= 1;
      this.batchOf[slot] = null;
    }
    if (key === "" || !look) return;
    if (!this.batchOf[slot]) {
      const batch = this.all.get(key) ?? this.make(key, look);
      batch.count += 1;
      this.batchOf[slot] = batch;
    }
    this.write(slot, now);
    this.chunkOf[slot]!.paint(this.rowOf[slot]!, look.paintAt ?? 0);
  }

  /** Write a slot's matrix as it is shown now. */
  write(slot: number, now: number): void {
    const batch = this.batchOf[slot];
    if (!batch) return;
    const { fresh, base } = this;
    this.matrixOf(slot, now, fresh, 0);
    const key = batch.keyAt(fresh[12]! + base[0]!, fresh[13]! + base[1]!, fresh[14]! + base[2]!);
    let chunk = this.chunkOf[slot] ?? null;
    if (!chunk || chunk.key !== key) chunk = this.carry(slot, batch, key);
    const row = this.rowOf[slot]!;
    (chunk.matrices.array as Float32Array).set(fresh, row * 16);
    chunk.touch(row);
    this.touched.add(chunk);
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

  /** The chunk that a slot is drawn with. */
  chunk(slot: number): Chunk | null {
    return this.chunkOf[slot] ?? null;
  }

  fade(slot: number, share: number): void {
    this.chunkOf[slot]?.fade(this.rowOf[slot]!, share);
  }

  /** Slots are bent by other joints than before. */
  bend(slots: readonly number[]): void {
    for (const slot of slots) this.chunkOf[slot]?.bend(this.rowOf[slot]!, this.bodies.placeOf(slot));
  }

  /** Meshes that have arrived are shown from now on. */
  arrived(hash: string): void {
    const mesh = this.meshes.loaded.get(hash);
    for (const slot of this.waiting.get(hash) ?? []) this.things.retold.add(slot);
    this.waiting.delete(hash);
    for (const batch of this.all.values()) {
      if (mesh && batch.hash === hash && !batch.isShown) for (const chunk of batch.chunks.values()) this.show(chunk, batch);
    }
  }

  /** Bring what changed to the device. */
  commit(now: number): void {
    let hasGone = false;
    for (const [key, batch] of this.all) {
      if (batch.count > 0) {
        if (batch.count > MORE * batch.countWhenCut && batch.isShown) this.cut(batch, now);
        continue;
      }
      for (const chunk of batch.chunks.values()) chunk.dispose();
      this.all.delete(key);
      hasGone = true;
    }
    for (const chunk of this.touched) chunk.commit();
    this.touched.clear();
    if (hasGone) this.meshes.keep(new Set([...this.all.values()].map((batch) => batch.hash)));
  }

  /** Draw all as fine as can be seen from an eye. */
  seenFrom(eye: THREE.Vector3, pixels: number): void {
    for (const chunk of this.chunks()) if (chunk.mesh) chunk.seenFrom(eye, pixels);
  }

  /** Put the picture's origin elsewhere. */
  rebase(to: readonly [number, number, number], now: number): void {
    this.base.set(to);
    for (const chunk of this.chunks()) chunk.forgetPlaces();
    for (let slot = 0; slot < this.batchOf.length; slot++) if (this.batchOf[slot]) this.write(slot, now);
  }

  private make(key: string, look: Look): Batch {
    const batch = new Batch(look.mesh!, look.shadow !== false);
    this.all.set(key, batch);
    this.meshes.get(look.mesh!);
    return batch;
  }

  private show(chunk: Chunk, batch: Batch): void {
    const mesh = this.meshes.loaded.get(batch.hash);
    if (mesh) chunk.show(mesh);
    this.touched.add(chunk);
  }

  /** Put a slot into the chunk of a place, with the paint that it has; its matrix is to be written. */
  private carry(slot: number, batch: Batch, key: number): Chunk {
    const before = this.chunkOf[slot];
    const [paintAt, faded] = before ? before.state(this.rowOf[slot]!) : [0, 0];
    if (before) this.takeOut(slot);
    let chunk = batch.chunks.get(key);
    if (!chunk) {
      chunk = new Chunk(this.group, batch.shadow, key);
      batch.chunks.set(key, chunk);
      this.show(chunk, batch);
    }
    const row = chunk.add(slot);
    this.chunkOf[slot] = chunk;
    this.rowOf[slot] = row;
    chunk.paint(row, paintAt);
    chunk.fade(row, faded);
    chunk.bend(row, this.bodies.placeOf(slot));
    return chunk;
  }

  private takeOut(slot: number): void {
    const chunk = this.chunkOf[slot], batch = this.batchOf[slot];
    if (!chunk || !batch) return;
    const row = this.rowOf[slot]!;
    const moved = chunk.remove(row);
    if (moved !== NONE) this.rowOf[moved] = row;
    this.chunkOf[slot] = null;
    this.touched.add(chunk);
    if (chunk.count > 0 || batch.cell === Infinity) return;
    chunk.dispose();
    batch.chunks.delete(chunk.key);
    this.touched.delete(chunk);
  }

  /** Cut the cubes of a batch so that each has a good many things in it. */
  private cut(batch: Batch, now: number): void {
    const box = new THREE.Box3();
    for (const chunk of batch.chunks.values()) box.union(chunk.around());
    const sides = box.getSize(new THREE.Vector3()).toArray();
    const wanted = batch.count / CHUNK;
    let cell = Math.max(...sides);
    const cubes = (side: number): number => sides.reduce((product, each) => product * Math.max(each / side, 1), 1);
    while (cubes(cell) < wanted) cell /= 1.26;
    batch.countWhenCut = batch.count;
    batch.cell = cell;
    const slots: number[] = [];
    for (const chunk of batch.chunks.values()) for (let row = 0; row < chunk.count; row++) slots.push(chunk.slots[row]!);
    for (const slot of slots) this.write(slot, now);
    for (const [key, chunk] of batch.chunks) {
      if (chunk.count > 0) continue;
      chunk.dispose();
      batch.chunks.delete(key);
      this.touched.delete(chunk);
    }
  }

  private reserve(count: number): void {
    if (count <= this.rowOf.length) return;
    const rows = new Int32Array(Math.max(count, this.rowOf.length * 2, 256));
    rows.set(this.rowOf);
    this.rowOf = rows;
  }
}
