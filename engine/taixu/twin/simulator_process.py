"""The process of a simulator: runs a script as if it were called by itself, until the pipe to whoever started it closes."""

from __future__ import annotations

import os
import runpy
import sys
import threading
from pathlib import Path

__all__: list[str] = []


def _main() -> None:
    script = Path(sys.argv[1])
    sys.argv = sys.argv[1:]
    sys.path.insert(0, str(script.parent))
    pipe = os.dup(sys.stdin.fileno())
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())  # what the script reads is not ours

    def watch() -> None:
        while os.read(pipe, 4096):
            pass
        os._exit(0)  # whatever the script is at: who started it is gone

    threading.Thread(target=watch, daemon=True).start()
    runpy.run_path(str(script), run_name="__main__")


if __name__ == "__main__":
    _main()
