// People and other bent things: their poses in flat arrays by row, brought to the device as matrices and weights in two textures.
import * as THREE from "three";
import { readPoses, unpackTurn, WEIGHT_STEPS, type PoseFrame, type PoseHearer } from "../wire/pose_frame";
import { jointMatrices, nodeMatrices } from "./posing";
import { Rows } from "./rows";
import type { Skeleton, Skeletons } from "./skeletons";

/** A thing that is not bent. */
export const STRAIGHT = -1;
const WIDTH = 1024;
/** Texels of a matrix. */
const MATRIX = 3;
const SLOWEST_MS = 1200;
const MOST_EARLY = 256;
/** A pose is reached a little after the next one is due, so that nobody stands still between two. */
const LATE = 1.15;

interface Body {
  number: number;
  hash: string;
  slots: number[];
  nodes: number;
  weights: number;
  skeleton: Skeleton | null;
  /** Where its rows begin: of nodes, of weights. */
  row: number;
  face: number;
  /** Where the matrices of each skin, and the weights of each mesh, lie in the textures. */
  palettes: number[];
  lists: number[];
  heardAt: number;
  begun: number;
  interval: number;
}

export class Bodies {
  readonly matrices = { value: texture(THREE.RGBAFormat, 4) };
  readonly weights = { value: texture(THREE.RGFormat, 2) };
  private readonly all = new Map<number, Body>();
  private readonly bodyOf = new Map<number, { body: Body; mesh: number }>();
  private readonly moving = new Set<Body>();
  private readonly nodeRows = new Rows();
  private readonly faceRows = new Rows();
  private readonly matrixRows = new Rows();
  private readonly listRows = new Rows();
  /** Where nodes go from and to: quaternions, translations and sizes, ten numbers of each. */
  private from = new Float32Array(0);
  private to = new Float32Array(0);
  private faceFrom = new Float32Array(0);
  private faceTo = new Float32Array(0);
  private shown = new Float32Array(0);
  private worlds = new Float32Array(0);

  /** `onBent` hears of slots that are bent otherwise from now on. */
  constructor(private readonly skeletons: Skeletons, private readonly onBent: (slots: readonly number[]) => void) {}

  get isMoving(): boolean {
    return this.moving.size > 0;
  }

  /** What the stream says of bodies; null forgets all. */
  hear(told: Record<string, unknown> | null): void {
    if (!told) {
      for (const number of [...this.all.keys()]) this.drop(number);
      return;
    }
    for (const [key, facts] of Object.entries(told)) {
      const number = Number(key);
      this.drop(number);
      if (Array.isArray(facts)) this.add(number, facts);
    }
  }

  /** Take in poses; of those with a certain skeleton only, where one is named. */
  take(frame: PoseFrame, now: number, only?: string): void {
    let body: Body | null = null;
    const hearer: PoseHearer = {
      turn: (node, packed) => unpackTurn(packed, this.to, 10 * (body!.row + node)),
      shift: (node, x, y, z) => this.put(body!, node, 4, x * body!.skeleton!.unit, y * body!.skeleton!.unit, z * body!.skeleton!.unit),
      size: (node, x, y, z) => this.put(body!, node, 7, x, y, z),
      weigh: (place, steps) => void (this.faceTo[body!.face + place] = steps / WEIGHT_STEPS),
    };
    let waits = false;
    readPoses(frame, (row) => {
      body = this.all.get(frame.bodies[row]!) ?? null;
      if (!body || body.nodes !== frame.nodes[row] || body.weights !== frame.weights[row]) return null;
      if (only !== undefined && body.hash !== only) return null;
      if (!body.skeleton) {
        waits = true;
        return null;
      }
      this.setOut(body, now);
      return hearer;
    });
    if (waits && only === undefined && this.early.length < MOST_EARLY) this.early.push(frame);
  }

  /** A skeleton has come. */
  arrived(hash: string): void {
    for (const body of this.all.values()) if (body.hash === hash) this.dress(body);
    for (const frame of this.early) this.take(frame, performance.now(), hash);
    if ([...this.all.values()].every((body) => body.skeleton)) this.early = [];
  }

  /** Frames that speak of bodies whose skeletons are on their way. */
  private early: PoseFrame[] = [];

  /** Bring poses to the device as they are now; gives whether anything moved. */
  update(now: number): boolean {
    if (!this.moving.size) return false;
    for (const body of this.moving) {
      const share = Math.min((now - body.begun) / body.interval, 1);
      this.pose(body, share);
      if (share >= 1) this.moving.delete(body);
    }
    this.matrices.value.needsUpdate = true;
    return true;
  }

