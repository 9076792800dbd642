// Things of one mesh that stand in one part of the world: drawn at once, and left out at once where nobody sees them.
import * as THREE from "three";
import type { LoadedMesh } from "./meshes";

export const NONE = -1;
/** What is smaller in the picture, in pixels, is left out; and below how many nothing casts a shadow. */
const SPECK = 0.15;
const SHADOWLESS = 4;
const STALE = 512;

export class Chunk {
  count = 0;
  slots = new Uint32Array(4);
  matrices = new THREE.InstancedBufferAttribute(new Float32Array(4 * 16), 16);
  /** Where each one's paint begins, and how faded it is. */
  states = new THREE.InstancedBufferAttribute(new Float32Array(4 * 2), 2);
  /** Where each one's joints and weights lie (`bodies`). */
  bends = new THREE.InstancedBufferAttribute(new Float32Array(4 * 2).fill(-1), 2);
  mesh: LoadedMesh | null = null;
  private meshes: { drawn: THREE.InstancedMesh; part: number; casts: boolean }[] = [];
  private readonly sphere = new THREE.Sphere();
  private readonly box = new THREE.Box3();
  /** Of the largest one. */
  private radius = 0;
  private low = Infinity;
  private high = -1;
  /** How often rows were written since the box was measured. */
  private written = Infinity;

  constructor(private readonly group: THREE.Group, private readonly shadow: boolean, readonly key: number) {}

  add(slot: number): number {
    if (this.count === this.slots.length) this.grow();
    this.slots[this.count] = slot;
    this.count += 1;
    return this.count - 1;
  }

  /** Take a row away; gives the slot that moved into it, or none. */
  remove(row: number): number {
    const last = this.count - 1;
    this.count = last;
    if (row === last) return NONE;
    this.slots[row] = this.slots[last]!;
    this.matrices.array.copyWithin(row * 16, last * 16, last * 16 + 16);
    this.states.array.copyWithin(row * 2, last * 2, last * 2 + 2);
    this.states.needsUpdate = true;
    this.bends.array.copyWithin(row * 2, last * 2, last * 2 + 2);
    this.bends.needsUpdate = true;
    this.mark(row);
    return this.slots[row]!;
  }

  /** Set where a row's paint begins. */
  paint(row: number, at: number): void {
    if (this.states.array[2 * row] === at) return;
    this.states.array[2 * row] = at;
    this.states.needsUpdate = true;
  }

  /** Where a row's paint begins, and how faded it is. */
  state(row: number): [number, number] {
    return [this.states.array[2 * row]!, this.states.array[2 * row + 1]!];
  }

  /** Set where a row's joints and weights lie. */
  bend(row: number, [joints, weights]: readonly [number, number]): void {
    const { array } = this.bends;
    if (array[2 * row] === joints && array[2 * row + 1] === weights) return;
    array[2 * row] = joints;
    array[2 * row + 1] = weights;
    this.bends.needsUpdate = true;
  }

  /** All places are to be written anew. */
  forgetPlaces(): void {
    this.written = Infinity;
  }

  fade(row: number, share: number): void {
    if (this.states.array[2 * row + 1] === share) return;
    this.states.array[2 * row + 1] = share;
    this.states.needsUpdate = true;
  }

  /** A row's matrix was written. */
  touch(row: number): void {
    this.mark(row);
    if (this.mesh) this.include(row);
    this.written += 1;
  }

  show(mesh: LoadedMesh): void {
    this.mesh = mesh;
    this.written = Infinity;
    mesh.parts.forEach((part, number) => {
      if (part.kind !== "triangles") return;
      const geometry = new THREE.BufferGeometry();
      geometry.index = part.geometry.index;
      geometry.attributes = { ...part.geometry.attributes };
      const drawn = new THREE.InstancedMesh(geometry, part.material, 0);
      drawn.receiveShadow = true;
      if (part.shadow) drawn.customDepthMaterial = part.shadow;
      drawn.boundingSphere = this.sphere;
      this.meshes.push({ drawn, part: number, casts: this.shadow && !part.material.transparent });
      this.group.add(drawn);
    });
    this.attach();
  }

