// Skeletons by their hash: what poses turn, and which joints bend which mesh (`taixu.serve.skeletons`).
import { fetchPatiently } from "./fetching";

export interface Skin {
  /** The node of its mesh. */
  node: number;
  joints: Uint16Array;
  /** Rows of 3x4 matrices, twelve numbers of each joint. */
  binds: Float32Array;
}

export interface Skeleton {
  parents: Int16Array;
  translations: Float32Array;
  rotations: Float32Array;
  scales: Float32Array;
  unit: number;
  /** Weights at rest. */
  weights: Float32Array;
  skins: Skin[];
  /** Of each mesh its skin, -1 for none, and where its weights lie. */
  meshes: { skin: number; first: number; count: number }[];
}

const MOST_NODES = 2048;

/** Fetches each skeleton once. */
export class Skeletons {
  private readonly loaded = new Map<string, Skeleton | null>();

  constructor(private readonly onLoad: (hash: string) => void) {}

  /** A skeleton, if it is there; asks for it otherwise. */
  get(hash: string): Skeleton | null {
    const found = this.loaded.get(hash);
    if (found === undefined) {
      this.loaded.set(hash, null);
      this.load(hash).then(
        (skeleton) => {
          this.loaded.set(hash, skeleton);
          this.onLoad(hash);
        },
        (error: unknown) => console.warn(`a skeleton is left out: ${String(error)}`),
      );
    }
    return found ?? null;
  }

  private async load(hash: string): Promise<Skeleton> {
    if (!/^[0-9a-f]{16}$/.test(hash)) throw new Error("this is no hash of a skeleton");
    const answer = await fetchPatiently(`/scene/skeletons/${hash}`);
    return readSkeleton(await answer.json());
  }
}

/** Reads what the server says of a skeleton; throws where it is none. */
export function readSkeleton(told: unknown): Skeleton {
  const said = told as Record<string, unknown>;
  const wrong = (): never => { throw new Error("this is no skeleton"); };
  const floats = (value: unknown, length: number): Float32Array => {
    if (!Array.isArray(value) || value.length !== length || !value.every((each) => Number.isFinite(each))) return wrong();
    return Float32Array.from(value as number[]);
  };
  const within = (value: unknown, least: number, end: number): number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) < end ? (value as number) : wrong();
  if (!said || !Array.isArray(said["parents"]) || !Array.isArray(said["weights"])) return wrong();
  const count = said["parents"].length, weights = said["weights"].length;
  if (count > MOST_NODES || !Array.isArray(said["skins"]) || !Array.isArray(said["meshes"])) return wrong();
  const parents = Int16Array.from(said["parents"], (parent, node) => within(parent, -1, node));
  const skins = said["skins"].map((each: Record<string, unknown>): Skin => {
    if (!Array.isArray(each?.["joints"])) return wrong();
    const joints = Uint16Array.from(each["joints"], (joint) => within(joint, 0, count));
    return { node: within(each["node"], 0, count), joints, binds: floats(each["binds"], 12 * joints.length) };
  });
  const meshes = said["meshes"].map((each: Record<string, unknown>) => {
    const [first, held] = Array.isArray(each?.["weights"]) ? each["weights"] : wrong();
    return { skin: within(each["skin"], -1, skins.length), first: within(first, 0, weights + 1), count: within(held, 0, weights - first + 1) };
  });
  const [unit] = floats([said["unit_m"]], 1);
  return {
    parents, skins, meshes, unit: unit!, weights: floats(said["weights"], weights), translations: floats(said["translations"], 3 * count),
    rotations: floats(said["rotations"], 4 * count), scales: floats(said["scales"], 3 * count),
  };
}
