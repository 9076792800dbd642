"""Runs benchmarks in processes of their own and reads the lines that they print."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import Any

from taixu.errors import MachineError

__all__ = ["run_bench", "run_lines"]

_LAST_BYTES = 1 << 16
WITHOUT_GPU = {"GALLIUM_NOOP": "1", "GALLIUM_THREAD": "0"}
"""Mesa then skips all drawing: what is left of a frame is Python and the driver's front end. (Mesa's own thread would
write into buffers that the driver without drawing never made.)"""


def run_bench(
    name: str, arguments: list[str], *, environment: dict[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """The results of one benchmark, as they come.

    Raises
    ------
    MachineError
        When its process fails; the sentence has the last line that it said.
    """
    yield from run_lines("taixu.bench", [name, *arguments], environment=environment)


def run_lines(
    module: str, arguments: list[str], *, environment: dict[str, str] | None = None, python: str = sys.executable
) -> Iterator[dict[str, Any]]:
    """Run a module and yield the JSON objects that it prints, one a line; what else it prints is dropped."""
    with TemporaryFile() as told:  # a pipe that nobody reads would fill and stop it
        process = subprocess.Popen(
            [python, "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            env=os.environ | (environment or {}),
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if line.startswith("{"):
                    yield json.loads(line)
            status = process.wait()
        except BaseException:
            process.kill()
            process.wait()
            raise
        told.seek(max(0, told.seek(0, os.SEEK_END) - _LAST_BYTES))
        said = told.read().decode("utf-8", "replace")
    if status:
        last = (said.strip().splitlines() or [f"status {status}"])[-1]
        raise MachineError(f"{module} {' '.join(arguments)} failed: {last}")
