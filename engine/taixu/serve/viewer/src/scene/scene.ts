// The 3D picture: it follows the state stream and draws what is near, whenever something changed.
import * as THREE from "three";
import {
  agesShown, connection, drawnBy, eye, fencesShown, figures, hiddenKinds, hovered, kinds, labelsShown,
  sceneFacts, selected, serverPictures, type Id, type Vector,
} from "../store";
import { Watch } from "../wire/watch";
import { Area } from "./area";
import { Batches } from "./batches";
import { Bodies } from "./bodies";
import { around, cornersOf, frame, sphereOf } from "./bounds";
import { Eyes } from "./eyes";
import { fetchScene, type WholeScene } from "./facts";
import { Fences } from "./fences";
import { Labels, type Label } from "./labels";
import { Lights } from "./lights";
import type { Look } from "./looks";
import { Meshes } from "./meshes";
import { Palette } from "./painting";
import { Outline } from "./outline";
import { Picking } from "./picking";
import { Skeletons } from "./skeletons";
import { Sky } from "./sky";
import { Steering } from "./steering";
import { Things } from "./things";
import type { View } from "./view";
import "./scene.css";

const TONEMAPS = { neutral: THREE.NeutralToneMapping, aces: THREE.ACESFilmicToneMapping, agx: THREE.AgXToneMapping, linear: THREE.LinearToneMapping };
/** three.js scales what goes into its ACES curve; the engine does not. */
const ACES_SCALE = 0.6;
const FAR_FROM_BASE_M = 2000;
/** More than so many on their way are shown where they are, without steps between. */
const MOST_SMOOTH = 30_000;
const LABELS_MS = 120;
const FACTS_MS = 10_000;
const HOVER_MS = 90;
const OLD_SECS = 30;
const AGES_MS = 2_000;
const SLOW_MS = 60;
/** A device that draws this long shows things where they are: there is no time for steps between. */
const SLOWEST_MS = 200;
/** While a page's picture is drawn the browser hears nothing. A slow device rests between two for such a share of what one takes. */
const REST = 0.15;
const MOST_REST_MS = 150;
/** Of a kind that has more than so many, only those close by are called by their names. */
const CROWD = 12;
const PLACING_MS = 1_500;

class Picture implements View {
  private readonly renderer: THREE.WebGLRenderer;
  private readonly scene = new THREE.Scene();
  private readonly lens = new THREE.PerspectiveCamera();
  private readonly things = new Things();
  private readonly looks = new Map<number, Look>();
  /** Numbers of looks that were told again. */
  private readonly renumbered = new Set<number>();
  private readonly palette = new Palette();
  private readonly skeletons = new Skeletons((hash) => this.bodies.arrived(hash));
  private readonly bodies: Bodies = new Bodies(this.skeletons, (slots) => this.onBent(slots));
  private readonly meshes: Meshes;
  private readonly batches: Batches;
  private readonly lights: Lights;
  private readonly sky: Sky;
  private readonly fences = new Fences();
  private readonly eyes = new Eyes();
  private readonly outline: Outline;
  private readonly picking: Picking;
  private readonly labels: Labels;
  private readonly steering: Steering;
  private readonly watch: Watch;
  private readonly area: Area;
  private isDirty = true;
  private isPlaced = false;
  private last = 0;
  private labelsAt = 0;
  private hoverAt = 0;
  /** Whether the frame under way shows all there is, and whether one was done that did. */
  private drawsAll = false;
  private isWhole = false;
  /** Keys of devices that have not been heard for long. */
  private old = new Set<number>();
  private shadowsAt = 0;
  /** From how far away shadows were drawn for. */
  private shadowsFrom = 1;
  private deviceMs = 0;
  private begunAt = 0;
  private doneAt = 0;
  /** Of the last frame: while the device has not done it, no other is begun, or it would fall further and further behind. */
  private fence: WebGLSync | null = null;

