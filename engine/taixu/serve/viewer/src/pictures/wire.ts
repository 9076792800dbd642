// Messages of /pictures; their layout stands in taixu.serve.pictures.

/** A picture as it came: what is said of it, and its bytes. */
export interface PictureMessage {
  number: number;
  width: number;
  height: number;
  isKey: boolean;
  isJpeg: boolean;
  level: number;
  camera: number;
  stream: number;
  /** When it was drawn, milliseconds since 1970 by the server's clock. */
  drawnAt: number;
  body: Uint8Array<ArrayBuffer>;
}

export interface StreamFacts {
  number: number;
  codec: string;
  size: [number, number];
  fps: number;
  kbps: number;
  level: number;
}

export interface Picked {
  id: string;
  name: string;
  at: [number, number, number];
}

export interface ServerFacts {
  codecs: string[];
  most: { size: [number, number]; fps: number; kbps: number; viewers: number };
  cameras: string[];
  drawn_by: string;
}

/** What the server says in texts. */
export interface PicturesText {
  pictures?: ServerFacts;
  stream?: StreamFacts;
  picked?: Picked | null;
  as?: number | null;
  error?: string;
}

export interface Pose {
  eye: readonly [number, number, number];
  target: readonly [number, number, number];
  fov_deg: number;
}

const HEAD_BYTES = 32;
const MAGIC = 0x31505854; // "TXP1"

/** Read a picture's message; null where it is none. */
export function readPicture(data: ArrayBuffer): PictureMessage | null {
  if (data.byteLength < HEAD_BYTES) return null;
  const head = new DataView(data);
  if (head.getUint32(0, true) !== MAGIC) return null;
  const flags = head.getUint8(12);
  return {
    number: head.getUint32(4, true),
    width: head.getUint16(8, true),
    height: head.getUint16(10, true),
    isKey: (flags & 1) !== 0,
    isJpeg: (flags & 2) !== 0,
    level: head.getUint8(13),
    camera: head.getUint32(16, true),
    stream: head.getUint32(20, true),
    drawnAt: Number(head.getBigUint64(24, true) / 1000n) / 1000,
    body: new Uint8Array(data, HEAD_BYTES),
  };
}
