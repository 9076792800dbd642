// The batch record (TXB1; its layout stands in taixu.twin.wire): readings in columns, for pages that bring some.

export type Column = Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array | BigInt64Array;

export interface Batch {
  topic: string;
  /** Names of things; `numbers` count into them. */
  keys?: string[];
  /** Which thing each row is of; without it row i is thing i. */
  numbers?: Uint32Array;
  /** Nanoseconds since 1970, for each row. */
  times_ns: BigInt64Array;
  fields: Record<string, Column>;
}

const HEAD = 24;

/** The binary record of a batch, byte for byte as taixu.twin.encode_batch writes it. */
export function encodeBatch(batch: Batch): Uint8Array {
  const count = batch.times_ns.length;
  const base = least(batch.times_ns);
  const columns: [string, Column][] = [];
  if (batch.numbers && !batch.numbers.every((number, row) => number === row)) columns.push(["key", batch.numbers]);
  const times = timeColumn(batch.times_ns, base);
  if (times) columns.push(["time", times]);
  columns.push(...Object.entries(batch.fields));
  for (const [name, column] of columns) {
    if (column.length !== count) throw new Error(`the column ${name} has ${column.length} values and not ${count}`);
  }
  const header: Record<string, unknown> = { topic: batch.topic, columns: columns.map(([name, column]) => [name, typeOf(column)]) };
  if (batch.keys?.length) header["keys"] = batch.keys;
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = HEAD + padded(text.length);
  const record = new Uint8Array(columns.reduce((size, [, column]) => size + padded(column.byteLength), start));
  record.fill(0x20, HEAD, start);
  record.set(text, HEAD);
  let at = start;
  for (const [, column] of columns) {
    record.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += padded(column.byteLength);
  }
  const head = new DataView(record.buffer);
  head.setUint32(0, 0x31425854, true); // "TXB1"
  head.setUint32(4, count, true);
  head.setUint32(8, start - HEAD, true);
  head.setBigInt64(16, base, true);
  head.setUint32(12, crc32(record.subarray(16)), true);
  return record;
}

function timeColumn(times: BigInt64Array, base: bigint): Column | null {
  const after = times.map((time) => time - base);
  if (after.every((time) => time === 0n)) return null;
  const exact = after.every((time) => time % 1000n === 0n && time / 1000n < 1n << 31n);
  return exact ? Int32Array.from(after, (time) => Number(time / 1000n)) : after;
}

function least(times: BigInt64Array): bigint {
  let found = times.length ? times[0] : 0n;
  for (const time of times) if (time < found) found = time;
  return found;
}

function typeOf(column: Column): string {
  const kind = column instanceof Float32Array || column instanceof Float64Array ? "f"
    : column instanceof Uint8Array || column instanceof Uint16Array || column instanceof Uint32Array ? "u" : "i";
  return kind + String(column.BYTES_PER_ELEMENT);
}

const padded = (size: number): number => size + ((8 - (size % 8)) % 8);

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? 0xedb88320 ^ (sum >>> 1) : sum >>> 1;
  return sum;
});

/** CRC-32 as zlib counts it (ISO-HDLC). */
export function crc32(data: Uint8Array): number {
  let sum = 0xffffffff;
  for (let at = 0; at < data.length; at++) sum = CRC_TABLE[(sum ^ data[at]) & 0xff] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}
