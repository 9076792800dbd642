"""The process that packed point clouds are read in: ``python -m taixu.assets.geodata.point_reading FILE MOST [CLASS ...]``."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from taixu.assets.geodata.point_cloud import REFUSED, send_points
from taixu.errors import TaixuError

__all__: list[str] = []

_MOST_BYTES = 8 << 30


def _main(words: list[str]) -> int:
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        send_points(Path(words[0]), int(words[1]), tuple(map(int, words[2:])), sys.stdout.buffer)
    except TaixuError as error:
        sys.stderr.write(str(error))
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
