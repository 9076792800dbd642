// What things look like, as the state stream says it.

export interface LightFacts {
  kind: "directional" | "point" | "spot";
  color: [number, number, number];
  intensity: number;
  range_m: number;
  inner_angle_rad: number;
  outer_angle_rad: number;
  shadows: boolean;
}

export interface Look {
  /** Hash of the mesh. */
  mesh?: string;
  /** Nine numbers for each part of the mesh: `taixu.serve.paints`. */
  paint?: number[];
  /** Where the paint begins in the palette. */
  paintAt?: number;
  /** sRGB and alpha, 0 to 255. */
  tint?: [number, number, number, number];
  /** False: it casts none. */
  shadow?: boolean;
  light?: LightFacts;
  /** Of the device that the thing is a part of. */
  kind?: string;
}
