"""People who are watched in browsers: what two hundred who walk and ten who look cost the server, and how many bytes each takes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import result
from taixu.errors import MachineError

__all__ = ["measure_people"]

_PEOPLE, _VIEWERS, _KINDS = 200, 10, 4
_SECS, _RATE = 6.0, 60
_SHOWN_EVERY, _POSED_EVERY = 3, 6
"""Frames between two of the scene, and of poses: twenty and ten a second, as `taixu.serve.parts.scene` has it."""
_SPACING_M, _REACH_M = 3.0, 100.0
_LIMIT_MS = 1e3 / _RATE
"""What a frame of the world has for everything."""


def measure_people() -> dict[str, Any]:
    """One result: milliseconds a frame of the world (`frame_ms`) for looking and encoding, beside those of the world's own frames
    (`world_ms`), and bytes a second that a viewer hears of each who is near, of his poses and of his meshes' places.
    """
    from taixu.defaults import App
    from taixu.serve.audience import Audience, Viewer
    from taixu.serve.poses import Poses
    from taixu.serve.sight import Sight
    from taixu.serve.skeletons import SkeletonShelf

    with TemporaryDirectory() as name, App.headless() as app:
        folder = Path(name)
        _write_people(folder)
        app.open(folder / "main.world.json")
        _spawn(app)
        app.settle()
        sight, audience = Sight(), Audience()
        poses = Poses(sight, SkeletonShelf())
        heard = [0, 0]  # bytes of poses, and of places

        def hear(message: str | bytes) -> None:
            if isinstance(message, bytes):
                heard[message[:4] != b"TXP1"] += len(message)

        viewers = [Viewer(hear) for _ in range(_VIEWERS)]
        audience.show(sight.look(app.world, time_ns=0))
        for number, viewer in enumerate(viewers):
            audience.look(viewer, [(number - _VIEWERS / 2) * _SPACING_M, 1.6, 0.0], _REACH_M)
        worlds, served = [], []
        for step in range(round(_SECS * _RATE) + _RATE):
            if step == _RATE:  # the first second tells everything
                heard[:] = [0, 0]
            start = perf_counter()
            app.frame(1.0 / _RATE)
            between = perf_counter()
            if step % _SHOWN_EVERY == 0:
                audience.show(sight.look(app.world, time_ns=0))
            if step % _POSED_EVERY == 0:
                audience.pose(poses.look(app.world, near=audience.boxes))
                for viewer in viewers:
                    viewer.acknowledge(viewer.sent)
            if step >= _RATE:
                worlds.append((between - start) * 1e3)
                served.append((perf_counter() - between) * 1e3)
        if len(poses) != _PEOPLE:
            raise MachineError(f"{len(poses)} of {_PEOPLE} people are bent")
    each = [round(count / (_SECS * _VIEWERS * _PEOPLE)) for count in heard]
    return result(
        "viewers/people", np.full(1, np.mean(served)), n=_PEOPLE, viewers=_VIEWERS, world_ms=round(float(np.mean(worlds)), 3),
        pose_bytes_a_sec=each[0], place_bytes_a_sec=each[1], limit_ms=_LIMIT_MS,
    )  # fmt: skip


def _write_people(folder: Path) -> None:
    """A project with some people of different kinds, and an empty world."""
    from taixu.assets.gltf.writer import glb_bytes
    from taixu.defaults import App
    from taixu.generate.avatars import PRESETS, drawn, make_avatar

    (folder / "taixu.toml").write_text('[project]\nname = "People"\nversion = "1.0.0"\nfirst_world = "main.world.json"\n')
    for number, choices in enumerate(list(PRESETS.values())[:_KINDS]):
        model = make_avatar(drawn(np.random.Generator(np.random.PCG64(number)), choices))
        (folder / f"person_{number}.vrm").write_bytes(glb_bytes(model))
    with App.headless() as app:
        app.save(folder / "main.world.json")


def _spawn(app: Any) -> None:
    """People on the ground who walk where they are, and every fifth of whom speaks."""
    from taixu.animation.motion import Face, Motion
    from taixu.scene import Model, Transform

    across = int(np.ceil(np.sqrt(_PEOPLE)))
    for number in range(_PEOPLE):
        place = ((number % across - across / 2) * _SPACING_M, 0.0, (number // across - across / 2) * _SPACING_M)
        words = "what a lovely day it is to walk about and to be looked at by so many people" if number % 5 == 0 else ""
        app.world.spawn(
            Transform(translation=place), Model(f"person_{number % _KINDS}.vrm"),
            Motion(measured=False, ground=False, speed=0.0 if words else 1.2, act="talk" if words else "", seed=number + 1),
            Face(saying=words),
        )  # fmt: skip
