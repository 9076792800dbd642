// Pictures of materials: each is fetched and decoded once, however many meshes show it.
import * as THREE from "three";
import type { GLTFParser } from "three/examples/jsm/loaders/GLTFLoader.js";
import { fetchPatiently } from "./fetching";

const sources = new Map<string, Promise<THREE.TextureSource<ImageBitmap>>>();

async function sourceOf(address: string): Promise<THREE.TextureSource<ImageBitmap>> {
  const answer = await fetchPatiently(address);
  const bitmap = await createImageBitmap(await answer.blob(), { premultiplyAlpha: "none", colorSpaceConversion: "none" });
  return new THREE.TextureSource(bitmap);
}

const WRAPS: Record<number, THREE.Wrapping> = { 33071: THREE.ClampToEdgeWrapping, 33648: THREE.MirroredRepeatWrapping, 10497: THREE.RepeatWrapping };
const NEAREST = 9728;

/** A plugin of the glTF loader by which textures share their pictures. */
export class SharedPictures {
  readonly name = "TAIXU_shared_pictures";

  constructor(private readonly parser: GLTFParser, private readonly base: string, private readonly anisotropy: number) {}

  loadTexture(index: number): Promise<THREE.Texture> | null {
    const { textures, images, samplers } = this.parser.json as {
      textures: { source?: number; sampler?: number }[];
      images: { uri?: string }[];
      samplers?: { wrapS?: number; wrapT?: number; magFilter?: number }[];
    };
    const told = textures[index];
    const uri = told.source === undefined ? undefined : images[told.source].uri;
    if (!uri) return null;
    const sampler = (told.sampler === undefined ? undefined : samplers?.[told.sampler]) ?? {};
    return this.load(new URL(uri, this.base).href, sampler, index);
  }

  private async load(address: string, sampler: { wrapS?: number; wrapT?: number; magFilter?: number }, index: number): Promise<THREE.Texture> {
    let source = sources.get(address);
    if (!source) {
      source = sourceOf(address);
      sources.set(address, source);
    }
    const texture = new THREE.Texture();
    texture.source = await source;
    texture.flipY = false;
    texture.wrapS = WRAPS[sampler.wrapS ?? 10497] ?? THREE.RepeatWrapping;
    texture.wrapT = WRAPS[sampler.wrapT ?? 10497] ?? THREE.RepeatWrapping;
    if (sampler.magFilter === NEAREST) texture.magFilter = THREE.NearestFilter;
    texture.anisotropy = this.anisotropy;
    texture.needsUpdate = true;
    (this.parser.associations as Map<unknown, unknown>).set(texture, { textures: index });
    return texture;
  }
}
