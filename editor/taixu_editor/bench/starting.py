"""From the start of the program to its start page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import result
from taixu.errors import MachineError

__all__ = ["measure_start"]

_LIMIT_MS = 2000.0
_TIMES = 4
_SCRIPT = """
import sys
from time import process_time
from taixu.platform import Window
from taixu_editor.window import EditorWindow
imported = process_time()
window = EditorWindow(Window("Taixu", size=(1440, 900)))
window.shell.start()
window.frame()
print(imported, process_time(), flush=True)
sys.stdin.readline()
window.close()
"""
"""What ``taixu edit`` does, up to the first frame."""


def measure_start() -> Iterator[dict[str, Any]]:
    """Yield one result; the first start, which fills caches, is not counted.

    `frame_ms` is on the clock, `busy_ms` the processor's time, `import_ms` that of the imports alone.
    """
    walls, busy, imports = [], [], []
    for _ in range(_TIMES):
        began = perf_counter()
        process = subprocess.Popen([sys.executable, "-c", _SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = process.stdout.readline().split()
        walls.append((perf_counter() - began) * 1e3)
        process.communicate("\n")
        if process.returncode or len(said) != 2:
            raise MachineError("the editor did not show its start page")
        imports.append(float(said[0]) * 1e3)
        busy.append(float(said[1]) * 1e3)
    yield result(
        "editor/start page", np.array(walls[1:]), n=1, limit_ms=_LIMIT_MS, busy_ms=round(min(busy[1:])),
        import_ms=round(min(imports[1:])), first_ms=round(walls[0]),
    )  # fmt: skip
