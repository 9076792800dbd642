// What things are painted with: a texture of numbers by look, which materials read for each instance; and how faded an instance is.
import * as THREE from "three";
import { bend, bendKey, type Bends, type Poses } from "./bending";

/** Numbers of a part's paint, as `taixu.serve.paints` tells them: base colour and alpha, metallic, roughness, emitted light. */
const PAINT = 9;
const TEXELS = 3;
const WIDTH = 1024;

/** Paints by the number of their look. A number that is given again has other paint from then on, in its old place. */
export class Palette {
  readonly uniform = { value: texture(1) };
  private readonly held = new Map<number, { at: number; texels: number }>();
  private used = 0;

  /** Write down a look's paint; gives where it begins. */
  put(number: number, paint: readonly number[], tint: readonly number[] = [255, 255, 255, 255]): number {
    const texels = Math.max(TEXELS * Math.floor(paint.length / PAINT), TEXELS);
    let place = this.held.get(number);
    if (!place || place.texels < texels) {
      place = { at: this.used, texels };
      this.used += texels;
      this.held.set(number, place);
      this.reserve(this.used);
    }
    const out = this.uniform.value.image.data as Float32Array;
    for (let part = 0; (part + 1) * PAINT <= paint.length; part++) {
      const from = part * PAINT, to = 4 * (place.at + part * TEXELS);
      for (let i = 0; i < 3; i++) out[to + i] = paint[from + i]! * linear(tint[i]! / 255);
      out[to + 3] = paint[from + 3]! * (tint[3]! / 255);
      out[to + 4] = paint[from + 4]!;
      out[to + 5] = paint[from + 5]!;
      for (let i = 0; i < 3; i++) out[to + 8 + i] = paint[from + 6 + i]!;
    }
    this.uniform.value.needsUpdate = true;
    return place.at;
  }

  private reserve(texels: number): void {
    const old = this.uniform.value;
    if (texels <= WIDTH * old.image.height) return;
    const made = texture(old.image.height * 2);
    (made.image.data as Float32Array).set(old.image.data as Float32Array);
    old.dispose();
    this.uniform.value = made;
    this.reserve(texels);
  }
}

function texture(height: number): THREE.DataTexture {
  const made = new THREE.DataTexture(new Float32Array(4 * WIDTH * height), WIDTH, height, THREE.RGBAFormat, THREE.FloatType);
  made.needsUpdate = true;
  return made;
}

const VERTEX_HEAD = /* glsl */ `
#ifdef USE_INSTANCING
attribute vec2 state; // where its paint begins, and how much it has faded
uniform sampler2D palette;
uniform int paintPart;
#endif
flat varying vec4 vPaint;
flat varying vec2 vSurface;
flat varying vec3 vGlow;
varying float vFade;
`;
const VERTEX = /* glsl */ `
#ifdef USE_INSTANCING
int paintAt = int(state.x) + ${TEXELS} * paintPart;
vPaint = texelFetch(palette, ivec2(paintAt % ${WIDTH}, paintAt / ${WIDTH}), 0);
vSurface = texelFetch(palette, ivec2((paintAt + 1) % ${WIDTH}, (paintAt + 1) / ${WIDTH}), 0).rg;
vGlow = texelFetch(palette, ivec2((paintAt + 2) % ${WIDTH}, (paintAt + 2) / ${WIDTH}), 0).rgb;
vFade = state.y;
#else
vPaint = vec4(1.0);
vSurface = vec2(1.0);
vGlow = vec3(0.0);
vFade = 0.0;
#endif
`;
const FRAGMENT_HEAD = /* glsl */ `
flat varying vec4 vPaint;
flat varying vec2 vSurface;
flat varying vec3 vGlow;
varying float vFade;
`;
/** Things whose data is old lose their colour, before the tone curve. */
const FADE = /* glsl */ `
float grey = dot(gl_FragColor.rgb, vec3(0.2126, 0.7152, 0.0722));
gl_FragColor.rgb = mix(gl_FragColor.rgb, vec3(grey * 0.6 + 0.04), vFade);
`;

/** Let a part's material take its instances' paint from a palette, and let them fade and bend. */
export function letPaint(material: THREE.Material, palette: Palette, part: number, bends: Bends, poses: Poses): void {
  material.onBeforeCompile = (shader) => {
    bend(shader, bends, poses);
    shader.uniforms["palette"] = palette.uniform;
    shader.uniforms["paintPart"] = { value: part };
    shader.vertexShader = shader.vertexShader
      .replace("#include <common>", `#include <common>${VERTEX_HEAD}`)
      .replace("#include <begin_vertex>", `#include <begin_vertex>${VERTEX}`);
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", `#include <common>${FRAGMENT_HEAD}`)
      .replace("vec4 diffuseColor = vec4( diffuse, opacity );", "vec4 diffuseColor = vec4( diffuse, opacity ) * vPaint;")
      .replace("#include <roughnessmap_fragment>", "#include <roughnessmap_fragment>\nroughnessFactor *= vSurface.y;")
      .replace("#include <metalnessmap_fragment>", "#include <metalnessmap_fragment>\nmetalnessFactor *= vSurface.x;")
      .replace("#include <emissivemap_fragment>", "#include <emissivemap_fragment>\ntotalEmissiveRadiance *= vGlow;")
      .replace("#include <tonemapping_fragment>", `${FADE}#include <tonemapping_fragment>`);
  };
  material.customProgramCacheKey = () => `painted${bendKey(bends)}`;
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
