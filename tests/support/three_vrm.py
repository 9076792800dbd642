"""three-vrm (an npm package), installed once into a cache folder: does another program load an avatar and move it?"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["find_three_vrm"]

PACKAGES = ["@pixiv/three-vrm@3.5.5", "three@0.187.0"]
SCRIPT = """
import fs from 'fs';
globalThis.self = globalThis;
globalThis.createImageBitmap = async () => ({width: 1, height: 1, close() {}});
globalThis.ProgressEvent ??= class { constructor(type) { this.type = type; } };
const THREE = await import('three');
const { GLTFLoader } = await import('three/examples/jsm/loaders/GLTFLoader.js');
const { VRMLoaderPlugin } = await import('@pixiv/three-vrm');
const warnings = [];
console.warn = (...words) => warnings.push(words.join(' '));
const bytes = fs.readFileSync(process.argv[2]);
const loader = new GLTFLoader();
loader.register(parser => new VRMLoaderPlugin(parser));
const gltf = await loader.parseAsync(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), '');
const vrm = gltf.userData.vrm;
const place = bone => {
  const p = vrm.humanoid.getRawBoneNode(bone).getWorldPosition(new THREE.Vector3()); return [p.x, p.y, p.z]; };
vrm.scene.updateMatrixWorld(true);
const report = {version: vrm.meta.metaVersion, name: vrm.meta.name, authors: vrm.meta.authors,
  expressions: vrm.expressionManager ? Object.keys(vrm.expressionManager.expressionMap).sort() : [],
  lookAt: vrm.lookAt ? vrm.lookAt.applier.constructor.type : null,
  joints: vrm.springBoneManager ? vrm.springBoneManager.joints.size : 0,
  constraints: vrm.nodeConstraintManager ? vrm.nodeConstraintManager.constraints.size : 0,
  rest: {leftHand: place('leftHand'), head: place('head'), leftFoot: place('leftFoot')}};
vrm.humanoid.getNormalizedBoneNode('leftUpperArm').rotation.z = -1.2;
if (vrm.lookAt) { vrm.lookAt.autoUpdate = false; vrm.lookAt.yaw = 20; vrm.lookAt._needsUpdate = true; }
const shown = report.expressions.find(name => name === 'aa' || name === 'happy');
if (shown) vrm.expressionManager.setValue(shown, 1);
vrm.springBoneManager?.setInitState();
const tails = () => vrm.springBoneManager ? [...vrm.springBoneManager.joints].map(joint => joint.bone.quaternion.toArray()) : [];
const before = tails();
for (let frame = 0; frame < 30; frame++) { vrm.scene.position.x += 0.02; vrm.update(1 / 60); }
vrm.scene.position.x = 0; vrm.scene.updateMatrixWorld(true);
report.moved = {leftHand: place('leftHand')};
report.swung = Math.max(0, ...tails().map((q, i) => Math.max(...q.map((value, k) => Math.abs(value - before[i][k])))));
report.morphs = [];
vrm.scene.traverse(object => {
  if (object.morphTargetInfluences) report.morphs.push(Math.max(0, ...object.morphTargetInfluences)); });
report.warnings = warnings;
console.log(JSON.stringify(report));
"""


def find_three_vrm(folder: Path) -> Callable[[Path], dict[str, Any]] | str:
    """A function that loads a VRM, moves it and tells what became of it; or one sentence that says why there is none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return "node and npm are not installed, and three-vrm runs on them"
    if not (folder / "node_modules" / "@pixiv" / "three-vrm").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *PACKAGES]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180)
        except subprocess.TimeoutExpired:
            return "npm did not bring three-vrm in three minutes"
        if done.returncode:
            return f"npm cannot install three-vrm: {done.stderr.strip()[-200:]}"
    script = folder / "load.mjs"
    script.write_text(SCRIPT)

    def load(file: Path) -> dict[str, Any]:
        done = subprocess.run([node, str(script), str(file)], capture_output=True, text=True, timeout=120)
        if done.returncode:
            raise RuntimeError(f"three-vrm failed on {file}: {done.stderr.strip()[-2000:]}")
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return report

    return load
