"""A crowd: a thousand people who walk in view, against as many of the same that stand like statues, in one run.

Both worlds show the same models at the same levels of detail from the same camera; their frames take turns, so that whatever
else the machine does meets both. Nothing bends the statues: they are meshes that are drawn many times. Two figures count: the
whole frame, and the processor's time of Python and the driver alone, in a process with a driver that draws nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.bench.measure import Options, result
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["LIMIT", "defaults", "measure"]

defaults = Options(n=1000, frames=12, size=(640, 360))

LIMIT = 3.0
"""What the crowd may cost, in statues."""
_STEP_SECS = 1.0 / 60.0
_SPEED_MPS = 1.2
_PRESETS = 2
_WARM = 6
_PARTS = ("motion", "places", "submission", "drawing")
"""Poses; transforms and skins; Python and the driver drawing; what remains until the picture is there."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the cost of the statues' frame and of the crowd's; `cost` is how many statues' frames the crowd's takes.

    `python_ms`, `python_cost` and `python_ratio` are the same of Python and the driver alone, in processor's time.
    """
    found, skinned = _times(options)
    still, moving = (
        result(f"crowd/{name}", times[:, -2], n=options.n, cpu_ms=round(float(np.median(times[:, -1])), 3), **_parts(times))
        for name, times in found.items()
    )
    moving |= {"skinned": skinned, **_compared(still, moving)}
    if not options.without_gpu:
        asked = ["crowd", "--n", str(options.n), "--frames", str(options.frames), "--size",
                 f"{options.size[0]}x{options.size[1]}", "--without-gpu"]  # fmt: skip
        bare = list(run_lines("taixu.bench", asked, environment=WITHOUT_GPU))
        still["python_ms"], moving["python_ms"] = (one["cpu_ms"] for one in bare)
        cost = moving["python_ms"] / max(still["python_ms"], 1e-6)
        moving |= {"python_cost": round(cost, 2), "python_ratio": round(LIMIT / cost, 2)}
    yield still
    yield moving


def _compared(still: dict[str, Any], moving: dict[str, Any]) -> dict[str, Any]:
    cost = moving["frame_ms"] / max(still["frame_ms"], 1e-6)
    return {"cost": round(cost, 2), "limit_cost": LIMIT, "ratio": round(LIMIT / cost, 2)}


def _parts(times: NDArray[np.float64]) -> dict[str, float]:
    return {f"{name}_ms": round(float(value), 3) for name, value in zip(_PARTS, np.median(times[:, :-2], 0), strict=True)}


def _times(options: Options) -> tuple[dict[str, NDArray[np.float64]], int]:
    """Milliseconds of the parts of each frame, of all of it, and of the processor, [frames, 6], of both worlds; and how many of the
    crowd's renderables were deformed in a frame (the others are impostors, or out of turn).
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    models = _models()
    renderer = Renderer(device)
    stages = {
        "still": _Stage(models, options, renderer, moves=False),
        "moving": _Stage(models, options, renderer, moves=True),
    }
    times: dict[str, list[list[float]]] = {name: [] for name in stages}
    jobs = []
    for number in range(options.frames + _WARM):
        for name, stage in stages.items():
            spent = stage.frame(number, reads=not options.without_gpu)
            if number >= _WARM:
                times[name].append(spent)
        jobs.append(renderer.mirror(stages["moving"].app.world).deformer.jobs)
    for stage in stages.values():
        stage.close()
    renderer.release()
    device.release()
    return {name: np.array(rows) for name, rows in times.items()}, round(float(np.mean(jobs[_WARM:])))


def _models() -> list[ModelData]:
    from taixu.generate.avatars import PRESETS, drawn, make_avatar

    chosen = list(PRESETS.values())[:: max(len(PRESETS) // _PRESETS, 1)][:_PRESETS]
    return [make_avatar(drawn(np.random.Generator(np.random.PCG64(k)), choices)) for k, choices in enumerate(chosen)]


class _Stage:
    """A square full of people, and a camera that sees all of them."""

    def __init__(self, models: list[ModelData], options: Options, renderer: Any, *, moves: bool) -> None:
        from taixu.animation import AnimationPlugin
        from taixu.animation.motion import Motion
        from taixu.animation.motion.people import People
        from taixu.app import App
        from taixu.render import View, ViewCamera
        from taixu.scene import Environment, Light, Transform
        from taixu.scene.instantiate import spawn_model
        from taixu.scene.plugin import ScenePlugin

        self.app, self.moves = App(), moves
        self.app.add_plugin(ScenePlugin())
        if moves:  # without it nothing knows of skins: a model is meshes that stand as they were made
            self.app.add_plugin(AnimationPlugin())
            self.app.resource(People).thrift = True
        world = self.app.world
        across = int(np.ceil(np.sqrt(options.n * 1.6)))
        number = np.arange(options.n)
        spots = np.stack([(number % across - (across - 1) / 2) * 0.9, np.zeros(options.n), -(number // across) * 1.3])
        self.people = world.spawn_batch(options.n, {
            Transform: {"translation": spots.astype(np.float32)},
            **({Motion: {"seed": (number + 1).astype(np.uint32), "ground": False}} if moves else {}),
        })  # fmt: skip
        self.spots = spots
        for place, owner in enumerate(self.people.tolist()):
            spawn_model(world, owner, models[place % len(models)], key=place % len(models))
        world.spawn(Transform(rotation=(-0.42, 0.3, 0.15, 0.84)), Light(kind="directional", intensity=3.0))
        world.spawn(Environment())
        depth = float(-spots[2].min())
        half = 0.45 * across / np.tan(np.radians(25.0)) / (options.size[0] / options.size[1])
        eye = (0.0, 0.22 * depth + 4.0, half * 1.15 + 2.0)
        camera = ViewCamera.looking(eye, (0.0, 0.0, -0.38 * depth), fov_y_rad=float(np.radians(50.0)))
        self.renderer = renderer
        self.view = View(camera, options.size, settings={"antialias": "fxaa", "thrift": True})

    def frame(self, number: int, *, reads: bool) -> list[float]:
        """Milliseconds of each part, of the whole, and of the processor."""
        from taixu.app import Clock, Stage
        from taixu.scene import Transform

        world = self.app.world
        marks, worked = [perf_counter()], process_time()
        world.resource(Clock).begin_frame(_STEP_SECS)
        if self.moves:
            spots = self.spots + np.array([[0.0], [0.0], [_SPEED_MPS * _STEP_SECS * number]])
            world.scatter(self.people, Transform, "translation", spots.astype(np.float32))
        self.app.run_stage(Stage.UPDATE)
        marks.append(perf_counter())
        self.app.run_stage(Stage.PROPAGATE)
        marks.append(perf_counter())
        self.renderer.render(world, [self.view], delta_secs=_STEP_SECS)
        marks.append(perf_counter())
        if reads:
            self.renderer.read(self.view)
        marks.append(perf_counter())
        return [*(np.diff(marks) * 1e3).tolist(), (marks[-1] - marks[0]) * 1e3, (process_time() - worked) * 1e3]

    def close(self) -> None:
        """Give the view's memory back."""
        self.view.release()
        self.app.close()
