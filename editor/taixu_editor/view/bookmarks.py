"""Places of the camera that a user keeps, nine for each project, in the user's own folder."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu_editor.folders import config_folder
from taixu_editor.view.orbit import OrbitCamera

__all__ = ["load_bookmarks", "save_bookmark"]

_NUMBERS = ("turn_rad", "height_rad", "distance_m", "fov_y_rad")
_MOST_BYTES = 1 << 16


def load_bookmarks(project: Path) -> dict[int, OrbitCamera]:
    """Cameras by number, 1 to 9; what cannot be read is left out."""
    file = _file(project)
    try:
        if file.stat().st_size > _MOST_BYTES:
            return {}
        data = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    found = {}
    for number in range(1, 10):
        camera = _camera(data.get(str(number)) if isinstance(data, dict) else None)
        if camera is not None:
            found[number] = camera
    return found


def save_bookmark(project: Path, number: int, camera: OrbitCamera) -> None:
    """Keep where a camera is.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    kept = load_bookmarks(project) | {number: replace(camera, _goal=None)}
    write_atomic(_file(project), json.dumps({str(n): _plain(c) for n, c in sorted(kept.items())}, indent=1))


def _plain(camera: OrbitCamera) -> dict[str, Any]:
    data = asdict(camera)
    return {name: data[name] for name in (*_NUMBERS, "is_parallel")} | {"pivot": [float(v) for v in camera.pivot]}


def _camera(data: Any) -> OrbitCamera | None:
    try:
        pivot = np.array(data["pivot"], np.float64)
        numbers: dict[str, Any] = {name: float(data[name]) for name in _NUMBERS}
        camera = OrbitCamera(pivot=pivot, is_parallel=bool(data["is_parallel"]), **numbers)
    except (TypeError, KeyError, ValueError):
        return None
    is_sound = pivot.shape == (3,) and np.isfinite([*pivot, *numbers.values()]).all() and camera.distance_m > 0
    return camera if is_sound and 0.01 <= camera.fov_y_rad <= 3.1 else None


def _file(project: Path) -> Path:
    return config_folder() / "bookmarks" / f"{hashlib.sha256(str(project.absolute()).encode()).hexdigest()[:24]}.json"
