"""The process that packed point clouds are read in: ``python -m taixu.assets.geodata.point_reading FILE MOST [CLASS ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from taixu.assets.apart import run_apart
from taixu.assets.geodata.point_cloud import packed_points

__all__: list[str] = []

if __name__ == "__main__":
    file, most, *classes = sys.argv[1:]
    sys.exit(run_apart(lambda: packed_points(Path(file), int(most), tuple(map(int, classes)))))