  /** Bring what changed to the device's arrays. */
  commit(): void {
    if (this.written > STALE + 4 * this.count) this.measure();
    for (const { drawn } of this.meshes) drawn.count = this.count;
    if (this.high < 0) return;
    this.matrices.clearUpdateRanges();
    this.matrices.addUpdateRange(this.low * 16, (this.high - this.low + 1) * 16);
    this.matrices.needsUpdate = true;
    this.low = Infinity;
    this.high = -1;
  }

  /** Draw as fine as can be seen from an eye, where something a metre away and a metre wide is so many pixels wide. */
  seenFrom(eye: THREE.Vector3, pixels: number): void {
    const { center, radius } = this.sphere;
    const apart = Math.max(eye.distanceTo(center) - radius, 1e-3);
    const across = (2 * this.radius * pixels) / apart;
    for (const { drawn, part, casts } of this.meshes) {
      drawn.visible = this.count > 0 && across > SPECK;
      drawn.castShadow = casts && across > SHADOWLESS;
      drawn.geometry.index = this.mesh!.coarse[part]!.indexFor(across);
    }
  }

  dispose(): void {
    for (const { drawn } of this.meshes) {
      this.group.remove(drawn);
      drawn.dispose();
      drawn.geometry.attributes = {}; // the arrays are the mesh's, which others may show
      drawn.geometry.index = null;
      drawn.geometry.dispose();
    }
    this.meshes = [];
  }

  /** The box around all rows, from the picture's origin. */
  around(): THREE.Box3 {
    if (this.written > 0) this.measure();
    return this.box;
  }

  private mark(row: number): void {
    if (row < this.low) this.low = row;
    if (row > this.high) this.high = row;
  }

  private measure(): void {
    this.box.makeEmpty();
    this.radius = 0;
    this.written = 0;
    if (this.mesh) for (let row = 0; row < this.count; row++) this.include(row);
  }

  private include(row: number): void {
    const { center, radius } = this.mesh!.sphere;
    const m = this.matrices.array;
    const at = row * 16;
    const scale = Math.sqrt(Math.max(
      m[at]! ** 2 + m[at + 1]! ** 2 + m[at + 2]! ** 2, m[at + 4]! ** 2 + m[at + 5]! ** 2 + m[at + 6]! ** 2,
      m[at + 8]! ** 2 + m[at + 9]! ** 2 + m[at + 10]! ** 2,
    ));
    const reach = radius * scale;
    const x = m[at]! * center.x + m[at + 4]! * center.y + m[at + 8]! * center.z + m[at + 12]!;
    const y = m[at + 1]! * center.x + m[at + 5]! * center.y + m[at + 9]! * center.z + m[at + 13]!;
    const z = m[at + 2]! * center.x + m[at + 6]! * center.y + m[at + 10]! * center.z + m[at + 14]!;
    const { min, max } = this.box;
    if (x - reach < min.x) min.x = x - reach;
    if (y - reach < min.y) min.y = y - reach;
    if (z - reach < min.z) min.z = z - reach;
    if (x + reach > max.x) max.x = x + reach;
    if (y + reach > max.y) max.y = y + reach;
    if (z + reach > max.z) max.z = z + reach;
    if (reach > this.radius) this.radius = reach;
    this.box.getBoundingSphere(this.sphere);
  }

  private attach(): void {
    for (const { drawn } of this.meshes) {
      drawn.instanceMatrix = this.matrices;
      drawn.geometry.setAttribute("state", this.states);
      drawn.geometry.setAttribute("bend", this.bends);
      drawn.count = this.count;
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
    for (const { drawn } of this.meshes) drawn.dispose();
    this.matrices = grown(this.matrices);
    this.states = grown(this.states);
    this.bends = grown(this.bends);
    this.low = 0;
    this.high = this.count - 1;
    this.attach();
  }
}
