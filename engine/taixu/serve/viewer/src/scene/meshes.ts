// Meshes by their hash: what a look is drawn with.
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { fetchPatiently } from "./fetching";
import { SharedPictures } from "./pictures";
import { Coarse } from "./coarse";
import { bendsOf, bentShadow, type Bends, type Poses } from "./bending";
import { limbsOf, type Limb } from "./limbs";
import { letPaint, type Palette } from "./painting";

export interface MeshPart {
  geometry: THREE.BufferGeometry;
  material: THREE.Material;
  kind: "triangles" | "lines" | "points";
  bends: Bends;
  /** Casts its shadow, where it is bent. */
  shadow: THREE.Material | null;
  /** Boxes around what each joint holds, where joints bend it. */
  limbs: Limb[];
}

export interface LoadedMesh {
  parts: MeshPart[];
  /** Triangles of each part, for near and far. */
  coarse: Coarse[];
  /** Around all of it, in its own coordinates. */
  sphere: THREE.Sphere;
  box: THREE.Box3;
}

const KEPT_UNUSED = 100;
const LEEWAY = 0.5;

export class Meshes {
  private readonly loading = new Map<string, Promise<LoadedMesh>>();
  readonly loaded = new Map<string, LoadedMesh>();
  private readonly loader = new GLTFLoader();

  constructor(
    renderer: THREE.WebGLRenderer, private readonly palette: Palette, private readonly poses: Poses,
    private readonly onLoad: (hash: string) => void,
  ) {
    const base = new URL("/scene/meshes/", location.href).href;
    const anisotropy = Math.min(8, renderer.capabilities.getMaxAnisotropy());
    this.loader.register((parser) => new SharedPictures(parser, base, anisotropy));
  }

  /** A mesh, if it is there; asks for it otherwise. */
  get(hash: string): LoadedMesh | null {
    const found = this.loaded.get(hash);
    if (found) {
      this.loaded.delete(hash); // the latest asked for comes last
      this.loaded.set(hash, found);
      return found;
    }
    if (!this.loading.has(hash)) {
      this.loading.set(hash, this.load(hash));
      this.loading.get(hash)!.then(
        (mesh) => {
          this.loaded.set(hash, mesh);
          this.onLoad(hash);
        },
        (error: unknown) => console.warn(`a mesh is left out: ${String(error)}`),
      );
    }
    return null;
  }

  /** Let go of what nobody shows, but for the latest: looks that change come back soon. */
  keep(used: ReadonlySet<string>): void {
    const unused = [...this.loaded.keys()].filter((hash) => !used.has(hash));
    for (const hash of unused.slice(0, -KEPT_UNUSED)) {
      for (const { geometry, material, shadow, bends } of this.loaded.get(hash)!.parts) {
        geometry.dispose();
        shadow?.dispose();
        bends.deltas?.dispose();
        for (const part of Object.values(material)) if (part instanceof THREE.Texture) part.dispose();
        material.dispose();
      }
      this.loaded.delete(hash);
      this.loading.delete(hash);
    }
  }

  /** How many are on their way. */
  get waiting(): number {
    return this.loading.size - this.loaded.size;
  }

  private async load(hash: string): Promise<LoadedMesh> {
    const answer = await fetchPatiently(`/scene/meshes/${hash}`);
    const gltf = await this.loader.parseAsync(await answer.arrayBuffer(), "/scene/meshes/");
    const parts: MeshPart[] = [];
    const box = new THREE.Box3();
    gltf.scene.traverse((each) => {
      const drawn = each as THREE.Mesh;
      if (!drawn.geometry) return;
      const kind = drawn.isMesh ? "triangles" : (each as THREE.Points).isPoints ? "points" : "lines";
      const material = drawn.material as THREE.Material;
      const bends = bendsOf(drawn.geometry);
      letPaint(material, this.palette, parts.length, bends, this.poses);
      material.shadowSide = THREE.DoubleSide; // three.js would take back faces, whose shadows begin beside what casts them
      const limbs = bends.hasJoints ? limbsOf(drawn.geometry) : [];
      parts.push({ geometry: drawn.geometry, material, kind, bends, limbs, shadow: bentShadow(bends, this.poses) });
      drawn.geometry.computeBoundingBox();
      if (drawn.geometry.boundingBox) box.union(drawn.geometry.boundingBox);
    });
    const coarse = parts.map((part) => new Coarse(part.geometry));
    const sphere = box.getBoundingSphere(new THREE.Sphere());
    // Joints carry what they hold about as far as it is from where the thing stands.
    if (parts.some((part) => part.limbs.length)) sphere.radius += LEEWAY * (sphere.center.length() + sphere.radius);
    return { parts, coarse, box, sphere };
  }
}
