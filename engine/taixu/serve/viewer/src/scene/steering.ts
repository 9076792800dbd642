// The camera: around a place (orbit), on foot (walk), or through the air (fly); by mouse, by keys, and by fingers.
import * as THREE from "three";
import { steering, type Vector } from "../store";

type Place = [number, number, number];

const EYE_HEIGHT_M = 1.7;
const TURN_A_PIXEL = 0.005;
const STEEPEST = Math.PI / 2 - 0.01;
const CLICK_PX = 6;
/** Time in which half of the way to where the camera wants to be is done. */
const HALF_SECS = 0.06;

interface Pose {
  /** What is looked at. */
  target: Place;
  distance: number;
  /** Around the vertical, and upwards, of the way from the target to the eye. */
  yaw: number;
  pitch: number;
}

export class Steering {
  fovY = Math.PI / 5;
  private goal: Pose = { target: [0, 0, 0], distance: 20, yaw: 0.5, pitch: 0.33 };
  private now: Pose = { ...this.goal, target: [...this.goal.target] };
  private readonly pointers = new Map<number, { x: number; y: number; button: number; began: readonly [number, number]; left: boolean }>();
  private readonly keys = new Set<string>();
  private moved = true;
  private pinch = 0;
  /** Whether somebody steered. */
  wasTouched = false;

  /** Called for a press that was no drag: x and y in CSS pixels of the canvas. */
  onClick: (x: number, y: number) => void = () => undefined;
  /** Called for F, and for Home. */
  onFocus: () => void = () => undefined;
  onFrame: () => void = () => undefined;
  onHover: (x: number, y: number) => void = () => undefined;
  /** Which place of the world is under a point of the canvas: zooming goes there. */
  placeUnder: (x: number, y: number) => Place | null = () => null;

  constructor(private readonly canvas: HTMLCanvasElement) {
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    canvas.addEventListener("pointercancel", (event) => this.pointers.delete(event.pointerId));
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    addEventListener("keydown", (event) => this.key(event, true));
    addEventListener("keyup", (event) => this.key(event, false));
    addEventListener("blur", () => this.keys.clear());
    steering.subscribe((mode) => this.changeMode(mode));
  }

  get eye(): Place {
    return eyeOf(this.now);
  }

  get target(): Vector {
    return this.now.target;
  }

  get distance(): number {
    return this.now.distance;
  }

  /** Look at a place from somewhere else, at once or smoothly. */
  set(eye: Vector, target: Vector, atOnce = false): void {
    const way: Place = [eye[0] - target[0], eye[1] - target[1], eye[2] - target[2]];
    const distance = Math.max(Math.hypot(...way), 1e-3);
    this.goal = {
      target: [...target], distance, yaw: nearest(Math.atan2(way[0], way[2]), this.now.yaw),
      pitch: clamp(Math.asin(way[1] / distance), -STEEPEST, STEEPEST),
    };
    if (atOnce) this.now = { ...this.goal, target: [...target] };
    this.moved = true;
  }

  /** Come near to a place, from the side where the camera is. */
  goTo(place: Vector, distance: number): void {
    if (steering.peek() !== "orbit") steering.value = "orbit";
    this.goal = { ...this.goal, target: [...place], distance: Math.max(distance, 0.2), pitch: clamp(this.goal.pitch, 0.15, 1.2) };
    this.moved = true;
  }

  /** Go on with keys and towards the goal; gives whether the camera moved. */
  update(seconds: number): boolean {
    this.walkByKeys(seconds);
    const share = 1 - 0.5 ** (seconds / HALF_SECS);
    const { now, goal } = this;
    let rest = Math.abs(goal.yaw - now.yaw) + Math.abs(goal.pitch - now.pitch) + Math.abs(Math.log(goal.distance / now.distance));
    for (let axis = 0; axis < 3; axis++) rest += Math.abs(goal.target[axis] - now.target[axis]) / Math.max(now.distance, 0.1);
    if (rest < 1e-5) {
      const moved = this.moved;
      this.moved = false;
      return moved;
    }
    now.yaw += (goal.yaw - now.yaw) * share;
    now.pitch += (goal.pitch - now.pitch) * share;
    now.distance *= (goal.distance / now.distance) ** share;
    for (let axis = 0; axis < 3; axis++) now.target[axis] += (goal.target[axis] - now.target[axis]) * share;
    this.moved = true;
    return true;
  }

