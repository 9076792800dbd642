"""Saves a world again and again, killed at each call to the system in turn; run as a process of its own.

Prints one JSON object: for each moment what it was before or after, and what is found in the file then.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from documents import make_app

from taixu.edit import Project, Session, read_world, write_world
from taixu.errors import TaixuError
from taixu.scene import Name, Transform

_CALLS = ("open", "close", "fsync", "replace", "rename", "chmod", "unlink", "remove", "mkdir", "rmdir", "link", "truncate")


class Killer:
    """Ends this process for good at the n-th moment; each call has one before it and one after, each write one in its middle."""

    def __init__(self, moment: int) -> None:
        self._left = moment

    def install(self) -> None:
        """From now on, whatever calls the system is counted."""
        for name in _CALLS:
            setattr(os, name, self._counted(name, getattr(os, name)))
        opened = io.open

        def open_counted(file: Any, mode: str = "r", *more: Any, **options: Any) -> Any:
            self._pass(f"before opening {mode}")
            stream = opened(file, mode, *more, **options)
            return _Written(stream, self._pass) if set(mode) & set("wax+") else stream

        io.open = open_counted  # type: ignore[assignment]

    def _counted(self, name: str, call: Any) -> Any:
        def counted(*args: Any, **options: Any) -> Any:
            self._pass(f"before {name}")
            found = call(*args, **options)
            self._pass(f"after {name}")
            return found

        return counted

    def _pass(self, moment: str) -> None:
        if self._left == 0:
            sys.stdout.write(json.dumps(moment) + "\n")
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1


class _Written:
    """A file that may end in the middle of what is written into it."""

    def __init__(self, stream: Any, tell: Any) -> None:
        self._stream, self._tell = stream, tell

    def write(self, data: Any) -> int:
        self._tell("before a write")
        half = len(data) // 2
        self._stream.write(data[:half])
        self._stream.flush()
        self._tell("in a write")
        self._stream.write(data[half:])
        self._stream.flush()
        self._tell("after a write")
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __enter__(self) -> _Written:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.close()


def hash_of(file: Path) -> str:
    """The state that a world's file holds, or what is wrong with it."""
    app = make_app()
    try:
        read_world(file, app.world, app.components)
        return app.world.state_hash()
    except TaixuError as error:
        return f"broken: {error}"
    finally:
        app.close()


def main(file: Path, columns_above: int) -> None:
    """Save over what was saved, once for each moment."""
    session = Session(Project(file.parent), make_app)
    session.new()
    world = session.world
    for number in range(6):
        world.spawn(Name(f"thing {number}"), Transform(translation=(number, 0, 0)))
    write_world(file, world, columns_above=columns_above)
    kept = file.parent.parent / "kept"
    shutil.copytree(file.parent, kept)
    old = hash_of(file)
    for number in range(6, 12):
        world.spawn(Name(f"thing {number}"), Transform(translation=(number, 1, 0)))
    new = world.state_hash()
    found = []
    for moment in range(10_000):
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            Killer(moment).install()
            write_world(file, world, columns_above=columns_above)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        state = hash_of(file)
        found.append("old" if state == old else "new" if state == new else state)
        # Whoever comes after it can save over whatever it left.
        write_world(file, world, columns_above=columns_above)
        assert hash_of(file) == new
        shutil.rmtree(file.parent)
        shutil.copytree(kept, file.parent)
        if not os.WIFSIGNALED(status):
            break
    print(json.dumps({"found": found, "differ": old != new}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
