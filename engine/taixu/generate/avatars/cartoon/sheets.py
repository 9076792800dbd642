"""Contact sheets of cartoons: front, back, walking, sitting, face and five moods, as one picture to look hard at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.making import make_cartoon
from taixu.generate.avatars.cartoon.spec import CartoonSpec
from taixu.generate.avatars.stills import pose_of, still

if TYPE_CHECKING:
    from taixu.assets.model import ModelData
    from taixu.render import Renderer

__all__ = ["LOOKS", "cartoon_sheet"]

Pixels = NDArray[np.uint8]
LOOKS: tuple[tuple[str, str, float, bool], ...] = (
    ("stand", "", 0.35, False), ("stand", "", np.pi - 0.45, False), ("walk", "happy", 0.9, False), ("sit", "", 0.7, False),
    ("stand", "", 0.0, True), *(("stand", mood, 0.2, True) for mood in ("happy", "angry", "sad", "relaxed", "surprised")),
)  # fmt: skip
"""Pose, mood, from where (radians about Y), and whether it is the face."""
_FOV_RAD, _WIDTH = 0.40, 0.80


def cartoon_sheet(
    specs: Sequence[CartoonSpec], *, height_px: int = 220, abreast: int = 2, progress: Callable[[int], None] | None = None
) -> Pixels:  # fmt: skip
    """A row a character, a column a look, in so many columns of characters: uint8 [h, w, 3].

    Raises
    ------
    MachineError
        Where nothing can be drawn.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer = Renderer(device)
    strips = []
    for number, spec in enumerate(specs):
        strips.append(np.concatenate(list(_pictures(renderer, make_cartoon(spec), height_px)), 1))
        if progress is not None:
            progress(number + 1)
    renderer.release()
    device.release()
    while len(strips) % abreast:
        strips.append(np.full_like(strips[0], 236))
    return np.concatenate([np.concatenate(strips[at : at + abreast], 1) for at in range(0, len(strips), abreast)])


def _pictures(renderer: Renderer, model: ModelData, height_px: int) -> Iterator[Pixels]:
    from taixu.render import ViewCamera, render_still

    avatar = model.avatar
    assert avatar is not None
    neck = -model.skins[0].inverse_bind_matrices[list(avatar.humanoid).index("head"), 1, 3]
    wide = max(float(np.abs(part.attributes["POSITION"][:, 0]).max()) for mesh in model.meshes if mesh.name == "head"
               for part in mesh.primitives)
    last, world = None, None
    for pose, mood, turn_rad, is_face in LOOKS:
        if world is None or (pose, mood) != last:
            shown = still(model, pose_of(model, pose), {mood: 1.0} if mood else None)
            world, last = _world(shown), (pose, mood)
            crown = _top(shown)
            sunk = _top(model) - crown if pose == "sit" else 0.0
        if is_face:
            top = min(crown, 1.75 * neck)
            middle = np.array((0.0, 0.5 * (neck + top) - sunk, 0.0))
            reach = max(1.16 * (top - 0.86 * neck), min(2.15 * wide, 1.7 * (top - 0.86 * neck)))
        else:
            middle, reach = np.array((0.0, 0.5 * crown, 0.0)), 1.16 * max(crown, 0.75 * _top(model))
        far = 0.5 * reach / np.tan(0.5 * _FOV_RAD) + 0.25 * crown
        eye = middle + far * np.array((np.sin(turn_rad), 0.10, np.cos(turn_rad)))
        camera = ViewCamera.looking(eye, middle, fov_y_rad=_FOV_RAD)
        size = (int(height_px * (1.0 if is_face else _WIDTH)) // 2 * 2, height_px)
        yield render_still(renderer, world, camera, size=size, samples=4, settings={"background": (0.86, 0.89, 0.93)}).pixels[...,
                                                                                                                              :3]


def _world(shown: ModelData) -> Any:
    from taixu.app import App, Stage
    from taixu.scene import Environment, Light, Transform
    from taixu.scene.instantiate import spawn_model
    from taixu.scene.plugin import ScenePlugin

    app = App()
    app.add_plugin(ScenePlugin())
    spawn_model(app.world, app.world.spawn(Transform()), shown)
    app.world.spawn(Environment(intensity=0.7))
    app.world.spawn(Transform(rotation=(-0.36, 0.22, 0.09, 0.90)), Light(intensity=2.4))
    app.run_stage(Stage.PROPAGATE)
    return app.world


def _top(shown: ModelData) -> float:
    return max(float(part.attributes["POSITION"][:, 1].max()) for mesh in shown.meshes for part in mesh.primitives)
