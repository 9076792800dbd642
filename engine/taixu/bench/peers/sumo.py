"""SUMO on one of its scenarios, in a process of its own: ``python -m taixu.bench.peers.sumo FOLDER SECS`` prints a JSON object.

``wall_secs`` are those of its steps alone; ``driving`` and ``arrived`` are counted at the end.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from time import perf_counter

__all__ = ["main"]


def main(folder: Path, secs: int) -> None:
    """Run a scenario's ``run.sumocfg``."""
    try:
        import libsumo
    except ImportError:
        print(json.dumps({"skipped": "libsumo is not installed: pip install libsumo"}))
        return
    quiet = ["--tripinfo-output", "NUL", "--log", "NUL", "--no-step-log", "--no-warnings"]
    libsumo.start(["sumo", "-c", str(folder / "run.sumocfg"), *quiet])
    began, arrived = perf_counter(), 0
    for _ in range(secs):
        libsumo.simulationStep()
        arrived += libsumo.simulation.getArrivedNumber()
    wall = perf_counter() - began
    found = {"wall_secs": round(wall, 2), "driving": libsumo.vehicle.getIDCount(), "arrived": arrived}
    libsumo.close()
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
