// The 3D picture: it follows the state stream and draws what is near.
import * as THREE from "three";
import { OrbitControls } from "three/examples/jsm/controls/OrbitControls.js";
import { eye, figures } from "../store";
import { Watch } from "../wire/watch";
import { Things } from "./things";
import type { View } from "./view";

/** Begin to draw on a canvas. */
export function openScene(canvas: HTMLCanvasElement): View {
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
  const scene = new THREE.Scene();
  scene.background = new THREE.Color(0x2a3038);
  scene.add(new THREE.HemisphereLight(0xffffff, 0x444444, 3));
  const camera = new THREE.PerspectiveCamera(45, 1, 0.1, 20_000);
  camera.position.set(8, 6, 12);
  const controls = new OrbitControls(camera, canvas);
  const things = new Things();
  const looks = new Map<number, unknown>();
  const boxes = new THREE.InstancedMesh(new THREE.BoxGeometry(), new THREE.MeshStandardMaterial({ color: 0xb0b8c0 }), 100_000);
  boxes.frustumCulled = false;
  scene.add(boxes);
  const watch = new Watch({
    frame: (frame) => {
      things.take(frame, performance.now());
      figures.value = { ...figures.value, things: things.count, stream_frame: frame.number };
    },
    looks: (told) => Object.entries(told).forEach(([number, look]) => looks.set(Number(number), look)),
    gone: (slots) => things.forget(slots),
    thing: () => undefined,
  });
  const matrix = new THREE.Matrix4();
  const place = new Float64Array(3);
  const turn = new Float32Array(4);
  const step = (now: number): void => {
    controls.update();
    for (let slot = 0; slot < things.capacity && slot < 100_000; slot++) {
      if (!things.present[slot]) matrix.makeScale(0, 0, 0);
      else {
        things.place(slot, now, place);
        things.turn(slot, now, turn);
        matrix.compose(new THREE.Vector3(...place), new THREE.Quaternion(...turn), new THREE.Vector3().fromArray(things.scales, 3 * slot));
      }
      boxes.setMatrixAt(slot, matrix);
    }
    boxes.count = Math.min(things.capacity, 100_000);
    boxes.instanceMatrix.needsUpdate = true;
    renderer.render(scene, camera);
    requestAnimationFrame(step);
  };
  const fit = (): void => {
    const { clientWidth: width, clientHeight: height } = canvas;
    renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    renderer.setSize(width, height, false);
    camera.aspect = width / Math.max(height, 1);
    camera.updateProjectionMatrix();
  };
  new ResizeObserver(fit).observe(canvas);
  watch.look([0, 0, 0], 1000);
  watch.open();
  requestAnimationFrame(step);
  setInterval(() => (eye.value = { at: camera.position.toArray(), toward: controls.target.toArray() }), 250);
  return {
    canvas,
    goTo: () => undefined,
    frameAll: () => undefined,
    placeOf: () => null,
    onPage: () => null,
    camera: () => ({ eye: camera.position.toArray(), target: controls.target.toArray(), fovDeg: camera.fov }),
    pick: () => null,
    showEye: () => undefined,
    goToMoment: (time_ns, options) => watch.goTo(time_ns, options),
  };
}
