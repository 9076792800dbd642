// A line around what is selected, and a fainter one around what the pointer is over: a mask is drawn, and its edges are laid over.
import * as THREE from "three";
import type { Batches } from "./batches";
import { bend } from "./bending";
import type { Bodies } from "./bodies";

const EDGE = /* glsl */ `
uniform sampler2D mask;
uniform vec2 texel;
uniform vec3 selectedColor;
uniform vec3 hoveredColor;
varying vec2 vUv;
void main() {
  vec2 here = texture2D(mask, vUv).rg;
  vec2 most = here;
  for (int i = 0; i < 8; i++) {
    float angle = float(i) * 0.785398;
    vec2 way = vec2(cos(angle), sin(angle)) * texel;
    most = max(most, texture2D(mask, vUv + way * 1.0).rg);
    most = max(most, texture2D(mask, vUv + way * 2.2).rg);
  }
  vec2 edge = max(most - here, 0.0);
  float alpha = max(edge.r, edge.g * 0.75);
  if (alpha < 0.02) discard;
  gl_FragColor = vec4(edge.r > 0.1 ? selectedColor : hoveredColor, alpha);
}`;
const FULL = /* glsl */ `
varying vec2 vUv;
void main() {
  vUv = uv;
  gl_Position = vec4(position.xy, 0.0, 1.0);
}`;

export class Outline {
  private readonly scene = new THREE.Scene();
  private readonly over = new THREE.Scene();
  private readonly target = new THREE.WebGLRenderTarget(1, 1, { depthBuffer: false, samples: 4 });
  private readonly materials = {
    selected: new THREE.MeshBasicMaterial({ color: new THREE.Color(1, 0, 0), depthTest: false, toneMapped: false }),
    hovered: new THREE.MeshBasicMaterial({ color: new THREE.Color(0, 1, 0), depthTest: false, toneMapped: false, blending: THREE.AdditiveBlending }),
  };
  private readonly bent = { selected: this.materials.selected.clone(), hovered: this.materials.hovered.clone() };
  private readonly edge = new THREE.ShaderMaterial({
    vertexShader: FULL, fragmentShader: EDGE, transparent: true, depthTest: false, depthWrite: false,
    uniforms: {
      mask: { value: this.target.texture }, texel: { value: new THREE.Vector2() },
      selectedColor: { value: new THREE.Color(0x4cc2ff).convertLinearToSRGB() }, hoveredColor: { value: new THREE.Color(0xffffff) },
    },
  });
  private shown: { slot: number; mesh: THREE.InstancedMesh; bends: THREE.InstancedBufferAttribute }[] = [];

  constructor(private readonly batches: Batches, private readonly bodies: Bodies) {
    for (const material of Object.values(this.bent)) {
      material.onBeforeCompile = (shader) => bend(shader, { hasJoints: true, deltas: null, corners: 0, hasNormals: false }, bodies);
      material.customProgramCacheKey = () => "bent outline";
    }
    const quad = new THREE.Mesh(new THREE.PlaneGeometry(2, 2), this.edge);
    quad.frustumCulled = false;
    this.over.add(quad);
    (this.edge.uniforms["selectedColor"].value as THREE.Color).setRGB(0.24, 0.72, 1.0, THREE.LinearSRGBColorSpace);
  }

  resize(width: number, height: number): void {
    this.target.setSize(width, height);
    (this.edge.uniforms["texel"].value as THREE.Vector2).set(1 / width, 1 / height);
  }

  /** Which slots have a line around them. */
  choose(selected: Iterable<number>, hovered: Iterable<number>): void {
    this.scene.clear();
    for (const { mesh } of this.shown) {
      mesh.geometry.attributes = {}; // the arrays are the mesh's
      mesh.geometry.index = null;
      mesh.geometry.dispose();
      mesh.dispose();
    }
    this.shown = [];
    const add = (slots: Iterable<number>, kind: "selected" | "hovered"): void => {
      for (const slot of slots) {
        for (const part of this.batches.chunk(slot)?.mesh?.parts ?? []) {
          if (part.kind !== "triangles") continue;
          const geometry = new THREE.BufferGeometry();
          geometry.index = part.geometry.index;
          const bends = new THREE.InstancedBufferAttribute(new Float32Array(2), 2);
          geometry.attributes = { ...part.geometry.attributes, bend: bends };
          const mesh = new THREE.InstancedMesh(geometry, (part.bends.hasJoints ? this.bent : this.materials)[kind], 1);
          mesh.setMatrixAt(0, new THREE.Matrix4());
          mesh.matrixAutoUpdate = false;
          mesh.frustumCulled = false;
          this.shown.push({ slot, mesh, bends });
          this.scene.add(mesh);
        }
      }
    };
    add(selected, "selected");
    add(hovered, "hovered");
  }

  render(renderer: THREE.WebGLRenderer, camera: THREE.Camera, now: number): void {
    if (!this.shown.length) return;
    for (const { slot, mesh, bends } of this.shown) {
      (bends.array as Float32Array).set(this.bodies.placeOf(slot));
      bends.needsUpdate = true;
      this.batches.matrixOf(slot, now, mesh.matrix.elements, 0);
      mesh.matrixWorldNeedsUpdate = true;
    }
    const clear = renderer.autoClear;
    renderer.setRenderTarget(this.target);
    renderer.setClearColor(0x000000, 0);
    renderer.clear();
    renderer.render(this.scene, camera);
    renderer.setRenderTarget(null);
    renderer.autoClear = false;
    renderer.render(this.over, camera);
    renderer.autoClear = clear;
  }
}
