// Lamps of the world: the nearest few shine, for each costs every pixel.
import * as THREE from "three";
import type { LightFacts } from "./looks";
import type { Batches } from "./batches";
import type { Things } from "./things";

const MOST_LAMPS = 8;
const MOST_SUNS = 3;

export class Lights {
  readonly group = new THREE.Group();
  private readonly facts = new Map<number, LightFacts>();
  private readonly shining = new Map<number, THREE.Light>();
  private stale = true;
  /** The strongest directional light of the world, which casts shadows; it takes the place of the sky's sun. */
  main: { slot: number; facts: LightFacts } | null = null;

  constructor(private readonly things: Things, private readonly batches: Batches) {}

  put(slot: number, facts: LightFacts | null): void {
    if (facts) this.facts.set(slot, facts);
    else if (!this.facts.delete(slot)) return;
    this.drop(slot);
    this.stale = true;
  }

  /** Place lamps, and choose anew which of them shine. */
  update(now: number, eye: readonly [number, number, number], choose: boolean): void {
    if (this.stale || choose) this.choose(now, eye);
    const matrix = new THREE.Matrix4();
    for (const [slot, light] of this.shining) {
      this.batches.matrixOf(slot, now, matrix.elements, 0);
      light.position.setFromMatrixPosition(matrix);
      if (light instanceof THREE.DirectionalLight || light instanceof THREE.SpotLight) {
        light.target.position.set(0, 0, -1).transformDirection(matrix).add(light.position);
        light.target.updateMatrixWorld();
      }
    }
  }

  private choose(now: number, eye: readonly [number, number, number]): void {
    this.stale = false;
    const place = new Float64Array(3);
    const weighed = [...this.facts].map(([slot, facts]) => {
      this.things.place(slot, now, place);
      const apart = (place[0] - eye[0]) ** 2 + (place[1] - eye[1]) ** 2 + (place[2] - eye[2]) ** 2;
      return { slot, facts, weight: facts.kind === "directional" ? Infinity : facts.intensity / Math.max(apart, 1) };
    });
    weighed.sort((a, b) => b.weight - a.weight);
    const suns = weighed.filter((each) => each.weight === Infinity).sort((a, b) => b.facts.intensity - a.facts.intensity).slice(0, MOST_SUNS);
    this.main = suns.shift() ?? null;
    const lamps = weighed.filter((each) => each.weight !== Infinity).slice(0, MOST_LAMPS);
    const wanted = new Map([...suns, ...lamps].map((each) => [each.slot, each.facts]));
    for (const slot of [...this.shining.keys()]) if (!wanted.has(slot)) this.drop(slot);
    for (const [slot, facts] of wanted) if (!this.shining.has(slot)) this.make(slot, facts);
  }

  private make(slot: number, facts: LightFacts): void {
    const color = new THREE.Color().setRGB(...facts.color);
    let light: THREE.Light;
    if (facts.kind === "directional") light = new THREE.DirectionalLight(color, facts.intensity);
    else if (facts.kind === "spot") {
      const outer = Math.max(facts.outer_angle_rad, 1e-3);
      light = new THREE.SpotLight(color, facts.intensity, facts.range_m, outer, 1 - Math.min(facts.inner_angle_rad / outer, 1), 2);
    } else light = new THREE.PointLight(color, facts.intensity, facts.range_m, 2);
    this.shining.set(slot, light);
    this.group.add(light);
  }

  private drop(slot: number): void {
    const light = this.shining.get(slot);
    if (!light) return;
    this.group.remove(light);
    light.dispose();
    this.shining.delete(slot);
  }
}