  /** Bring a camera of three.js to where this one is, from the picture's origin. */
  apply(camera: THREE.PerspectiveCamera, base: ArrayLike<number>): void {
    const eye = this.eye;
    camera.position.set(eye[0] - base[0], eye[1] - base[1], eye[2] - base[2]);
    camera.rotation.set(-this.now.pitch, this.now.yaw, 0, "YXZ");
    camera.fov = THREE.MathUtils.radToDeg(this.fovY);
    camera.near = clamp(this.now.distance * 0.01, 0.02, 20);
    camera.far = Math.max(20_000, this.now.distance * 200);
    camera.updateProjectionMatrix();
    camera.updateMatrixWorld();
  }

  private get isOrbit(): boolean {
    return steering.peek() === "orbit";
  }

  private changeMode(mode: string): void {
    const eye = eyeOf(this.goal);
    if (mode === "orbit") return;
    // On foot and in the air the eye is what moves: the target is a step ahead of it.
    const ahead = { ...this.goal, distance: 2 };
    if (mode === "walk") {
      eye[1] = EYE_HEIGHT_M;
      ahead.pitch = clamp(ahead.pitch, -0.3, 0.3);
    }
    this.keepEye(ahead, eye);
    this.goal = ahead;
    this.now.distance = 2;
    this.keepEye(this.now, eye);
  }

  private keepEye(pose: Pose, eye: Place): void {
    const now = eyeOf(pose);
    for (let axis = 0; axis < 3; axis++) pose.target[axis] += eye[axis] - now[axis];
    this.moved = true;
  }

