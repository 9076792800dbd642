"""Runs hostile code natively, each in a fork of its own, to show what it does where nothing contains it.

Prints JSON: by family and name "won", "not", "endless" (it was still at it when its processor time was over), "crashed", or an
error's text. Runs in the folder that it is given, which is thrown away.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from hostile_mods import CRASHING, ENDLESS, HOSTILE

_ENDLESS_SECS = 0.05
_MOST_SECS = 60


def run(code: str, *, endless: bool) -> str:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECS, _MOST_SECS))
        signal.setitimer(signal.ITIMER_VIRTUAL, _ENDLESS_SECS if endless else 0.0)
        signal.alarm(10 * _MOST_SECS)
        space: dict[str, object] = {"__builtins__": dict(vars(__builtins__)), "__name__": "mod"}
        try:
            exec(code, space)  # noqa: S102 (that is what this is for)
            said = "won" if space.get("won") is True else "not"
        except BaseException as error:
            said = f"{type(error).__name__}: {error}"[:200]
        os.write(writer, said.encode())
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 1000).decode()
    os.close(reader)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "endless" if os.WTERMSIG(status) == signal.SIGVTALRM else "crashed"
    return said


def main() -> None:
    os.chdir(sys.argv[1])
    answers = os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(nothing, fd)
    told = {family: {name: run(code, endless=False) for name, code in codes.items()} for family, codes in HOSTILE.items()}
    told["crashing"] = {name: run(code, endless=False) for name, code in CRASHING.items()}
    told["endless"] = {name: run(code, endless=True) for name, code in ENDLESS.items()}
    os.write(answers, json.dumps(told).encode())


if __name__ == "__main__":
    main()
