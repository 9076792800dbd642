"""Panda3D with simplepbr: the model by panda3d-gltf, one sun with a shadow map."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import model_scene
from taixu.bench.peers.common import Request, Skipped, measure_frames

__all__ = ["measure"]

_SHADOW_TEXELS = 1024


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with Panda3D."""
    try:
        import gltf
        import simplepbr
        from panda3d.core import (
            AmbientLight,
            CardMaker,
            DirectionalLight,
            GraphicsOutput,
            Material,
            PandaSystem,
            Texture,
            loadPrcFileData,
        )  # fmt: skip
    except ImportError as missing:
        raise Skipped(f"Panda3D's S3 wants panda3d, panda3d-gltf and panda3d-simplepbr ({missing})") from None
    pipe = os.environ.get("TAIXU_PANDA_PIPE", "p3headlessgl")
    loadPrcFileData(
        "",
        f"load-display {pipe}\nwindow-type offscreen\nwin-size {request.width} {request.height}\nsync-video false\n"
        "audio-library-name null\nframebuffer-multisample false\nmultisamples 0\nnotify-level error\ngl-version 3 2\n",
    )
    from direct.showbase.ShowBase import ShowBase

    base = ShowBase(windowType="offscreen")
    if base.win is None:
        raise Skipped(f"Panda3D opens no {pipe} buffer here")
    base.setBackgroundColor(*model_scene.BACKGROUND)
    base.disableMouse()
    simplepbr.init(enable_shadows=True, max_lights=1, msaa_samples=0, use_normal_maps=True, use_occlusion_maps=True)
    model = base.render.attachNewNode(gltf.load_model(str(model_scene.model_file())))
    model.reparentTo(base.render)
    card = CardMaker("ground")
    half = model_scene.GROUND_M / 2
    card.setHasNormals(True)
    card.setFrame(-half, half, -half, half)
    ground = base.render.attachNewNode(card.generate())
    ground.setP(-90)
    paint = Material()
    paint.setBaseColor((0.8, 0.8, 0.8, 1))
    paint.setRoughness(0.9)
    ground.setMaterial(paint)
    sun = DirectionalLight("sun")
    sun.setColor((model_scene.SUN,) * 3 + (1,))
    sun.setShadowCaster(True, _SHADOW_TEXELS, _SHADOW_TEXELS)
    sun.getLens().setFilmSize(8, 8)
    sun.getLens().setNearFar(0.1, 30)
    lamp = base.render.attachNewNode(sun)
    x, y, z = model_scene.SUN_PLACE
    lamp.setPos(x, -z, y)
    lamp.lookAt(0, 0, 0)
    base.render.setLight(lamp)
    sky = AmbientLight("sky")
    sky.setColor((model_scene.AMBIENT,) * 3 + (1,))
    base.render.setLight(base.render.attachNewNode(sky))
    base.camLens.setAspectRatio(request.width / request.height)
    base.camLens.setMinFov(model_scene.FOV_Y_DEG)
    base.camLens.setNearFar(model_scene.NEAR_M, model_scene.FAR_M)
    picture = Texture()
    if request.read_back:
        base.win.addRenderTexture(picture, GraphicsOutput.RTMCopyRam, GraphicsOutput.RTPColor)

    def frame(index: int) -> NDArray[np.uint8] | None:
        x, y, z = model_scene.camera_place(index)
        base.camera.setPos(x, -z, y)
        base.camera.lookAt(model_scene.LOOK_AT[0], -model_scene.LOOK_AT[2], model_scene.LOOK_AT[1])
        base.taskMgr.step()
        if not request.read_back:
            return None
        pixels = np.frombuffer(picture.getRamImageAs("RGB"), np.uint8)
        return pixels.reshape(request.height, request.width, 3)[::-1]

    return measure_frames(
        request, frame, version=PandaSystem.getVersionString(), gpu=base.win.getGsg().getDriverRenderer()
    )
