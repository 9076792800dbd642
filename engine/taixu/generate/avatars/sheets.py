"""Contact sheets: people from front and back, their faces, and moods, a row each, as one picture to look hard at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.stills import pose_of, still

if TYPE_CHECKING:
    from taixu.assets.model import ModelData

__all__ = ["COLUMNS", "Look", "sheet"]

Pixels = NDArray[np.uint8]
_FOV_RAD = 0.37
_GROUND = (236, 236, 236)


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


COLUMNS = (Look(0.35), Look(np.pi - 0.35), Look(0.3, face=True),
           *(Look(0.15, mood=mood, face=True) for mood in ("happy", "angry", "sad", "relaxed", "surprised")))  # fmt: skip
"""Front, back, face, and five moods."""


def sheet(
    models: Sequence[ModelData] | Iterator[ModelData], *, looks: Sequence[Look] = COLUMNS, height_px: int = 384, samples: int = 4,
    progress: Callable[[int], None] | None = None
) -> Pixels:  # fmt: skip
    """A row a model, a column a look: uint8 [h, w, 3].

    Raises
    ------
    MachineError
        Where nothing can be drawn.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer = Renderer(device)
    rows = []
    for number, model in enumerate(models):
        rows.append(np.concatenate(list(_row(renderer, model, looks, height_px, samples)), 1))
        if progress is not None:
            progress(number + 1)
    renderer.release()
    device.release()
    return np.concatenate(rows)


def _row(renderer: object, model: ModelData, looks: Sequence[Look], height_px: int, samples: int) -> Iterator[Pixels]:
    from taixu.app import App, Stage
    from taixu.render import ViewCamera, render_still
    from taixu.scene import Light, Transform
    from taixu.scene.instantiate import spawn_model
    from taixu.scene.plugin import ScenePlugin

    assert model.avatar is not None
    top = max(float(part.attributes["POSITION"][:, 1].max()) for mesh in model.meshes for part in mesh.primitives)
    last, world = None, None
    for look in looks:
        key = (look.pose, look.mood, look.phase)
        if world is None or key != last:
            pose = pose_of(model, look.pose, phase=look.phase)
            shown = still(model, pose, {look.mood: 1.0} if look.mood else None)
            app = App()
            app.add_plugin(ScenePlugin())
            world, last = app.world, key
            spawn_model(world, world.spawn(Transform()), shown)
            world.spawn(Transform(rotation=(-0.36, 0.22, 0.09, 0.90)), Light(intensity=2.6))
            app.run_stage(Stage.PROPAGATE)
            eyes, crown = _eyes(model, shown), _top(shown)
        if look.face:
            middle, reach, width = eyes + (0.0, -0.025, -0.03), 0.34 * top / 1.7, 0.86
        else:
            middle = np.array((0.0, crown * look.height, eyes[2] * 0.5))
            reach = look.reach_m or 1.12 * max(crown, 0.6)
            width = 0.62 if look.pose not in ("t-pose", "arms up") else 0.95
        far = 0.5 * reach / np.tan(0.5 * _FOV_RAD)
        eye = middle + far * np.array((np.sin(look.turn_rad), 0.06, np.cos(look.turn_rad)))
        camera = ViewCamera.looking(eye, middle, fov_y_rad=_FOV_RAD)
        size = (int(height_px * width) // 2 * 2, height_px)
        picture = render_still(renderer, world, camera, size=size, samples=samples)  # type: ignore[arg-type]
        yield picture.pixels[..., :3]


def _top(shown: ModelData) -> float:
    return max(float(part.attributes["POSITION"][:, 1].max()) for mesh in shown.meshes for part in mesh.primitives)


def _eyes(model: ModelData, shown: ModelData) -> NDArray[np.float64]:
    """Between the eyes, where they now are."""
    for mesh in shown.meshes:
        for part in mesh.primitives:
            if part.material is not None and shown.materials[part.material].name == "eyes":
                points = part.attributes["POSITION"].astype(np.float64)
                return np.asarray((points.min(0) + points.max(0)) / 2.0)
    return np.array((0.0, 0.93 * _top(shown), 0.08))
