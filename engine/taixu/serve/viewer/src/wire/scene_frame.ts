// A frame of the state stream (TXS1; its layout stands in taixu.serve.audience), looked at in place.

export interface SceneFrame {
  number: number;
  /** Forget what was before: this is everything. */
  everything: boolean;
  origin: [number, number, number];
  slots: Uint32Array;
  /** x of all, y of all, z of all, metres from the origin. */
  places: Float32Array;
  /** x, y, z, w of all, one after another; 32767 is 1. */
  rotations: Int16Array;
  looks: Uint32Array | null;
  /** Low and high words in turn. */
  ids: Uint32Array | null;
  scales: Float32Array | null;
}

const HEAD = 40;
const MAGIC = 0x31535854; // "TXS1"

/** Reads a frame; throws where it is none or ends early. */
export function decodeSceneFrame(buffer: ArrayBuffer): SceneFrame {
  const head = new DataView(buffer);
  if (buffer.byteLength < HEAD || head.getUint32(0, true) !== MAGIC) throw new Error("this is no frame of a scene");
  const count = head.getUint32(8, true);
  const flags = head.getUint32(12, true);
  let at = HEAD;
  const take = <T>(words: number, bytes: number, make: (offset: number, length: number) => T): T => {
    const size = words * bytes * count;
    if (at + size > buffer.byteLength) throw new Error("a frame of the scene ends early");
    const part = make(at, words * count);
    at += size + ((8 - (size % 8)) % 8);
    return part;
  };
  const slots = take(1, 4, (offset, length) => new Uint32Array(buffer, offset, length));
  const places = take(3, 4, (offset, length) => new Float32Array(buffer, offset, length));
  const rotations = take(4, 2, (offset, length) => new Int16Array(buffer, offset, length));
  const looks = flags & 2 ? take(1, 4, (offset, length) => new Uint32Array(buffer, offset, length)) : null;
  const ids = flags & 2 ? take(2, 4, (offset, length) => new Uint32Array(buffer, offset, length)) : null;
  const scales = flags & 4 ? take(3, 4, (offset, length) => new Float32Array(buffer, offset, length)) : null;
  return {
    number: head.getUint32(4, true),
    everything: (flags & 1) !== 0,
    origin: [head.getFloat64(16, true), head.getFloat64(24, true), head.getFloat64(32, true)],
    slots, places, rotations, looks, ids, scales,
  };
}
