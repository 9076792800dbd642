"""A model with two clips, and a project in which it stands."""

from __future__ import annotations

import json
import shutil
import tempfile
from math import cos, pi, sin
from pathlib import Path

import numpy as np
from gltf_files import FileBuilder

__all__ = ["ROBOT", "make_robot", "robot_project"]

ROBOT = f"{0xB0B0:016x}"
_DESK = Path(__file__).parents[1] / "ui" / "worlds" / "desk"


def make_robot() -> bytes:
    """A GLB: a body with an arm; "Hop" moves it up by 1 m in a second, "Wave" turns the arm by a quarter in two."""
    builder = FileBuilder()
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32) - np.array([0.5, 0, 0], np.float32)
    places = builder.accessor(corners, min=corners.min(0).tolist(), max=corners.max(0).tolist())
    faces = builder.accessor(np.array([0, 1, 2, 0, 2, 3], np.uint16))

    def channel(node: int, path: str, times: list[float], values: list[tuple[float, ...]]) -> tuple[dict, dict]:  # type: ignore[type-arg]
        keys = np.array(times, np.float32)
        inputs = builder.accessor(keys, min=[float(keys.min())], max=[float(keys.max())])
        sampler = {"input": inputs, "output": builder.accessor(np.array(values, np.float32))}
        return sampler, {"sampler": 0, "target": {"node": node, "path": path}}

    quarter = (0.0, 0.0, sin(pi / 4), cos(pi / 4))
    clips = {
        "Hop": channel(0, "translation", [0.0, 1.0], [(0, 0, 0), (0, 1, 0)]),
        "Wave": channel(1, "rotation", [0.0, 2.0], [(0, 0, 0, 1), quarter]),
    }
    mesh = {"primitives": [{"attributes": {"POSITION": places}, "indices": faces}]}
    return builder.glb(
        scenes=[{"nodes": [0]}], scene=0, meshes=[mesh],
        nodes=[{"name": "body", "mesh": 0, "children": [1]}, {"name": "arm", "mesh": 0, "translation": [1.0, 0.5, 0.0]}],
        animations=[{"name": name, "samplers": [sampler], "channels": [target]} for name, (sampler, target) in clips.items()],
    )  # fmt: skip


def robot_project() -> Path:
    """A copy of the desk in which the robot stands beside the crates."""
    root = Path(tempfile.mkdtemp(prefix="taixu-robot-")) / "desk"
    shutil.copytree(_DESK, root)
    (root / "assets" / "robot.glb").write_bytes(make_robot())
    file = root / "worlds" / "main.world.json"
    data = json.loads(file.read_text())
    data["entities"][ROBOT] = {
        "name": {"text": "Robot"}, "model": {"source": "assets/robot.glb"}, "transform": {"position": [-3, 0, 0]},
    }  # fmt: skip
    file.write_text(json.dumps(data, indent=2))
    return root