  /** Where a slot's matrices and weights lie; STRAIGHT where it has none. */
  placeOf(slot: number): readonly [number, number] {
    const found = this.bodyOf.get(slot);
    const skeleton = found?.body.skeleton;
    if (!found || !skeleton) return [STRAIGHT, STRAIGHT];
    const mesh = skeleton.meshes[found.mesh]!;
    return [mesh.skin < 0 ? STRAIGHT : found.body.palettes[mesh.skin]!, mesh.count ? found.body.lists[found.mesh]! : STRAIGHT];
  }

  /** The matrix of a joint, rows of 3x4, where a slot's matrices begin. */
  joint(at: number, joint: number): Float32Array {
    const data = this.matrices.value.image.data as Float32Array;
    return data.subarray(4 * (at + MATRIX * joint), 4 * (at + MATRIX * (joint + 1)));
  }

  private add(number: number, facts: unknown[]): void {
    const [hash, nodes, weights, slots] = facts;
    const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 65536;
    if (typeof hash !== "string" || !isCount(nodes) || !isCount(weights) || !Array.isArray(slots) || !slots.every(Number.isInteger)) return;
    const body: Body = {
      number, hash, slots: slots as number[], nodes, weights, skeleton: null, row: 0, face: 0, palettes: [], lists: [],
      heardAt: 0, begun: 0, interval: 100,
    };
    this.all.set(number, body);
    body.slots.forEach((slot, mesh) => this.bodyOf.set(slot, { body, mesh }));
    this.dress(body);
  }

  /** Give a body its rows, once its skeleton is there. */
  private dress(body: Body): void {
    const skeleton = this.skeletons.get(body.hash);
    if (!skeleton || body.skeleton) return;
    if (skeleton.parents.length !== body.nodes || skeleton.weights.length !== body.weights || skeleton.meshes.length !== body.slots.length) {
      console.warn("a body is left out: its skeleton is another's");
      return;
    }
    body.skeleton = skeleton;
    body.row = this.nodeRows.take(body.nodes);
    body.face = this.faceRows.take(body.weights);
    body.palettes = skeleton.skins.map((skin) => this.matrixRows.take(MATRIX * skin.joints.length));
    body.lists = skeleton.meshes.map((mesh) => (mesh.count ? this.listRows.take(mesh.count + 1) : STRAIGHT));
    this.reserve();
    for (let node = 0; node < body.nodes; node++) {
      const at = 10 * (body.row + node);
      this.to.set(skeleton.rotations.subarray(4 * node, 4 * node + 4), at);
      this.to.set(skeleton.translations.subarray(3 * node, 3 * node + 3), at + 4);
      this.to.set(skeleton.scales.subarray(3 * node, 3 * node + 3), at + 7);
    }
    this.faceTo.set(skeleton.weights, body.face);
    this.pose(body, 1);
    this.moving.add(body);
    this.onBent(body.slots);
  }

  private drop(number: number): void {
    const body = this.all.get(number);
    if (!body) return;
    this.all.delete(number);
    this.moving.delete(body);
    for (const slot of body.slots) if (this.bodyOf.get(slot)?.body === body) this.bodyOf.delete(slot);
    if (body.skeleton) {
      this.nodeRows.giveBack(body.row, body.nodes);
      this.faceRows.giveBack(body.face, body.weights);
      body.skeleton.skins.forEach((skin, at) => this.matrixRows.giveBack(body.palettes[at]!, MATRIX * skin.joints.length));
      body.skeleton.meshes.forEach((mesh, at) => mesh.count && this.listRows.giveBack(body.lists[at]!, mesh.count + 1));
    }
    this.onBent(body.slots);
  }

  private put(body: Body, node: number, part: number, x: number, y: number, z: number): void {
    this.to.set([x, y, z], 10 * (body.row + node) + part);
  }

  /** Begin the way from where a body is shown to what is told next. */
  private setOut(body: Body, now: number): void {
    const begin = 10 * body.row, end = begin + 10 * body.nodes;
    const share = body.heardAt ? Math.min((now - body.begun) / body.interval, 1) : 1;
    const { from, to, faceFrom, faceTo } = this;
    for (let at = begin; at < end; at += 10) mix(from, to, at, share, from);
    for (let at = body.face; at < body.face + body.weights; at++) faceFrom[at]! += (faceTo[at]! - faceFrom[at]!) * share;
    const isFirst = !body.heardAt;
    body.interval = isFirst ? 1 : Math.min(Math.max((now - body.heardAt) * LATE, 40), SLOWEST_MS);
    body.heardAt = body.begun = now;
    this.moving.add(body);
  }

