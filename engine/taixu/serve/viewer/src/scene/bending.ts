// Bending on the device: each instance says where its joints' matrices and its weights lie in two textures (`bodies`).
import * as THREE from "three";

const WIDTH = 1024;
const DELTA_WIDTH = 2048;
const MOST_ROWS = 4096;

/** Where instances read matrices and weights. */
export interface Poses {
  readonly matrices: { value: THREE.DataTexture };
  readonly weights: { value: THREE.DataTexture };
}

/** How the corners of a part may be moved. */
export interface Bends {
  hasJoints: boolean;
  /** What morph targets do to each corner: places, and normals where they say so. */
  deltas: THREE.DataTexture | null;
  corners: number;
  hasNormals: boolean;
}

/** What bends a part's geometry; takes its morph targets out of it. */
export function bendsOf(geometry: THREE.BufferGeometry): Bends {
  const targets = geometry.morphAttributes["position"] ?? [], normals = geometry.morphAttributes["normal"] ?? [];
  const hasNormals = normals.length === targets.length && normals.length > 0;
  geometry.morphAttributes = {};
  const hasJoints = geometry.hasAttribute("skinIndex") && geometry.hasAttribute("skinWeight");
  const deltas = targets.length ? deltasOf(targets, hasNormals ? normals : []) : null;
  return { hasJoints, hasNormals: hasNormals && deltas !== null, deltas, corners: targets[0]?.count ?? 0 };
}

type Values = THREE.BufferAttribute | THREE.InterleavedBufferAttribute;

function deltasOf(targets: readonly Values[], normals: readonly Values[]): THREE.DataTexture | null {
  const corners = targets[0]!.count, kinds = normals.length ? 2 : 1;
  const rows = Math.ceil((corners * kinds * targets.length) / DELTA_WIDTH);
  if (rows > MOST_ROWS) return null;
  const data = new Uint16Array(4 * DELTA_WIDTH * rows);
  targets.forEach((target, number) => {
    [target, normals[number]].forEach((values, kind) => {
      if (!values) return;
      let to = 4 * corners * (number * kinds + kind);
      for (let corner = 0; corner < corners; corner++, to += 4) {
        const x = values.getX(corner), y = values.getY(corner), z = values.getZ(corner);
        if (x) data[to] = THREE.DataUtils.toHalfFloat(x);
        if (y) data[to + 1] = THREE.DataUtils.toHalfFloat(y);
        if (z) data[to + 2] = THREE.DataUtils.toHalfFloat(z);
      }
    });
  });
  const made = new THREE.DataTexture(data, DELTA_WIDTH, rows, THREE.RGBAFormat, THREE.HalfFloatType);
  made.needsUpdate = true;
  return made;
}

const MORPH = /* glsl */ `
uniform sampler2D poseWeights;
uniform sampler2D deltas;
uniform int corners;
vec3 morphed(vec3 value, int kind, int kinds) {
  if (bend.y < 0.0) return value;
  int first = int(bend.y);
  int count = int(texelFetch(poseWeights, ivec2(first % ${WIDTH}, first / ${WIDTH}), 0).x);
  for (int i = 1; i <= count; i++) {
    vec2 each = texelFetch(poseWeights, ivec2((first + i) % ${WIDTH}, (first + i) / ${WIDTH}), 0).xy;
    int at = (int(each.x) * kinds + kind) * corners + gl_VertexID;
    value += each.y * texelFetch(deltas, ivec2(at % ${DELTA_WIDTH}, at / ${DELTA_WIDTH}), 0).xyz;
  }
  return value;
}
`;
const JOINTS = /* glsl */ `
attribute vec4 skinIndex;
attribute vec4 skinWeight;
uniform sampler2D poseMatrices;
mat4 bent() {
  if (bend.x < 0.0) return mat4(1.0);
  mat4 sum = mat4(0.0);
  float whole = 0.0;
  for (int i = 0; i < 4; i++) {
    float share = skinWeight[i];
    if (share <= 0.0) continue;
    int at = int(bend.x) + 3 * int(skinIndex[i]);
    for (int row = 0; row < 3; row++) sum[row] += share * texelFetch(poseMatrices, ivec2((at + row) % ${WIDTH}, (at + row) / ${WIDTH}), 0);
    whole += share;
  }
  if (whole <= 0.0) return mat4(1.0);
  sum[3] = vec4(0.0, 0.0, 0.0, whole);
  return transpose(sum) * (1.0 / whole);
}
`;

type Shader = Parameters<THREE.Material["onBeforeCompile"]>[0];

/** A word for what `bend` makes of a shader, for its cache. */
export function bendKey(bends: Bends): string {
  return `${bends.hasJoints ? " joints" : ""}${bends.deltas ? " morphs" : ""}${bends.hasNormals ? " normals" : ""}`;
}

/** Let a shader's instances be bent by poses. */
export function bend(shader: Shader, bends: Bends, poses: Poses): void {
  if (!bends.hasJoints && !bends.deltas) return;
  const morphs = bends.deltas !== null, kinds = bends.hasNormals ? 2 : 1;
  shader.uniforms["poseMatrices"] = poses.matrices;
  shader.uniforms["poseWeights"] = poses.weights;
  shader.uniforms["deltas"] = { value: bends.deltas };
  shader.uniforms["corners"] = { value: bends.corners };
  const head = `\nattribute vec2 bend;\n${bends.hasJoints ? JOINTS : ""}${morphs ? MORPH : ""}`;
  const normals = `${morphs && bends.hasNormals ? "objectNormal = morphed(objectNormal, 1, 2);\n" : ""}${bends.hasJoints ? `
    mat3 turned = mat3(bent());
    objectNormal = turned * objectNormal;
    #ifdef USE_TANGENT
    objectTangent = turned * objectTangent;
    #endif` : ""}`;
  const places = `${morphs ? `transformed = morphed(transformed, 0, ${kinds});\n` : ""}${bends.hasJoints ? "transformed = (bent() * vec4(transformed, 1.0)).xyz;" : ""}`;
  shader.vertexShader = shader.vertexShader
    .replace("#include <common>", `#include <common>${head}`)
    .replace("#include <skinnormal_vertex>", normals)
    .replace("#include <skinning_vertex>", places);
}

/** A material that casts the shadow of a bent part. */
export function bentShadow(bends: Bends, poses: Poses): THREE.MeshDepthMaterial | null {
  if (!bends.hasJoints && !bends.deltas) return null;
  const made = new THREE.MeshDepthMaterial();
  made.onBeforeCompile = (shader) => bend(shader, bends, poses);
  made.customProgramCacheKey = () => `bent${bendKey(bends)}`;
  return made;
}
