"""MToon drawn by three-vrm (npm) in Chromium: another program's picture of the same model, camera and light."""

from __future__ import annotations

import base64
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["draw_with_three_vrm", "toon_page"]

_SCRIPT = """
import * as THREE from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import { VRMLoaderPlugin, VRMUtils, MToonMaterialLoaderPlugin } from "@pixiv/three-vrm";
window.draw = async (model, asked) => {
  const canvas = document.createElement("canvas");
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, preserveDrawingBuffer: true });
  renderer.setPixelRatio(1);
  renderer.setSize(asked.size[0], asked.size[1], false);
  renderer.toneMapping = THREE.NoToneMapping;
  const scene = new THREE.Scene();
  scene.background = new THREE.Color().setRGB(...asked.background);
  const sun = new THREE.DirectionalLight(0xffffff, asked.light);
  sun.position.set(...asked.to_light);
  scene.add(sun, new THREE.AmbientLight(0xffffff, asked.ambient));
  const camera = new THREE.PerspectiveCamera(asked.fov_deg, asked.size[0] / asked.size[1], 0.1, 50);
  camera.position.set(...asked.eye);
  camera.lookAt(...asked.target);
  const loader = new GLTFLoader();
  const isAvatar = asked.avatar;
  loader.register((parser) => isAvatar
    ? new VRMLoaderPlugin(parser) : new MToonMaterialLoaderPlugin(parser));
  const bytes = Uint8Array.from(atob(model), (letter) => letter.charCodeAt(0));
  const gltf = await loader.parseAsync(bytes.buffer, "");
  scene.add(gltf.scene);
  gltf.scene.traverse((each) => { each.frustumCulled = false; });
  if (gltf.userData.vrm) VRMUtils.rotateVRM0(gltf.userData.vrm);
  gltf.userData.vrm?.update(0);
  renderer.render(scene, camera);
  const drawn = canvas.toDataURL("image/png");
  renderer.dispose();
  return drawn.split(",")[1];
};
"""


def toon_page(packages: Path, esbuild: Path, work: Path) -> str:
    """A page's script in one piece, bundled from the packages of a folder (`three_vrm.find_three_vrm` brings them)."""
    source, made = work / "toon.mjs", work / "toon.js"
    source.write_text(_SCRIPT)
    command = [str(esbuild), str(source), "--bundle", "--format=iife", "--log-level=error", f"--outfile={made}"]
    subprocess.run(command, check=True, timeout=120, env={**os.environ, "NODE_PATH": str(packages / "node_modules")})
    return made.read_text()


def draw_with_three_vrm(page: Any, model: bytes, asked: dict[str, Any]) -> NDArray[np.uint8]:
    """A picture ``uint8[h, w, 3]`` of a model as GLB by a page that has `toon_page`'s script."""
    from taixu.assets.image import decode_image

    plain = {name: list(each) if isinstance(each, tuple) else each for name, each in asked.items()}
    drawn = page.evaluate("([model, asked]) => window.draw(model, asked)", [base64.b64encode(model).decode(), plain])
    return decode_image(base64.b64decode(drawn))[..., :3]
