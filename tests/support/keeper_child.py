"""An editor that adds boxes, keeps copies and saves without end, until somebody kills it: run by `test_recovery`.

It writes a line to standard output after each thing that is done: ``saved 7``, ``kept 9`` (boxes that the file holds then).
"""

from __future__ import annotations

import sys
from pathlib import Path

from taixu_editor.host import Host
from taixu_editor.recovery import Keeper


def main(world: Path, recovery: Path) -> None:
    """Never returns."""
    host = Host(trust=False)
    host.open(world)
    keeper = Keeper(host, recovery)
    boxes = 0
    while True:
        for _ in range(3):
            host.do("entity.spawn", name=f"box {boxes}", components={"shape": {}})
            boxes += 1
            keeper.frame(0.0)
            keeper.wait()
            assert not keeper.problem, keeper.problem
            print(f"kept {boxes}", flush=True)
        host.do("world.save")
        print(f"saved {boxes}", flush=True)
        keeper.frame(0.0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
