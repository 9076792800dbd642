"""Carries out orders in a process of its own in which the disk fails at the n-th write, for n = 1, 2, ...; says what came of it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from generator_samples import Bricks

from taixu.assets.paths import cache_folder
from taixu.errors import TaixuError
from taixu.generate import Order
from taixu.generate.generations import work_folder
from taixu.generate.making import make
from taixu.generate.placing import Place, remove_laid, take_places
from taixu.generate.registry import reference_of

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_left = [-1]


def _fail_sometime(event: str, arguments: tuple[Any, ...]) -> None:
    is_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES
    if _left[0] >= 0 and (is_write or event in ("os.rename", "os.mkdir", "os.link")):
        _left[0] -= 1
        if _left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device", str(arguments[0]))


def _names(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _try(out: Path, number: int) -> tuple[str, bool]:
    """One order, cleaned up after as `Generation` does: what was said, and whether no write has failed."""
    place = Place(out, "wall", f"ticket{number}", dated=False)
    work = work_folder() / f"{os.getpid()}-{number}"
    try:
        result = make(reference_of(Bricks()), Order("bricks", "bricks", 1, {"size": 16}), place, work, (), lambda *_, **__: None)
        take_places(result.moves)
        said = ""
    except TaixuError as error:
        said = str(error)
    finally:
        is_untouched, _left[0] = _left[0] >= 0, -1
        shutil.rmtree(work, ignore_errors=True)
        remove_laid(place)
    return said, is_untouched


def _restore(out: Path, before: dict[str, bytes]) -> None:
    shutil.rmtree(out)
    out.mkdir()
    for name, data in before.items():
        (out / name).write_bytes(data)


def main(out: Path) -> None:
    """Until nothing fails any more."""
    out.mkdir(parents=True)
    (out / "wall_height.png").write_bytes(b"what stood there before")
    before = _names(out)
    sys.addaudithook(_fail_sometime)
    found: list[dict[str, object]] = []
    passed: list[list[str]] = []
    made: list[str] = []
    for number in range(400):
        shutil.rmtree(cache_folder() / "generate", ignore_errors=True)
        _left[0] = number
        said, is_untouched = _try(out, number)
        if not said:
            made = sorted(_names(out))
            if is_untouched:
                break
            passed.append(made)  # somebody could do without that write
            _restore(out, before)
            continue
        found.append({"said": said, "same": _names(out) == before, "work": len(list(work_folder().glob("*")))})
    print(json.dumps({"failed": found, "passed": passed, "made": made}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
