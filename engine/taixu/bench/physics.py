"""A thousand awake bodies: a step of the whole engine beside the bare step of its backend, on the same bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result, time_calls
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.physics.base import BackendBase

__all__ = ["defaults", "measure"]

defaults = Options(n=1000, frames=360)

_SETTLING = 90
"""Steps before measuring: the boxes have fallen and lie on each other."""
_BLOCK = 12
_MOST_MORE = 0.10
"""What the engine may add to the bare step."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result for each backend that is installed.

    `added` is the engine's share: what a frame of the engine takes more than the bare step, over the bare step, the
    median of all pairs of turns;
    `limit_added` is what it may be, and `ratio` how many times below that it is.
    """
    from taixu.physics import backend_name

    for name in ("pybullet", "rapier"):
        try:
            backend_name(name)
        except TaixuError as why:
            yield {"name": f"physics/{name}", "n": options.n, "skipped": str(why)}
            continue
        places = _places(options.n)
        bare, engine = _measure_both(name, places, options)
        # Of each pair of turns for itself, so that what slows the machine for a while slows both sides of a ratio.
        added = float(np.median(np.median(engine, axis=1) / np.median(bare, axis=1))) - 1
        yield result(
            f"physics/{name}", engine.ravel(), n=options.n, bare_ms=round(float(np.median(bare)), 4), added=round(added, 4),
            limit_added=_MOST_MORE, ratio=round(_MOST_MORE / max(added, 1e-3), 2),
        )  # fmt: skip


def _places(count: int) -> NDArray[np.float64]:
    """Centres ``[3, n]`` of a loose pile of boxes, 10 by 10 in a layer."""
    index = np.arange(count)
    spread = np.random.default_rng(0).uniform(-0.2, 0.2, (2, count))
    x, z = (index % 10) * 1.3 - 5.85 + spread[0], (index // 10 % 10) * 1.3 - 5.85 + spread[1]
    return np.stack([x, (index // 100) * 1.1 + 0.6, z])


def _measure_both(
    name: str, places: NDArray[np.float64], options: Options
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds of the bare steps and of the engine's frames, [turns, steps] each.

    In turns, so that both feel what else the machine does; by the dozen, so that neither finds the caches full of the
    other's bodies, which no world that runs alone would.
    """
    from taixu.defaults import App

    backend = _bare_backend(name, places)
    with App.headless(physics=name) as app:
        _spawn(app, places)
        bare: list[NDArray[np.float64]] = []
        engine: list[NDArray[np.float64]] = []
        for _ in range(_SETTLING):
            backend.step(1)
            app.frame(app.clock.step_secs)
        for _ in range(max(1, options.frames // _BLOCK)):
            bare.append(time_calls(lambda index: backend.step(1), _BLOCK, warm=1))
            engine.append(time_calls(lambda index: app.frame(app.clock.step_secs), _BLOCK, warm=1))
    backend.close()
    return np.stack(bare), np.stack(engine)


def _bare_backend(name: str, places: NDArray[np.float64]) -> BackendBase:
    from taixu.physics import make_backend
    from taixu.physics.batch import BodyBatch, BodyFlags, BodyKind
    from taixu.physics.protocol import Settings
    from taixu.physics.shapes import box

    count = places.shape[1]
    backend = make_backend(name, Settings())
    poses = np.zeros((count + 1, 7))
    poses[:, 6] = 1.0
    poses[0, 1] = -0.5
    poses[1:, :3] = places.T
    colliders = BodyBatch.collider_rows(count + 1)
    colliders["shape"][1:] = 1
    colliders["density"] = 500.0
    kinds = np.full(count + 1, BodyKind.DYNAMIC)
    kinds[0] = BodyKind.STATIC
    shapes = (box((200.0, 1.0, 200.0)), box((1.0, 1.0, 1.0)))
    batch = BodyBatch(
        poses, kinds=kinds, shapes=shapes, colliders=colliders, angular_dampings=0.05, flags=BodyFlags.NONE
    )
    backend.create(batch)
    return backend


def _spawn(app: App, places: NDArray[np.float64]) -> None:
    from taixu.physics import Collider, RigidBody
    from taixu.scene import Transform

    count = places.shape[1]
    app.scene.spawn("floor", Collider(size=(200.0, 1.0, 200.0)), position=(0, -0.5, 0))
    app.world.spawn_batch(
        count,
        {
            Transform: {"translation": places.astype(np.float32)},
            Collider: {},
            RigidBody: {"can_sleep": np.zeros(count, bool)},
        },
    )