  private press(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.wasTouched = true;
    this.canvas.focus({ preventScroll: true });
    const left = event.offsetX < this.canvas.clientWidth / 2;
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY, button: event.button, began: [event.offsetX, event.offsetY], left });
    this.pinch = 0;
  }

  private release(event: PointerEvent): void {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    this.pinch = 0;
    if (!pointer || event.button !== 0) return;
    if (Math.hypot(event.offsetX - pointer.began[0], event.offsetY - pointer.began[1]) < CLICK_PX) this.onClick(event.offsetX, event.offsetY);
  }

  private drag(event: PointerEvent): void {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) {
      if (event.pointerType !== "touch") this.onHover(event.offsetX, event.offsetY);
      return;
    }
    const dx = event.offsetX - pointer.x, dy = event.offsetY - pointer.y;
    pointer.x = event.offsetX;
    pointer.y = event.offsetY;
    if (this.pointers.size === 2) {
      this.fingers(dx / 2, dy / 2);
    } else if (event.pointerType === "touch" && !this.isOrbit && pointer.left) {
      return; // the left half of the screen is a stick: `walkByKeys` reads how far it is pushed
    } else if (this.isOrbit && (pointer.button !== 0 || event.shiftKey)) {
      this.pan(dx, dy);
    } else {
      this.rotate(dx, dy);
    }
  }

  private rotate(dx: number, dy: number): void {
    const eye = eyeOf(this.goal);
    this.goal.yaw -= dx * TURN_A_PIXEL;
    this.goal.pitch = clamp(this.goal.pitch + dy * TURN_A_PIXEL, this.isOrbit ? -0.2 : -STEEPEST, STEEPEST);
    if (!this.isOrbit) {
      this.keepEye(this.goal, eye);
      this.now.yaw = this.goal.yaw;
      this.now.pitch = this.goal.pitch;
      this.keepEye(this.now, eye);
    }
  }

  private pan(dx: number, dy: number): void {
    const scale = (2 * this.goal.distance * Math.tan(this.fovY / 2)) / Math.max(this.canvas.clientHeight, 1);
    const { yaw, pitch, target } = this.goal;
    const forward = dy * scale / Math.max(Math.sin(Math.abs(pitch)), 0.35);
    target[0] += -Math.cos(yaw) * dx * scale - Math.sin(yaw) * forward;
    target[2] += Math.sin(yaw) * dx * scale - Math.cos(yaw) * forward;
  }

  private fingers(dx: number, dy: number): void {
    const [a, b] = [...this.pointers.values()];
    const apart = Math.hypot(a.x - b.x, a.y - b.y);
    if (this.pinch > 0 && this.isOrbit) this.goal.distance = clamp(this.goal.distance * (this.pinch / Math.max(apart, 1)), 0.2, 1e6);
    this.pinch = apart;
    if (this.isOrbit) this.pan(dx, dy);
    else this.rotate(dx, dy);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    this.wasTouched = true;
    const factor = Math.exp(clamp(event.deltaY * (event.deltaMode === 1 ? 16 : 1), -240, 240) * 0.0016);
    if (!this.isOrbit) {
      this.step(0, 0, -Math.log(factor) * 4);
      return;
    }
    const distance = clamp(this.goal.distance * factor, 0.2, 1e6);
    const under = this.placeUnder(event.offsetX, event.offsetY);
    const share = 1 - distance / this.goal.distance;
    if (under) for (let axis = 0; axis < 3; axis++) this.goal.target[axis] += (under[axis] - this.goal.target[axis]) * share;
    this.goal.distance = distance;
  }

  private key(event: KeyboardEvent, down: boolean): void {
    if ((event.target as HTMLElement).closest("input, textarea, select, [contenteditable], dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const isBusy = (event.target as HTMLElement).closest("button, a, [role=slider], [role=tab]") !== null;
    if (down && !event.repeat && !isBusy && event.code === "KeyF") this.onFocus();
    if (down && !event.repeat && !isBusy && event.code === "Home") this.onFrame();
    if (down) this.keys.add(event.code);
    else this.keys.delete(event.code);
    if (event.code.startsWith("Arrow") && event.target === this.canvas) event.preventDefault();
  }

  private pushed(...codes: string[]): number {
    return codes.some((code) => this.keys.has(code)) ? 1 : 0;
  }

  private walkByKeys(seconds: number): void {
    let right = this.pushed("KeyD", "ArrowRight") - this.pushed("KeyA", "ArrowLeft");
    let ahead = this.pushed("KeyW", "ArrowUp") - this.pushed("KeyS", "ArrowDown");
    const up = this.pushed("KeyE", "PageUp") - this.pushed("KeyQ", "PageDown");
    for (const pointer of this.pointers.values()) {
      if (this.isOrbit || !pointer.left || this.pointers.size > 1 || pointer.button !== 0 || !matchMedia("(pointer: coarse)").matches) continue;
      right += clamp((pointer.x - pointer.began[0]) / 60, -1, 1);
      ahead -= clamp((pointer.y - pointer.began[1]) / 60, -1, 1);
    }
    if (!right && !ahead && !up) return;
    const fast = this.pushed("ShiftLeft", "ShiftRight") ? 4 : 1;
    const speed = (this.isOrbit ? Math.max(this.goal.distance * 0.9, 1) : steering.peek() === "walk" ? 3 : 8) * fast * seconds;
    this.step(right * speed, up * speed, ahead * speed);
  }

  /** Go to the right, upwards and ahead, in metres. */
  private step(right: number, up: number, ahead: number): void {
    const { yaw, pitch, target } = this.goal;
    const flat = steering.peek() === "fly" ? Math.cos(pitch) : 1;
    target[0] += Math.cos(yaw) * right - Math.sin(yaw) * flat * ahead;
    target[2] += -Math.sin(yaw) * right - Math.cos(yaw) * flat * ahead;
    if (steering.peek() === "fly") target[1] += up - Math.sin(pitch) * ahead;
    else if (this.isOrbit) target[1] += up;
  }
}

function eyeOf({ target, distance, yaw, pitch }: Pose): Place {
  const flat = Math.cos(pitch) * distance;
  return [target[0] + Math.sin(yaw) * flat, target[1] + Math.sin(pitch) * distance, target[2] + Math.cos(yaw) * flat];
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

/** The angle of the same direction that is nearest to another. */
function nearest(angle: number, to: number): number {
  return angle + Math.round((to - angle) / (2 * Math.PI)) * 2 * Math.PI;
}
