"""Starting a module of Taixu in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from taixu.errors import MachineError

__all__ = ["start_child"]


def start_child(
    module: str, *arguments: str, what: str, environment: Mapping[str, str] | None = None, **options: Any
) -> subprocess.Popen[bytes]:
    """Start ``python -m module arguments...`` with the Taixu that runs here, apart from the terminal's Ctrl-C.

    Parameters
    ----------
    module
        What the process runs.
    what
        How the process is called where it cannot be started ("the broker's process").
    environment
        What to add to our own environment.
    **options
        Of `subprocess.Popen`: where its streams go.

    Raises
    ------
    MachineError
        When it cannot be started.
    """
    if not sys.executable:
        raise MachineError(f"{what} cannot be started: this Python does not know its own executable")
    environment = os.environ | dict(environment or {})
    # It finds taixu where we did; -P keeps the working directory, which may be anybody's, off its path.
    folder = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, environment.get("PYTHONPATH", ""))))
    # Such processes run side by side, so BLAS threads in each would only wait for one another; and one thread sums in one
    # order, however many cores there are.
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
    else:
        options["process_group"] = 0  # Ctrl-C in a terminal reaches us alone; the closed pipe tells it
    try:
        return subprocess.Popen([sys.executable, "-P", "-m", module, *arguments], env=environment, **options)
    except OSError as error:
        raise MachineError(f"{what} cannot be started: {error}") from error
