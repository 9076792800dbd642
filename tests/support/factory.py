"""The sample `factory`, served as a program with its simulated devices over its own broker."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

__all__ = ["TOKEN", "Factory", "factory"]

TOKEN = "f" * 24
_ROOT = Path(__file__).resolve().parents[2]


class Factory:
    """A running factory, asked by HTTP."""

    def __init__(self, program: subprocess.Popen[str], url: str, said: list[str]) -> None:
        self.program, self.url, self.said = program, url, said

    def ask(self, path: str, body: Any = None) -> Any:
        """What a path answers; with a body it is posted."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(self.url + path, data=data, headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def find(self, name: str) -> str:
        """The id of an entity of some name."""
        found = self.ask(f"entities?search={quote(name)}&limit=50")["entities"]
        return str(next(each["id"] for each in found if each["name"] == name))

    def value(self, entity: str, field: str) -> Any:
        """A field of an entity just now."""
        return self.ask(f"entities/{entity}")["fields"][field]["value"]

    def wait(self, condition: Callable[[], Any], *, secs: float, what: str) -> Any:
        """Ask until something is so."""
        end = time.monotonic() + secs
        while not (found := condition()):
            assert time.monotonic() < end, (what, self.said[-20:])
            assert self.program.poll() is None, self.said[-20:]
            time.sleep(0.2)
        return found


@contextmanager
def factory(*, record: Path | None = None, seconds: float = 1800, project: Path | None = None) -> Iterator[Factory]:
    """Serve it (or another project, which is trusted) on a free port until the block is left."""
    served = [_ROOT / "samples" / "factory"] if project is None else [project, "--trust"]
    words = ["serve", *served, "--port", "0", "--token", TOKEN, "--seconds", seconds]
    words += ["--record", record] if record is not None else []
    command = [sys.executable, "-m", "taixu", *map(str, words)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ)
    said: list[str] = []
    started = threading.Event()

    def listen() -> None:
        assert program.stdout is not None
        for line in program.stdout:
            said.append(line.rstrip())
            if "serving" in line:
                started.set()
        started.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        assert started.wait(180), said
        found = re.search(r"at (http://\S+)", "\n".join(said))
        assert found is not None, said
        yield Factory(program, found[1], said)
    finally:
        program.terminate()
        try:
            program.wait(120)
        except subprocess.TimeoutExpired:
            program.kill()
            raise
        listener.join(60)
