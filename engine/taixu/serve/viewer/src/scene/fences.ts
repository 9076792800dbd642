// Fences: areas of the ground with a bright foot. What warns has low translucent walls, too; a plain zone is no haze before the eye.
import * as THREE from "three";
import type { Fence } from "../store";

/** Walls of fences that reach to the sky are drawn this high. */
const WALL_M = 2.5;
const UNBOUNDED_M = 500;

const WALL_VERTEX = /* glsl */ `
attribute float height;
varying float vHeight;
void main() {
  vHeight = height;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;
const WALL_FRAGMENT = /* glsl */ `
uniform vec3 color;
varying float vHeight;
void main() {
  float rise = clamp(vHeight, 0.0, 1.0);
  gl_FragColor = vec4(color, 0.26 * (1.0 - rise) * (1.0 - rise));
}`;

const COLORS: Record<string, number> = { danger: 0xff5a4f, restricted: 0xff5a4f, warning: 0xffb020, safe: 0x3ecf8e };
const PLAIN = 0x73aedb;
/** Walls are no higher than a man's waist: who looks at a machine behind them looks over. */
const LOW_M = 1.1;
const FOOT_M = 0.08;

export class Fences {
  readonly group = new THREE.Group();

  show(fences: Fence[], base: ArrayLike<number>): void {
    this.group.traverse((each) => (each as Partial<THREE.Mesh>).geometry?.dispose()); // a fence is a wall, a line and a floor
    this.group.clear();
    this.group.position.set(-base[0], -base[1], -base[2]);
    for (const fence of fences) if (fence.outline.length >= 3) this.add(fence);
  }

  private add(fence: Fence): void {
    // What reaches below the ground stands on it: nobody sees a foot that lies under the floor.
    const bottom = (Math.abs(fence.bottom) > UNBOUNDED_M ? 0 : Math.max(fence.bottom, Math.min(fence.top, 0))) + 0.02;
    const reach = Math.abs(fence.top) > UNBOUNDED_M ? Math.max(bottom, 0) + WALL_M : fence.top;
    const top = Math.min(reach, Math.max(bottom, 0) + LOW_M);
    const warns = fence.kind in COLORS;
    const hex = COLORS[fence.kind] ?? PLAIN;
    const color = new THREE.Color().setHex(hex, THREE.LinearSRGBColorSpace);
    const positions: number[] = [], heights: number[] = [], indices: number[] = [];
    const origin = fence.outline[0];
    fence.outline.forEach(([x, z]) => {
      positions.push(x - origin[0], bottom, z - origin[1], x - origin[0], top, z - origin[1]);
      heights.push(0, 1);
    });
    const count = fence.outline.length;
    for (let corner = 0; corner < count; corner++) {
      const a = 2 * corner, b = 2 * ((corner + 1) % count);
      indices.push(a, b, b + 1, a, b + 1, a + 1);
    }
    const wall = new THREE.BufferGeometry();
    wall.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
    wall.setAttribute("height", new THREE.Float32BufferAttribute(heights, 1));
    wall.setIndex(indices);
    const material = new THREE.ShaderMaterial({
      vertexShader: WALL_VERTEX, fragmentShader: WALL_FRAGMENT, transparent: true, depthWrite: false, side: THREE.DoubleSide,
      uniforms: { color: { value: color } },
    });
    const drawn = new THREE.Mesh(wall, material);
    const feet = fence.outline.map(([x, z]) => new THREE.Vector3(x - origin[0], bottom + 0.01, z - origin[1]));
    const foot = new THREE.Mesh(
      ribbon(feet),
      new THREE.MeshBasicMaterial({
        color: hex, toneMapped: false, transparent: true, opacity: 0.9, depthWrite: false, side: THREE.DoubleSide,
        polygonOffset: true, polygonOffsetFactor: -3, polygonOffsetUnits: -3,
      }),
    );
    const line = new THREE.LineLoop( // what is far away is a pixel wide still
      new THREE.BufferGeometry().setFromPoints(feet), new THREE.LineBasicMaterial({ color: hex, toneMapped: false, transparent: true, opacity: 0.9 }),
    );
    const shape = new THREE.Shape(feet.map((each) => new THREE.Vector2(each.x, -each.z)));
    const floor = new THREE.Mesh(
      new THREE.ShapeGeometry(shape).rotateX(-Math.PI / 2),
      new THREE.MeshBasicMaterial({
        color: hex, toneMapped: false, transparent: true, opacity: warns ? 0.06 : 0.04, depthWrite: false, side: THREE.DoubleSide,
        polygonOffset: true, polygonOffsetFactor: -2, polygonOffsetUnits: -2,
      }),
    );
    floor.position.y = bottom;
    const whole = new THREE.Group();
    whole.position.set(origin[0], 0, origin[1]);
    whole.add(floor, foot, line);
    if (warns) whole.add(drawn);
    this.group.add(whole);
  }
}

/** A flat band along a closed line. */
function ribbon(line: readonly THREE.Vector3[]): THREE.BufferGeometry {
  const positions: number[] = [], indices: number[] = [];
  line.forEach((a, corner) => {
    const b = line[(corner + 1) % line.length]!;
    const way = b.clone().sub(a);
    const aside = new THREE.Vector3(-way.z, 0, way.x).normalize().multiplyScalar(FOOT_M / 2);
    const along = way.normalize().multiplyScalar(FOOT_M / 2);
    const first = positions.length / 3;
    for (const [end, sign, side] of [[a, -1, 1], [a, -1, -1], [b, 1, 1], [b, 1, -1]] as const) {
      positions.push(end.x + sign * along.x + side * aside.x, end.y, end.z + sign * along.z + side * aside.z);
    }
    indices.push(first, first + 1, first + 2, first + 2, first + 1, first + 3);
  });
  const made = new THREE.BufferGeometry();
  made.setAttribute("position", new THREE.Float32BufferAttribute(positions, 3));
  made.setIndex(indices);
  return made;
}
