"""Contact sheets: avatars in poses, their faces and moods, a row each, as one picture to look hard at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.stills import pose_of, still

if TYPE_CHECKING:
    from taixu.assets.model import ModelData
    from taixu.render import Renderer

__all__ = ["FACES", "Look", "sheet"]

Pixels = NDArray[np.uint8]
_FOV_RAD = 0.38
_GROUND = (0.86, 0.89, 0.93)
_SUN, _BEHIND = (-0.36, 0.22, 0.09, 0.90), (-0.11, 0.88, -0.25, -0.39)


@dataclass(frozen=True)
class Look:
    """A picture of somebody: where from (radians about Y; 0 is the front), in which pose and mood, and whether of the face."""

    turn_rad: float = 0.0
    pose: str = "stand"
    mood: str = ""
    face: bool = False
    phase: float = 0.12
    reach_m: float = 0.0
    """How much a picture that is not of the face shows, from the middle of `height`; 0 shows all."""
    height: float = 0.5


FACES = (Look(0.25, face=True),
         *(Look(0.15, mood=mood, face=True) for mood in ("happy", "angry", "sad", "relaxed", "surprised")))  # fmt: skip
"""The face, and five moods."""


def sheet(
    models: Iterable[ModelData], looks: Sequence[Look], *, height_px: int = 384, abreast: int = 1, samples: int = 4,
    progress: Callable[[int], None] | None = None
) -> Pixels:  # fmt: skip
    """A row a model, a column a look, in so many columns of models: uint8 [h, w, 3].

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
    for number, model in enumerate(models):
        strips.append(np.concatenate(list(_row(renderer, model, looks, height_px, samples)), 1))
        if progress is not None:
            progress(number + 1)
    renderer.release()
    device.release()
    while len(strips) % abreast:
        strips.append(np.full_like(strips[0], 236))
    return np.concatenate([np.concatenate(strips[at : at + abreast], 1) for at in range(0, len(strips), abreast)])


def _row(renderer: Renderer, model: ModelData, looks: Sequence[Look], height_px: int, samples: int) -> Iterator[Pixels]:
    from taixu.render import ViewCamera, render_still

    last, world = None, None
    for look in looks:
        key = (look.pose, look.mood, look.phase)
        if world is None or key != last:
            shown = still(model, pose_of(model, look.pose, phase=look.phase), {look.mood: 1.0} if look.mood else None)
            world, last = _world(shown), key
            crown = _top(shown)
        if look.face:
            middle, reach, width = *_head(model, shown), 0.86
        else:
            middle, width = np.array((0.0, crown * look.height, 0.0)), 0.62 if look.pose not in ("t-pose", "arms up") else 0.95
            reach = look.reach_m or 1.14 * max(crown, 0.6 * _top(model), 0.45)
        far = 0.5 * reach / np.tan(0.5 * _FOV_RAD)
        eye = middle + far * np.array((np.sin(look.turn_rad), 0.07, np.cos(look.turn_rad)))
        camera = ViewCamera.looking(eye, middle, fov_y_rad=_FOV_RAD)
        size = (int(height_px * width) // 2 * 2, height_px)
        picture = render_still(renderer, world, camera, size=size, samples=samples, settings={"background": _GROUND})
        yield picture.pixels[..., :3]


def _world(shown: ModelData) -> Any:
    from taixu.app import App, Stage
    from taixu.scene import Environment, Light, Transform
    from taixu.scene.instantiate import spawn_model
    from taixu.scene.plugin import ScenePlugin

    app = App()
    app.add_plugin(ScenePlugin())
    spawn_model(app.world, app.world.spawn(Transform()), shown)
    app.world.spawn(Environment(intensity=0.7))
    app.world.spawn(Transform(rotation=_SUN), Light(intensity=2.4))
    app.world.spawn(Transform(rotation=_BEHIND), Light(intensity=0.5))
    app.run_stage(Stage.PROPAGATE)
    return app.world


def _top(shown: ModelData) -> float:
    return max(float(part.attributes["POSITION"][:, 1].max()) for mesh in shown.meshes for part in mesh.primitives)


def _head(model: ModelData, shown: ModelData) -> tuple[NDArray[np.float64], float]:
    """The middle of a picture of the face, and how much it shows: down to the collar; ears and hats as far as they fit."""
    assert model.avatar is not None
    neck = -float(model.skins[0].inverse_bind_matrices[list(model.avatar.humanoid).index("head"), 1, 3])
    faces = (mesh for mesh in shown.meshes if mesh.name == "face")
    points = np.concatenate([part.attributes["POSITION"] for mesh in faces for part in mesh.primitives])
    low, high = points.min(0).astype(np.float64), points.max(0).astype(np.float64)
    if model.materials[0].toon is None:
        size = float(high[1]) / 1.7
        return np.array((0.5 * (low[0] + high[0]), high[1] - 0.150 * size, 0.05)), 0.36 * size
    skull = min(_top(shown), 1.75 * neck)
    chin = min(neck, float(low[1]) - 0.15 * (skull - neck))
    wide = max(float(np.abs(part.attributes["POSITION"][:, 0]).max()) for mesh in shown.meshes if mesh.name in ("head", "face")
               for part in mesh.primitives)
    reach = max(1.2 * (skull - chin), min(2.15 * wide, 1.9 * (skull - chin)))
    return np.array((0.0, 0.5 * (chin + skull), 0.0)), reach
