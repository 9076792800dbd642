// Where others look from: a small cone with a name for each who watches, too.
import * as THREE from "three";
import type { Vector } from "../store";
import type { Label } from "./labels";

export class Eyes {
  readonly group = new THREE.Group();
  private readonly shown = new Map<string, { cone: THREE.Mesh; at: Vector; toward: Vector }>();

  put(name: string, eye: { at: Vector; toward: Vector } | null): void {
    const before = this.shown.get(name);
    if (!eye) {
      if (before) this.group.remove(before.cone);
      this.shown.delete(name);
      return;
    }
    const cone = before?.cone ?? new THREE.Mesh(
      new THREE.ConeGeometry(0.16, 0.4, 20).rotateX(Math.PI / 2),
      new THREE.MeshStandardMaterial({ color: colorOf(name), roughness: 0.5 }),
    );
    if (!before) this.group.add(cone);
    this.shown.set(name, { cone, ...eye });
  }

  /** Place cones as seen from an origin; no smaller than can be seen from the eye. */
  update(base: ArrayLike<number>, eye: Vector): void {
    for (const { cone, at, toward } of this.shown.values()) {
      cone.position.set(at[0] - base[0], at[1] - base[1], at[2] - base[2]);
      cone.lookAt(toward[0] - base[0], toward[1] - base[1], toward[2] - base[2]);
      cone.scale.setScalar(Math.max(1, Math.hypot(at[0] - eye[0], at[1] - eye[1], at[2] - eye[2]) / 30));
    }
  }

  labels(onPage: (place: Vector) => readonly [number, number] | null): Label[] {
    const found: Label[] = [];
    for (const [name, { at }] of this.shown) {
      const place = onPage([at[0], at[1] + 0.3, at[2]]);
      if (place) found.push({ id: `eye ${name}`, name, x: place[0], y: place[1], distance: 0, strong: true });
    }
    return found;
  }
}

function colorOf(name: string): THREE.Color {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return new THREE.Color().setHSL((sum % 360) / 360, 0.65, 0.55);
}
