// From poses to matrices: where the nodes of a skeleton are, and what that does to the corners of a mesh.
import type { Skeleton, Skin } from "./skeletons";

/** Matrices (rows of 3x4) of nodes from the thing that they belong to, by their turns, translations and sizes, ten numbers of each. */
export function nodeMatrices(skeleton: Skeleton, local: Float32Array, out: Float32Array): void {
  const { parents } = skeleton;
  for (let node = 0; node < parents.length; node++) {
    const at = 10 * node;
    const x = local[at]!, y = local[at + 1]!, z = local[at + 2]!, w = local[at + 3]!;
    const sx = local[at + 7]!, sy = local[at + 8]!, sz = local[at + 9]!;
    OWN[0] = (1 - 2 * (y * y + z * z)) * sx;
    OWN[1] = 2 * (x * y - z * w) * sy;
    OWN[2] = 2 * (x * z + y * w) * sz;
    OWN[3] = local[at + 4]!;
    OWN[4] = 2 * (x * y + z * w) * sx;
    OWN[5] = (1 - 2 * (x * x + z * z)) * sy;
    OWN[6] = 2 * (y * z - x * w) * sz;
    OWN[7] = local[at + 5]!;
    OWN[8] = 2 * (x * z - y * w) * sx;
    OWN[9] = 2 * (y * z + x * w) * sy;
    OWN[10] = (1 - 2 * (x * x + y * y)) * sz;
    OWN[11] = local[at + 6]!;
    if (parents[node]! < 0) out.set(OWN, 12 * node);
    else compose(out, 12 * parents[node]!, OWN, 0, out, 12 * node);
  }
}

/** Matrices (rows of 3x4) that take a mesh's corners at rest to where its joints carry them, in the mesh's own space. */
export function jointMatrices(skin: Skin, worlds: Float32Array, out: Float32Array, at: number): void {
  invert(worlds, 12 * skin.node, OWN);
  for (let joint = 0; joint < skin.joints.length; joint++) {
    compose(OWN, 0, worlds, 12 * skin.joints[joint]!, CARRIED, 0);
    compose(CARRIED, 0, skin.binds, 12 * joint, out, at + 12 * joint);
  }
}

const OWN = new Float32Array(12);
const CARRIED = new Float32Array(12);

function compose(a: Float32Array, i: number, b: Float32Array, j: number, out: Float32Array, k: number): void {
  for (let row = 0; row < 12; row += 4) {
    const x = a[i + row]!, y = a[i + row + 1]!, z = a[i + row + 2]!;
    const p = x * b[j]! + y * b[j + 4]! + z * b[j + 8]!;
    const q = x * b[j + 1]! + y * b[j + 5]! + z * b[j + 9]!;
    const r = x * b[j + 2]! + y * b[j + 6]! + z * b[j + 10]!;
    const s = x * b[j + 3]! + y * b[j + 7]! + z * b[j + 11]! + a[i + row + 3]!;
    out[k + row] = p;
    out[k + row + 1] = q;
    out[k + row + 2] = r;
    out[k + row + 3] = s;
  }
}

/** The inverse of a matrix; zeros where it is flat. */
function invert(m: Float32Array, at: number, out: Float32Array): void {
  const a = m[at]!, b = m[at + 1]!, c = m[at + 2]!, d = m[at + 4]!, e = m[at + 5]!, f = m[at + 6]!, g = m[at + 8]!, h = m[at + 9]!, i = m[at + 10]!;
  const x = m[at + 3]!, y = m[at + 7]!, z = m[at + 11]!;
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  const by = Math.abs(determinant) < 1e-30 ? 0 : 1 / determinant;
  out.set([
    (e * i - f * h) * by, (c * h - b * i) * by, (b * f - c * e) * by, 0,
    (f * g - d * i) * by, (a * i - c * g) * by, (c * d - a * f) * by, 0,
    (d * h - e * g) * by, (b * g - a * h) * by, (a * e - b * d) * by, 0,
  ]);
  for (let row = 0; row < 12; row += 4) out[row + 3] = -(out[row]! * x + out[row + 1]! * y + out[row + 2]! * z);
}