  constructor(readonly canvas: HTMLCanvasElement) {
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, powerPreference: "high-performance", reversedDepthBuffer: true });
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.autoUpdate = false;
    this.renderer.shadowMap.type = THREE.PCFShadowMap;
    // What is near comes first: what it hides costs nothing then.
    this.renderer.setOpaqueSort((a, b) => a.groupOrder - b.groupOrder || a.renderOrder - b.renderOrder || a.z - b.z || a.id - b.id);
    const isSlow = isSoftware(this.renderer);
    this.renderer.setPixelRatio(isSlow ? 1 : Math.min(devicePixelRatio, 2));
    this.meshes = new Meshes(this.renderer, this.palette, this.bodies, (hash) => this.onMesh(hash));
    this.batches = new Batches(this.things, this.meshes, this.bodies);
    this.lights = new Lights(this.things, this.batches);
    this.sky = new Sky(this.renderer, this.scene, isSlow ? 1024 : 2048);
    this.outline = new Outline(this.batches, this.bodies);
    this.picking = new Picking(this.batches, this.bodies);
    this.labels = new Labels(canvas, () => (this.labelsAt = 0));
    this.steering = new Steering(canvas);
    this.scene.add(this.batches.group, this.lights.group, this.fences.group, this.eyes.group);
    this.watch = new Watch({
      frame: (told) => {
        this.things.take(told, performance.now());
        this.retellRenumbered();
        figures.value = { ...figures.peek(), things: this.things.count, stream_frame: told.number };
      },
      looks: (told) => this.onLooks(told as Record<string, Look>),
      gone: (slots) => this.things.forget(slots),
      bodies: (told) => this.bodies.hear(told),
      poses: (frame) => this.bodies.take(frame, performance.now()),
      thing: () => undefined,
    });
    this.area = new Area((at, reach) => this.watch.look(at, reach));
    this.listen();
    this.watch.look([0, 0, 0], 1024);
    this.watch.open();
    void this.refresh();
    requestAnimationFrame((now) => this.step(now));
  }

  goTo(what: Id | { at: Vector; from: number }): void {
    if (typeof what !== "string") return this.steering.goTo(what.at, what.from);
    const found = around(this.things.slotsOf(what).map((slot) => sphereOf(slot, this.things, this.batches)));
    if (found) this.steering.goTo(found.at, Math.max(found.radius * 3.2, 2));
  }

  frameAll(): void {
    this.frame(false);
  }

  placeOf(id: Id): Vector | null {
    return around(this.things.slotsOf(id).map((slot) => sphereOf(slot, this.things, this.batches)))?.at ?? null;
  }

  camera(): { eye: Vector; target: Vector; fovDeg: number } {
    return { eye: this.steering.eye, target: this.steering.target, fovDeg: THREE.MathUtils.radToDeg(this.steering.fovY) };
  }

  onPage(place: Vector): readonly [number, number] | null {
    const { base } = this.batches;
    const point = new THREE.Vector3(place[0] - base[0], place[1] - base[1], place[2] - base[2]);
    point.applyMatrix4(this.lens.matrixWorldInverse);
    if (point.z > -this.lens.near) return null;
    point.applyMatrix4(this.lens.projectionMatrix);
    const page = this.canvas.getBoundingClientRect();
    return [page.left + (point.x * 0.5 + 0.5) * page.width, page.top + (0.5 - point.y * 0.5) * page.height];
  }

  pick(x: number, y: number): Id | null {
    const page = this.canvas.getBoundingClientRect();
    const hit = this.hit(x - page.left, y - page.top);
    return hit ? this.things.id(hit.slot) : null;
  }

  showEye(name: string, at: { at: Vector; toward: Vector } | null): void {
    this.eyes.put(name, at);
    this.isDirty = true;
  }

  goToMoment(time_ns: number | null, options?: { speed?: number; known?: boolean }): void {
    this.watch.goTo(time_ns, options);
  }

  /** Whether a whole picture is seen: nothing that was told at first is missing in it. */
  isReady(): boolean {
    this.isDone();
    return this.isWhole;
  }

  /** Whether what is seen will not change by itself. */
  isStill(): boolean {
    return this.isDone() && this.isWhole && this.meshes.waiting === 0 && !this.isDirty && !this.things.retold.size && !this.things.moving.size && !this.bodies.isMoving;
  }

  private listen(): void {
    this.steering.onClick = (x, y) => {
      if (isDrawnElsewhere()) return; // what is clicked there is asked there
      const hit = this.hit(x, y);
      selected.value = hit ? this.things.id(hit.slot) : null;
    };
    this.steering.onFocus = () => (selected.peek() ? this.goTo(selected.peek()!) : this.frameAll());
    this.steering.onFrame = () => this.frameAll();
    this.steering.onHover = (x, y) => this.hover(x, y);
    this.steering.placeUnder = (x, y) => {
      const hit = this.hit(x, y);
      return hit ? this.along(x, y, hit.distance) : null;
    };
    this.canvas.addEventListener("pointerleave", () => (hovered.value = null));
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.fence = null; // it was the lost one's
      this.sky.forget();
      const facts = sceneFacts.peek();
      if (facts) void this.dress(facts as WholeScene);
    });
    selected.subscribe(() => this.outlineAnew());
    hovered.subscribe(() => this.outlineAnew());
    labelsShown.subscribe(() => (this.labelsAt = 0));
    fencesShown.subscribe((shown) => {
      this.fences.group.visible = shown;
      this.isDirty = true;
    });
    hiddenKinds.subscribe(() => this.retellAll());
    sceneFacts.subscribe((facts) => facts && void this.dress(facts as WholeScene));
    agesShown.subscribe(() => {
      this.fade();
      void this.askAges();
    });
    setInterval(() => void this.askAges(), AGES_MS);
    drawnBy.subscribe(() => (this.isDirty = true));
    serverPictures.subscribe(() => (this.isDirty = true));
    let wasOpen = false;
    connection.subscribe((now) => {
      if (now.state === "open" && !wasOpen) {
        this.labels.forget();
        void this.refresh();
      }
      wasOpen = now.state === "open";
    });
    setInterval(() => document.hidden || void this.refresh(), FACTS_MS);
    setInterval(() => (eye.value = { at: this.steering.eye, toward: [...this.steering.target] as unknown as Vector }), 250);
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    this.fit();
  }

  private async refresh(): Promise<void> {
    if (connection.peek().state !== "open" && sceneFacts.peek()) return;
    const facts = await fetchScene();
    const told = new Map(facts.layers.map((each) => [each.kind, each.count]));
    if (JSON.stringify([...told]) !== JSON.stringify([...kinds.peek()])) kinds.value = told;
  }

  private async dress(facts: WholeScene): Promise<void> {
    this.renderer.toneMapping = TONEMAPS[facts.tonemap] ?? THREE.NeutralToneMapping;
    this.renderer.toneMappingExposure = 2 ** (facts.exposure_ev + facts.sky.night_ev) * (facts.tonemap === "aces" ? ACES_SCALE : 1);
    if (!this.isPlaced && facts.camera) {
      const { at, forward, fov_y_rad } = facts.camera;
      const distance = forward[1] < -0.02 && at[1] > 0 ? Math.min(Math.max(-at[1] / forward[1], 2), 300) : 12;
      this.steering.fovY = fov_y_rad;
      this.steering.set(at, [at[0] + forward[0] * distance, at[1] + forward[1] * distance, at[2] + forward[2] * distance], true);
      this.isPlaced = true;
    }
    this.fences.show(facts.fences, this.batches.base);
    await this.sky.show(facts.sky);
    this.isDirty = true;
  }

  private onLooks(told: Record<string, Look>): void {
    for (const [number, look] of Object.entries(told)) {
      if (look.paint) look.paintAt = this.palette.put(Number(number), look.paint, look.tint);
      if (this.looks.has(Number(number))) this.renumbered.add(Number(number));
      this.looks.set(Number(number), look);
    }
  }

  private onBent(slots: readonly number[]): void {
    this.batches.bend(slots);
    this.isDirty = true;
  }

  private onMesh(hash: string): void {
    this.batches.arrived(hash);
    this.outlineAnew();
    this.placeAnew();
  }

  /** Without a camera of the world's own all is framed, again and again until all is there or somebody steers. */
  private placeAnew(): void {
    if (this.isPlaced || !sceneFacts.peek() || this.meshes.waiting > 0 || this.things.retold.size) return;
    if (this.steering.wasTouched) this.isPlaced = true;
    else if (this.frame(true)) setTimeout(() => (this.isPlaced = true), PLACING_MS);
  }

  /** A number that was given again means another look: who has it now, by the frame that has come since, is drawn anew. */
  private retellRenumbered(): void {
    const { things, renumbered } = this;
    if (!renumbered.size) return;
    for (let slot = 0; slot < things.capacity; slot++) if (things.present[slot] && renumbered.has(things.looks[slot])) things.retold.add(slot);
    renumbered.clear();
  }

  private retellAll(): void {
    for (let slot = 0; slot < this.things.capacity; slot++) if (this.things.present[slot]) this.things.retold.add(slot);
  }

  private outlineAnew(): void {
    const slots = (id: Id | null | undefined): number[] => (id ? this.things.slotsOf(id).slice(0, 500) : []);
    const over = hovered.peek()?.id;
    this.canvas.classList.toggle("over-thing", !!over);
    this.outline.choose(slots(selected.peek()), over === selected.peek() ? [] : slots(over));
    this.isDirty = true;
    this.labelsAt = 0;
  }

  private hover(x: number, y: number): void {
    const now = performance.now();
    if (now - this.hoverAt < HOVER_MS) return;
    this.hoverAt = now;
    const hit = this.hit(x, y);
    const page = this.canvas.getBoundingClientRect();
    const id = hit ? this.things.id(hit.slot) : null;
    if (id === (hovered.peek()?.id ?? null)) return;
    hovered.value = id ? { id, at: [page.left + x, page.top + y] } : null;
  }

  private hit(x: number, y: number): { slot: number; distance: number } | null {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    return this.picking.pick((x / width) * 2 - 1, 1 - (y / height) * 2, this.lens);
  }

  private along(x: number, y: number, distance: number): [number, number, number] {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const way = new THREE.Vector3((x / width) * 2 - 1, 1 - (y / height) * 2, 0.5).unproject(this.lens).sub(this.lens.position).normalize();
    const at = this.steering.eye;
    return [at[0] + way.x * distance, at[1] + way.y * distance, at[2] + way.z * distance];
  }

  private frame(atOnce: boolean): boolean {
    const drawn: number[] = [];
    for (const chunk of this.batches.chunks()) for (let row = 0; row < chunk.count; row++) drawn.push(chunk.slots[row]);
    const found = frame(cornersOf(drawn, this.batches), this.steering.fovY, this.lens.aspect);
    if (found) this.steering.set(found.eye, found.target, atOnce);
    return found !== null;
  }

  /** Ask whose data is old, while anybody wants to see it. */
  private async askAges(): Promise<void> {
    if (!agesShown.peek() || connection.peek().state !== "open") return;
    const answer = await fetch(`/scene/old?secs=${OLD_SECS}`).catch(() => null);
    if (!answer?.ok) return;
    const told = ((await answer.json()) as { old: Id[] }).old;
    this.old = new Set(told.map((id) => parseInt(id.slice(0, 8), 16) * 4294967296 + parseInt(id.slice(8), 16)));
    this.fade();
  }

  /** Let things whose data is old lose their colour. */
  private fade(): void {
    const old = agesShown.peek() ? this.old : new Set<number>();
    for (let slot = 0; slot < this.things.capacity; slot++) {
      if (this.things.present[slot]) this.batches.fade(slot, old.size && old.has(this.things.key(slot)) ? 1 : 0);
    }
    this.isDirty = true;
  }

  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return;
    this.renderer.setSize(width, height, false);
    const ratio = this.renderer.getPixelRatio();
    this.outline.resize(Math.round(width * ratio), Math.round(height * ratio));
    this.lens.aspect = width / height;
    this.isDirty = true;
  }

  private step(time: number): void {
    requestAnimationFrame((next) => this.step(next));
    if (!this.isDone()) return;
    const now = performance.now();
    if (this.deviceMs > SLOW_MS && now - this.doneAt < Math.min(this.deviceMs * REST, MOST_REST_MS)) return;
    const seconds = Math.min((time - this.last) / 1000, 0.1);
    this.last = time;
    const told = this.retell(now);
    const bent = this.bodies.update(now);
    const moved = this.move(now) || told || bent;
    const turned = this.steering.update(seconds);
    if (this.isPlaced) this.area.follow(this.steering.eye, this.steering.distance, now);
    if (!moved && !turned && !this.isDirty) return;
    this.isDirty = false;
    this.rebase(now);
    this.lights.update(now, this.steering.eye, turned);
    this.eyes.update(this.batches.base, this.steering.eye);
    this.batches.commit(now);
    this.steering.apply(this.lens, this.batches.base);
    this.batches.seenFrom(this.lens.position, this.renderer.domElement.height / (2 * Math.tan(this.steering.fovY / 2)));
    const [x, y, z] = this.steering.target.map((part, axis) => part - this.batches.base[axis]);
    this.sky.shine(this.mainLight(now));
    this.sky.follow(x, y, z, this.steering.distance);
    if (!isDrawnElsewhere()) {
      this.begunAt = now;
      // A slow device draws shadows anew now and then only: the picture follows first.
      const { shadowMap } = this.renderer;
      const isStill = !moved && !turned;
      const isElsewhere = Math.abs(Math.log(this.steering.distance / this.shadowsFrom)) > 0.5;
      shadowMap.needsUpdate = isStill || isElsewhere || this.deviceMs < SLOW_MS || now - this.shadowsAt > 6 * this.deviceMs;
      if (shadowMap.needsUpdate) [this.shadowsAt, this.shadowsFrom] = [now, this.steering.distance];
      else this.isDirty = true; // they follow when all stands still
      this.renderer.render(this.scene, this.lens);
      this.outline.render(this.renderer, this.lens, now);
    }
    if (now - this.labelsAt > LABELS_MS || turned) {
      this.labelsAt = now;
      this.nameThings();
    }
    this.drawsAll = this.things.count > 0 && this.meshes.waiting === 0 && this.sky.isShown;
    const context = this.context();
    this.fence = context.fenceSync(context.SYNC_GPU_COMMANDS_COMPLETE, 0);
    context.flush();
  }

  private context(): WebGL2RenderingContext {
    return this.renderer.getContext() as WebGL2RenderingContext;
  }

  /** Whether the device has done all that was asked of it. */
  private isDone(): boolean {
    if (!this.fence) return true;
    const context = this.context();
    if (!context.isContextLost() && context.getSyncParameter(this.fence, context.SYNC_STATUS) !== context.SIGNALED) return false;
    context.deleteSync(this.fence);
    this.fence = null;
    this.doneAt = performance.now();
    this.deviceMs = this.doneAt - this.begunAt;
    this.isWhole ||= this.drawsAll;
    return true;
  }

  /** Take in what looks other; gives whether anything does. */
  private retell(now: number): boolean {
    const { retold } = this.things;
    if (!retold.size) return false;
    for (const slot of retold) {
      const look = this.things.present[slot] ? this.looks.get(this.things.looks[slot]) : undefined;
      const isHidden = look !== undefined && hiddenKinds.peek().has(look.kind ?? "");
      this.batches.put(slot, isHidden ? null : (look ?? null), now);
      this.lights.put(slot, isHidden ? null : (look?.light ?? null));
    }
    retold.clear();
    this.placeAnew();
    this.outlineAnew();
    if (agesShown.peek()) this.fade();
    return true;
  }

  /** Move what is under way; gives whether anything is. */
  private move(now: number): boolean {
    const { moving } = this.things;
    if (!moving.size) return false;
    const isMany = moving.size > MOST_SMOOTH || this.deviceMs > SLOWEST_MS;
    for (const slot of moving) {
      if (isMany) this.things.begun[slot] = -Infinity;
      this.batches.write(slot, now);
      if (isMany || this.things.progress(slot, now) >= 1) moving.delete(slot);
    }
    return true;
  }

  private mainLight(now: number): { direction: number[]; light: number[]; shadows: boolean } | null {
    const { main } = this.lights;
    if (!main) return null;
    const matrix: number[] = new Array<number>(16);
    this.batches.matrixOf(main.slot, now, matrix, 0);
    return { direction: matrix.slice(8, 11), light: main.facts.color.map((part) => part * main.facts.intensity), shadows: main.facts.shadows };
  }

  private rebase(now: number): void {
    const at = this.steering.eye;
    const { base } = this.batches;
    if (Math.max(...at.map((part, axis) => Math.abs(part - base[axis]))) < FAR_FROM_BASE_M) return;
    this.batches.rebase([Math.round(at[0]), 0, Math.round(at[2])], now);
    const facts = sceneFacts.peek();
    if (facts) this.fences.show(facts.fences, base);
  }

  private nameThings(): void {
    const found = this.eyes.labels((place) => this.onPage(place));
    const at = this.steering.eye;
    const limit = Math.min(Math.max(this.steering.distance * 2.5, 25), 500);
    const strong = new Set([selected.peek(), hovered.peek()?.id].filter((id): id is Id => !!id));
    const near: { slot: number; apart: number }[] = [];
    const { things } = this;
    const crowds = new Set([...kinds.peek()].filter(([, count]) => count > CROWD).map(([kind]) => kind));
    if (labelsShown.peek()) {
      for (let slot = 0; slot < things.capacity; slot++) {
        const look = things.present[slot] ? this.looks.get(things.looks[slot]) : undefined;
        if (look?.kind === undefined || hiddenKinds.peek().has(look.kind)) continue;
        const apart = Math.hypot(things.to[3 * slot] - at[0], things.to[3 * slot + 1] - at[1], things.to[3 * slot + 2] - at[2]);
        if (apart < (crowds.has(look.kind) ? limit / 4 : limit)) near.push({ slot, apart });
      }
    }
    near.sort((a, b) => a.apart - b.apart);
    const ids = new Set<Id>(strong);
    for (const { slot } of near) {
      if (ids.size >= 60) break;
      ids.add(things.id(slot));
    }
    for (const id of ids) {
      const label = this.labelOf(id, at, strong.has(id));
      if (label) found.push(label);
    }
    this.labels.show(found);
  }

  private labelOf(id: Id, at: Vector, strong: boolean): Label | null {
    const corners = cornersOf(this.things.slotsOf(id), this.batches);
    if (!corners.length) return null;
    let x = 0, top = -Infinity, z = 0;
    for (let corner = 0; corner < corners.length; corner += 3) {
      x += corners[corner];
      top = Math.max(top, corners[corner + 1]);
      z += corners[corner + 2];
    }
    const place: Vector = [(x * 3) / corners.length, top, (z * 3) / corners.length];
    const page = this.onPage(place);
    const distance = Math.hypot(place[0] - at[0], place[1] - at[1], place[2] - at[2]);
    return page && { id, x: page[0], y: page[1] - 4, distance, strong };
  }
}

/** Whether the server's picture lies over this one. */
function isDrawnElsewhere(): boolean {
  return drawnBy.peek() === "server" && serverPictures.peek().state === "open";
}

function isSoftware(renderer: THREE.WebGLRenderer): boolean {
  const context = renderer.getContext();
  const about = context.getExtension("WEBGL_debug_renderer_info");
  return about !== null && /swiftshader|llvmpipe|software/i.test(String(context.getParameter(about.UNMASKED_RENDERER_WEBGL)));
}

/** Begin to draw on a canvas. */
export function openScene(canvas: HTMLCanvasElement): View & { isReady(): boolean; isStill(): boolean } {
  return new Picture(canvas);
}
