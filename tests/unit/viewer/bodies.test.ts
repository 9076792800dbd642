// Poses as the page takes them: by messages that Python wrote, against matrices that numpy worked out; and what is no message.
import "./page";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Bodies, STRAIGHT } from "../../../engine/taixu/serve/viewer/src/scene/bodies";
import { readSkeleton, type Skeleton, type Skeletons } from "../../../engine/taixu/serve/viewer/src/scene/skeletons";
import { decodePoses, isPoseFrame } from "../../../engine/taixu/serve/viewer/src/wire/pose_frame";

interface Case {
  skeleton: Record<string, unknown>;
  hash: string;
  bodies: Record<string, unknown>;
  /** Messages in hexadecimal, and what the joints' matrices and the weights are when each is reached. */
  messages: string[];
  matrices: number[][];
  weights: number[];
}

const told = JSON.parse(readFileSync(process.env["POSES"]!, "utf8")) as Case;
const bytes = (hex: string): ArrayBuffer => {
  const data = Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return data.buffer.slice(0, data.length) as ArrayBuffer;
};

function stage(isThere = true): { bodies: Bodies; bent: number[]; come: () => void } {
  let known: Skeleton | null = isThere ? readSkeleton(told.skeleton) : null;
  const shelf = { get: () => known } as unknown as Skeletons;
  const bent: number[] = [];
  const bodies = new Bodies(shelf, (slots) => bent.push(...slots));
  return { bodies, bent, come: () => { known = readSkeleton(told.skeleton); bodies.arrived(told.hash); } };
}

function assertNear(found: ArrayLike<number>, wanted: readonly number[], within: number): void {
  wanted.forEach((value, at) => assert.ok(Math.abs(found[at]! - value) < within, `${at}: ${found[at]} is not ${value}`));
}

function matricesOf(bodies: Bodies, slot: number): number[] {
  const [at] = bodies.placeOf(slot);
  return [0, 1, 2].flatMap((joint) => [...bodies.joint(at, joint)]);
}

test("what is told is what is drawn, and what lies between two poses lies between", () => {
  const { bodies, bent } = stage();
  bodies.hear(told.bodies);
  assert.deepEqual(bent.slice(-1), [7]);
  let now = 1000;
  told.messages.forEach((message, step) => {
    bodies.take(decodePoses(bytes(message)), now);
    bodies.update(now + 2000);
    assertNear(matricesOf(bodies, 7), told.matrices[step]!, 1e-2);
    const [, at] = bodies.placeOf(7);
    const weights = bodies.weights.value.image.data as Float32Array;
    const shown = weights[2 * at] ? weights[2 * at + 3]! : 0;
    assert.ok(Math.abs(shown - told.weights[step]!) < 1e-3, `weight ${shown} is not ${told.weights[step]}`);
    now += 3000;
  });
  assert.equal(bodies.isMoving, false);
  const before = matricesOf(bodies, 7);
  bodies.take(decodePoses(bytes(told.messages[0]!)), now);
  bodies.update(now + 100);
  const between = matricesOf(bodies, 7);
  assert.ok(between.some((value, at) => Math.abs(value - before[at]!) > 1e-3), "it has set out");
  assert.ok(bodies.isMoving, "and is not there yet");
});

test("poses that come before their skeleton wait for it", () => {
  const { bodies, come } = stage(false);
  bodies.hear(told.bodies);
  for (const message of told.messages) bodies.take(decodePoses(bytes(message)), 0);
  assert.deepEqual(bodies.placeOf(7), [STRAIGHT, STRAIGHT]);
  come();
  bodies.update(performance.now() + 5000);
  assertNear(matricesOf(bodies, 7), told.matrices.at(-1)!, 1e-2);
});

test("a body that went leaves its slots straight, and its rows to others", () => {
  const { bodies, bent } = stage();
  bodies.hear(told.bodies);
  const [first] = bodies.placeOf(7);
  bent.length = 0;
  bodies.hear({ 3: null });
  assert.deepEqual([bodies.placeOf(7), bent], [[STRAIGHT, STRAIGHT], [7]]);
  bodies.hear({ 8: [told.hash, 5, 1, [9]] });
  assert.equal(bodies.placeOf(9)[0], first);
  bodies.hear(null);
  assert.deepEqual(bodies.placeOf(9), [STRAIGHT, STRAIGHT]);
});

test("poses of nobody and of somebody who is told otherwise are left alone", () => {
  const { bodies } = stage();
  for (const message of told.messages) bodies.take(decodePoses(bytes(message)), 0);
  bodies.hear({ 3: [told.hash, 4, 1, [7]] }); // another number of nodes than its skeleton has
  for (const message of told.messages) bodies.take(decodePoses(bytes(message)), 0);
  assert.deepEqual(bodies.placeOf(7), [STRAIGHT, STRAIGHT]);
  for (const facts of [[], [1, 2, 3, 4], [told.hash, -1, 1, [7]], [told.hash, 5, 1e9, [7]], [told.hash, 5, 1, ["7"]], "x", 5]) bodies.hear({ 3: facts });
  assert.deepEqual(bodies.placeOf(7), [STRAIGHT, STRAIGHT]);
});

test("messages that end early, count wrong or say senseless things throw, and nothing else", () => {
  const whole = told.messages.map(bytes);
  for (const message of whole) {
    for (let length = 0; length < message.byteLength; length++) assert.throws(() => decodePoses(message.slice(0, length)));
  }
  let seed = 1;
  const chance = (end: number): number => (seed = (seed * 48271) % 2147483647) % end;
  let refused = 0;
  for (let turn = 0; turn < 3000; turn++) {
    const message = whole[chance(whole.length)]!.slice(0);
    const data = new Uint8Array(message);
    for (let many = 0; many <= chance(4); many++) data[4 + chance(data.length - 4)] = chance(256);
    const { bodies } = stage();
    bodies.hear(told.bodies);
    try {
      bodies.take(decodePoses(message), 0);
    } catch (error) {
      assert.ok(error instanceof Error && /poses/.test(error.message), String(error));
      refused += 1;
    }
    bodies.update(5000);
    assert.ok(matricesOf(bodies, 7).every(Number.isFinite));
  }
  assert.ok(refused > 100);
  assert.equal(isPoseFrame(new ArrayBuffer(40)), false);
});

test("what is no skeleton throws", () => {
  const { skeleton } = told;
  readSkeleton(skeleton);
  const wrong: unknown[] = [
    null, 3, {}, { ...skeleton, parents: [0] }, { ...skeleton, parents: [-1, 0, 1, 2, 4] }, { ...skeleton, rotations: [1, 2] },
    { ...skeleton, scales: Array(15).fill("1") }, { ...skeleton, unit_m: null }, { ...skeleton, skins: [{ node: 9, joints: [], binds: [] }] },
    { ...skeleton, skins: [{ node: 0, joints: [1], binds: [] }] }, { ...skeleton, meshes: [{ skin: 5, weights: [0, 0] }] },
    { ...skeleton, meshes: [{ skin: 0, weights: [1, 1] }] }, { ...skeleton, meshes: [{ skin: 0 }] }, { ...skeleton, parents: Array(3000).fill(-1) },
  ];
  for (const each of wrong) assert.throws(() => readSkeleton(each), JSON.stringify(each));
});