  /** Write a body's matrices and weights as it is shown. */
  private pose(body: Body, share: number): void {
    const skeleton = body.skeleton!;
    if (this.shown.length < 10 * body.nodes) {
      this.shown = new Float32Array(10 * body.nodes);
      this.worlds = new Float32Array(12 * body.nodes);
    }
    for (let node = 0; node < body.nodes; node++) mix(this.from, this.to, 10 * (body.row + node), share, this.shown, 10 * node);
    nodeMatrices(skeleton, this.shown, this.worlds);
    const out = this.matrices.value.image.data as Float32Array;
    skeleton.skins.forEach((skin, number) => jointMatrices(skin, this.worlds, out, 4 * body.palettes[number]!));
    skeleton.meshes.forEach((mesh, number) => mesh.count && this.list(body, mesh.first, mesh.count, body.lists[number]!, share));
  }

  /** Write which targets a mesh shows, and how much: only those are added up. */
  private list(body: Body, first: number, count: number, at: number, share: number): void {
    const out = this.weights.value.image.data as Float32Array;
    let shown = 0, isOther = false;
    for (let target = 0; target < count; target++) {
      const row = body.face + first + target;
      const weight = this.faceFrom[row]! + (this.faceTo[row]! - this.faceFrom[row]!) * share;
      if (Math.abs(weight) < 1e-4) continue;
      shown += 1;
      const to = 2 * (at + shown);
      isOther ||= out[to] !== target || out[to + 1] !== weight;
      out[to] = target;
      out[to + 1] = weight;
    }
    isOther ||= out[2 * at] !== shown;
    out[2 * at] = shown;
    if (isOther) this.weights.value.needsUpdate = true;
  }

  private reserve(): void {
    const rows = (old: Float32Array, count: number): Float32Array<ArrayBuffer> => {
      const made = new Float32Array(old.length >= count ? old.length : Math.max(count, 2 * old.length));
      made.set(old);
      return made;
    };
    if (this.to.length < 10 * this.nodeRows.used) [this.from, this.to] = [rows(this.from, 10 * this.nodeRows.used), rows(this.to, 10 * this.nodeRows.used)];
    if (this.faceTo.length < this.faceRows.used) [this.faceFrom, this.faceTo] = [rows(this.faceFrom, this.faceRows.used), rows(this.faceTo, this.faceRows.used)];
    grow(this.matrices, this.matrixRows.used, THREE.RGBAFormat, 4);
    grow(this.weights, this.listRows.used, THREE.RGFormat, 2);
  }
}

/** Ten numbers of a node, a share of the way from one pose to another; the shorter way round. */
function mix(from: Float32Array, to: Float32Array, at: number, share: number, out: Float32Array, into = at): void {
  const sign = from[at]! * to[at]! + from[at + 1]! * to[at + 1]! + from[at + 2]! * to[at + 2]! + from[at + 3]! * to[at + 3]! < 0 ? -1 : 1;
  let length = 0;
  for (let part = 0; part < 4; part++) {
    const value = from[at + part]! * sign * (1 - share) + to[at + part]! * share;
    out[into + part] = value;
    length += value * value;
  }
  const norm = length > 0 ? 1 / Math.sqrt(length) : 1;
  for (let part = 0; part < 4; part++) out[into + part]! *= norm;
  for (let part = 4; part < 10; part++) out[into + part] = from[at + part]! + (to[at + part]! - from[at + part]!) * share;
}

function texture(format: THREE.PixelFormat, width: number, height = 1): THREE.DataTexture {
  const made = new THREE.DataTexture(new Float32Array(width * WIDTH * height), WIDTH, height, format, THREE.FloatType);
  made.needsUpdate = true;
  return made;
}

function grow(held: { value: THREE.DataTexture }, texels: number, format: THREE.PixelFormat, width: number): void {
  const old = held.value;
  let height = old.image.height;
  while (texels > WIDTH * height) height *= 2;
  if (height === old.image.height) return;
  held.value = texture(format, width, height);
  (held.value.image.data as Float32Array).set(old.image.data as Float32Array);
  old.dispose();
}
