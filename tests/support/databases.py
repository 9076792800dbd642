"""A real PostgreSQL for tests, as an unprivileged user, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Database", "find_postgres", "running_database"]


def find_postgres() -> Path | None:
    """The newest server's programs; Debian puts them where users do not look."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Database:
    """A server that can go and come back."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._folder, self._programs = folder, programs
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "taixu", "--no-sync")

    @property
    def url(self) -> str:
        """What libpq takes."""
        return f"host={self._folder} user=taixu dbname=postgres"

    def start(self) -> None:
        """Answer."""
        options = f"-k {self._folder} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        """Go at once, whoever is connected."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")

    def _run(self, program: str, *words: str) -> None:
        """Run a program as somebody who is not root: servers refuse root."""
        before = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        done = subprocess.run(
            [*before, str(self._programs / program), *words], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, f"{program} failed"


@contextmanager
def running_database() -> Iterator[Database]:
    """While it runs."""
    programs = find_postgres()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="taixu-db-"))  # sockets want short paths
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        database = Database(folder, programs)
        database.start()
        try:
            yield database
        finally:
            database.stop()
    finally:
        time.sleep(0.05)
        shutil.rmtree(folder, ignore_errors=True)
