// The world's sky: what is seen behind everything, what lights everything, and the sun with its shadows.
import * as THREE from "three";
import { fetchPatiently } from "./fetching";

export interface SkyFacts {
  image: string;
  width: number;
  height: number;
  intensity: number;
  rotation_rad: number;
  night_ev: number; // stops that pictures are developed longer in the dark
  sun: { direction: [number, number, number]; irradiance: [number, number, number]; disk_cosine: number; disk_radiance: [number, number, number] } | null;
}

const DOME_VERTEX = /* glsl */ `
varying vec3 direction;
void main() {
  direction = position;
  gl_Position = projectionMatrix * vec4(mat3(viewMatrix) * position, 1.0);
  #ifdef USE_REVERSED_DEPTH_BUFFER
  gl_Position.z = 0.0;
  #else
  gl_Position.z = gl_Position.w;
  #endif
}`;
const DOME_FRAGMENT = /* glsl */ `
uniform sampler2D image;
uniform vec4 sun; // towards it, cosine of its radius
uniform vec3 sunRadiance;
uniform vec3 turn; // cosine, sine, intensity
varying vec3 direction;
void main() {
  vec3 d = normalize(direction);
  float rim = (1.0 - sun.w) * 0.15;
  vec3 disk = sunRadiance * smoothstep(sun.w - rim, sun.w + rim, dot(d, sun.xyz));
  d = vec3(turn.x * d.x - turn.y * d.z, d.y, turn.y * d.x + turn.x * d.z);
  vec2 uv = vec2(atan(d.z, d.x) * 0.15915494 + 0.5, asin(clamp(d.y, -1.0, 1.0)) * 0.31830989 + 0.5);
  gl_FragColor = vec4((textureLod(image, uv, 0.0).rgb + disk) * turn.z, 1.0);
  #include <tonemapping_fragment>
  #include <colorspace_fragment>
}`;

export class Sky {
  readonly dome: THREE.Mesh<THREE.BufferGeometry, THREE.ShaderMaterial>;
  readonly sun = new THREE.DirectionalLight(0xffffff, 0);
  private shown = "";
  private maps: THREE.WebGLRenderTarget | null = null;
  private own: { direction: readonly number[]; light: readonly number[] } | null = null;
  private readonly direction = new THREE.Vector3(0.4, 0.8, 0.45).normalize();

  constructor(private readonly renderer: THREE.WebGLRenderer, private readonly scene: THREE.Scene, mapSize: number) {
    const material = new THREE.ShaderMaterial({
      vertexShader: DOME_VERTEX, fragmentShader: DOME_FRAGMENT, side: THREE.BackSide, depthWrite: false,
      uniforms: {
        image: { value: null }, sun: { value: new THREE.Vector4(0, 1, 0, 2) }, sunRadiance: { value: new THREE.Vector3() },
        turn: { value: new THREE.Vector3(1, 0, 1) },
      },
    });
    this.dome = new THREE.Mesh(new THREE.BoxGeometry(2, 2, 2), material);
    this.dome.frustumCulled = false;
    this.dome.renderOrder = -1000;
    this.dome.visible = false;
    this.sun.castShadow = true;
    this.sun.visible = false;
    this.sun.shadow.mapSize.set(mapSize, mapSize);
    this.sun.shadow.intensity = 1;
    scene.add(this.dome, this.sun, this.sun.target);
  }

  /** Whether a sky is seen. */
  get isShown(): boolean {
    return this.dome.visible;
  }

  /** The device lost all that it held: the sky is made anew the next time. */
  forget(): void {
    this.shown = "";
    this.maps = null;
  }

  /** Show a sky; the picture is fetched when it is another. */
  async show(facts: SkyFacts): Promise<void> {
    const { uniforms } = this.dome.material;
    const turn = facts.rotation_rad;
    (uniforms["turn"].value as THREE.Vector3).set(Math.cos(turn), Math.sin(turn), facts.intensity);
    this.scene.environmentIntensity = facts.intensity;
    this.scene.environmentRotation.set(0, turn, 0);
    this.own = facts.sun && { direction: facts.sun.direction, light: facts.sun.irradiance.map((part) => part * facts.intensity) };
    if (facts.sun) {
      (uniforms["sun"].value as THREE.Vector4).set(...facts.sun.direction, facts.sun.disk_cosine);
      (uniforms["sunRadiance"].value as THREE.Vector3).fromArray(facts.sun.disk_radiance);
    } else {
      (uniforms["sun"].value as THREE.Vector4).set(0, 1, 0, 2);
    }
    if (facts.image === this.shown) return;
    this.shown = facts.image;
    const pixels = new Uint32Array(await (await fetchPatiently(facts.image)).arrayBuffer());
    const picture = new THREE.DataTexture(pixels, facts.width, facts.height, THREE.RGBFormat, THREE.UnsignedInt5999Type);
    picture.mapping = THREE.EquirectangularReflectionMapping;
    picture.colorSpace = THREE.LinearSRGBColorSpace;
    picture.magFilter = picture.minFilter = THREE.LinearFilter;
    picture.wrapS = THREE.RepeatWrapping;
    picture.needsUpdate = true;
    const generator = new THREE.PMREMGenerator(this.renderer);
    const maps = generator.fromEquirectangular(picture);
    generator.dispose();
    this.maps?.dispose();
    this.maps = maps;
    this.scene.environment = maps.texture;
    (uniforms["image"].value as THREE.Texture | null)?.dispose();
    uniforms["image"].value = picture;
    this.dome.visible = true;
  }

  /** Let the sun shine: the world's own light, or the sky's where it has none. */
  shine(main: { direction: readonly number[]; light: readonly number[]; shadows: boolean } | null): void {
    const shown = main ?? (this.own && { ...this.own, shadows: true });
    this.sun.visible = shown !== null;
    if (!shown) return;
    this.direction.fromArray(shown.direction).normalize();
    const [r, g, b] = shown.light;
    const most = Math.max(r, g, b, 1e-9);
    this.sun.color.setRGB(r / most, g / most, b / most);
    this.sun.intensity = most;
    this.sun.castShadow = shown.shadows;
  }

  /** Let the sun's shadows lie around a place that is looked at from some metres away. */
  follow(x: number, y: number, z: number, distance: number): void {
    const reach = Math.min(Math.max(distance * 1.1, 8), 400);
    const camera = this.sun.shadow.camera;
    const texel = (2 * reach) / this.sun.shadow.mapSize.x;
    // In whole texels, so that edges of shadows stand still while the camera moves.
    const place = new THREE.Vector3(x, y, z);
    const look = new THREE.Matrix4().lookAt(this.direction, new THREE.Vector3(), new THREE.Vector3(0, 1, 0));
    const back = look.clone().invert();
    place.applyMatrix4(back);
    place.x = Math.round(place.x / texel) * texel;
    place.y = Math.round(place.y / texel) * texel;
    place.applyMatrix4(look);
    this.sun.target.position.copy(place);
    this.sun.position.copy(place).addScaledVector(this.direction, reach * 4);
    this.sun.target.updateMatrixWorld();
    camera.left = camera.bottom = -reach;
    camera.right = camera.top = reach;
    camera.near = 0;
    camera.far = reach * 8;
    camera.updateProjectionMatrix();
    this.sun.shadow.bias = -0.0002;
    this.sun.shadow.normalBias = texel * 1.2;
  }
}
