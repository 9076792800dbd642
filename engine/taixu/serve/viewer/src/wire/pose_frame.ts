// Poses of the state stream (TXP1; its layout stands in taixu.serve.pose_book), looked at in place.

export interface PoseFrame {
  number: number;
  bodies: Uint32Array;
  /** How many nodes and weights each has. */
  nodes: Uint16Array;
  weights: Uint16Array;
  /** Bytes of each one's mask, and all masks one after another. */
  maskSizes: Uint16Array;
  masks: Uint8Array;
  turns: Uint32Array;
  /** x, y, z of each. */
  shifts: Int16Array;
  /** Half floats, x, y, z of each. */
  sizes: Uint16Array;
  faces: Int16Array;
}

const HEAD = 32;
const MAGIC = 0x31505854; // "TXP1"
const STEPS = 511;
const TURN = 1 / (STEPS * Math.SQRT2);
/** Steps of a weight of one. */
export const WEIGHT_STEPS = 8192;

/** Whether a message is one of poses. */
export function isPoseFrame(buffer: ArrayBuffer): boolean {
  return buffer.byteLength >= HEAD && new DataView(buffer).getUint32(0, true) === MAGIC;
}

/** Reads a message of poses; throws where it is none, ends early, or counts wrong. */
export function decodePoses(buffer: ArrayBuffer): PoseFrame {
  if (!isPoseFrame(buffer)) throw new Error("these are no poses");
  const head = new DataView(buffer);
  const [number, count, masked, turned, shifted, sized, faced] = Array.from({ length: 7 }, (_, i) => head.getUint32(4 + 4 * i, true)) as
    [number, number, number, number, number, number, number];
  let at = HEAD;
  const take = <T>(length: number, bytes: number, make: (offset: number, length: number) => T): T => {
    const size = length * bytes;
    if (at + size > buffer.byteLength) throw new Error("poses end early");
    const part = make(at, length);
    at += size + ((8 - (size % 8)) % 8);
    return part;
  };
  const frame: PoseFrame = {
    number,
    bodies: take(count, 4, (offset, length) => new Uint32Array(buffer, offset, length)),
    nodes: take(count, 2, (offset, length) => new Uint16Array(buffer, offset, length)),
    weights: take(count, 2, (offset, length) => new Uint16Array(buffer, offset, length)),
    maskSizes: take(count, 2, (offset, length) => new Uint16Array(buffer, offset, length)),
    masks: take(masked, 1, (offset, length) => new Uint8Array(buffer, offset, length)),
    turns: take(turned, 4, (offset, length) => new Uint32Array(buffer, offset, length)),
    shifts: take(3 * shifted, 2, (offset, length) => new Int16Array(buffer, offset, length)),
    sizes: take(3 * sized, 2, (offset, length) => new Uint16Array(buffer, offset, length)),
    faces: take(faced, 2, (offset, length) => new Int16Array(buffer, offset, length)),
  };
  if (at !== buffer.byteLength) throw new Error("poses end early, or late");
  let sum = 0;
  for (let row = 0; row < count; row++) {
    const size = frame.maskSizes[row]!;
    sum += size;
    if (8 * (size - 1) >= 3 * frame.nodes[row]! + frame.weights[row]!) throw new Error("poses speak of nodes that are not there");
  }
  if (sum !== masked) throw new Error("poses count their masks wrong");
  return frame;
}

/** What hears of a pose: a node turned, shifted or sized, or a weight. */
export interface PoseHearer {
  turn(node: number, packed: number): void;
  shift(node: number, x: number, y: number, z: number): void;
  size(node: number, x: number, y: number, z: number): void;
  weigh(place: number, steps: number): void;
}

/** Goes through the bodies of a frame; `hearer` gives who hears of one, or null where nobody knows it. Throws where values are missing. */
export function readPoses(frame: PoseFrame, hearer: (row: number) => PoseHearer | null): void {
  let byte = 0, turn = 0, shift = 0, size = 0, face = 0;
  for (let row = 0; row < frame.bodies.length; row++) {
    const nodes = frame.nodes[row]!, all = 3 * nodes + frame.weights[row]!, end = byte + frame.maskSizes[row]!;
    const hears = hearer(row);
    for (let first = 0; byte < end; byte++, first += 8) {
      for (let mask = frame.masks[byte]!, bit = first; mask; mask >>= 1, bit++) {
        if (!(mask & 1)) continue;
        if (bit >= all) throw new Error("poses speak of nodes that are not there");
        if (bit < nodes) {
          if (turn >= frame.turns.length) throw new Error("poses lack turns");
          hears?.turn(bit, frame.turns[turn]!);
          turn += 1;
        } else if (bit < 2 * nodes) {
          if (shift + 2 >= frame.shifts.length) throw new Error("poses lack shifts");
          hears?.shift(bit - nodes, frame.shifts[shift]!, frame.shifts[shift + 1]!, frame.shifts[shift + 2]!);
          shift += 3;
        } else if (bit < 3 * nodes) {
          if (size + 2 >= frame.sizes.length) throw new Error("poses lack sizes");
          hears?.size(bit - 2 * nodes, half(frame.sizes[size]!), half(frame.sizes[size + 1]!), half(frame.sizes[size + 2]!));
          size += 3;
        } else {
          if (face >= frame.faces.length) throw new Error("poses lack weights");
          hears?.weigh(bit - 3 * nodes, frame.faces[face]!);
          face += 1;
        }
      }
    }
  }
}

/** Writes a turn of 32 bits as a quaternion (`taixu.serve.quantised`). */
export function unpackTurn(packed: number, out: Float32Array, at: number): void {
  const largest = packed >>> 30;
  let rest = 1;
  for (let place = 0; place < 3; place++) {
    const part = (((packed >>> (20 - 10 * place)) & 1023) - STEPS) * TURN;
    out[at + ((largest + 1 + place) & 3)] = part;
    rest -= part * part;
  }
  out[at + largest] = Math.sqrt(Math.max(rest, 0));
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1, exponent = (bits >> 10) & 31, part = bits & 1023;
  if (exponent === 31) return sign; // no number is a size of one
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + part / 1024) : 2 ** -14 * (part / 1024));
}
