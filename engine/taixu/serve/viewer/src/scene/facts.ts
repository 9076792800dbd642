// What /scene says: the sky and how pictures are developed, the camera to begin with, fences.
import { sceneFacts, type Fence, type SceneFacts, type Vector } from "../store";
import { fetchPatiently } from "./fetching";
import type { SkyFacts } from "./sky";

export interface WholeScene extends SceneFacts {
  sky: SkyFacts;
  exposure_ev: number;
  tonemap: "neutral" | "aces" | "agx" | "linear";
  camera: { at: Vector; forward: Vector; fov_y_rad: number; height_m: number } | null;
  fences: Fence[];
  layers: { kind: string; count: number }[];
}

/** Ask for the scene's facts, and let all know. */
export async function fetchScene(): Promise<WholeScene> {
  const facts = (await (await fetchPatiently("/scene")).json()) as WholeScene;
  if (JSON.stringify(facts) !== JSON.stringify(sceneFacts.peek())) sceneFacts.value = facts;
  return facts;
}
