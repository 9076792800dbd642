"""What `taixu render` draws: a world as it is opened, or a model that stands alone in an empty one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from taixu.assets.paths import find_sample
from taixu.cli.kinds import find_importers, kind_of
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.defaults import App

__all__ = ["open_thing", "triangle_count"]


def open_thing(app: App, path: Path, *, animated: bool = False, from_secs: float = 0.0, variant: str = "") -> str:
    """Open a world, or put a model into the app's empty world; gives which of the two it was.

    Where `animated`, the model plays its clips instead of standing at rest, `from_secs` on. `variant` is one of its
    material variants.

    Raises
    ------
    TaixuError
        When it cannot be read.
    UsageError
        When it is neither, or has no such variant.
    """
    path = find_sample(path)
    if not path.exists():
        raise TaixuError(f"{path}: there is no such file")
    kind = kind_of(path)
    if kind in ("project", "world"):
        if variant:
            raise UsageError(f"--variant: {path} is a world, whose models say their variants themselves")
        app.open(path)
        return "world"
    if kind != "model":
        ending = path.suffix or "nothing"
        raise UsageError(f"{path}: what ends in {ending} is not drawn; worlds and models are")
    from taixu.animation import AnimationPlayer
    from taixu.assets.model import log_notes
    from taixu.scene import Name, Transform
    from taixu.scene.instantiate import spawn_model

    model = find_importers().find(path).find()(path)
    log_notes(path, model)
    if variant and variant not in model.variants:
        have = f"it has {', '.join(model.variants)}" if model.variants else "it has none"
        raise UsageError(f"--variant: {path} has no variant {variant!r}; {have}")
    players = [AnimationPlayer(clip="*", time_secs=from_secs)] if animated and model.animations else []
    owner = app.world.spawn(Transform(), Name(path.stem), *players)
    spawn_model(app.world, owner, model, variant=variant)
    return "model"


def triangle_count(app: App) -> int:
    """Triangles of everything that is there to be drawn."""
    from taixu.assets.model import Mode, Primitive
    from taixu.scene import MeshInstance
    from taixu.scene.library import MeshLibrary

    def triangles(primitive: Primitive) -> int:
        count = primitive.vertex_count if primitive.indices is None else len(primitive.indices)
        if primitive.mode == Mode.TRIANGLES:
            return count // 3
        return max(0, count - 2) if primitive.mode in (Mode.TRIANGLE_STRIP, Mode.TRIANGLE_FAN) else 0

    library = app.resource(MeshLibrary)
    total = 0
    for table in app.world.query(MeshInstance):
        uses = np.bincount(table.read(MeshInstance, "mesh")[table.read(MeshInstance, "visible")])
        for number in np.flatnonzero(uses).tolist():
            total += int(uses[number]) * sum(map(triangles, library[number].primitives))
    return total
