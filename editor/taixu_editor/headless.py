"""``taixu edit --script FILE``: what a person does in the editor, done by a file, without a window.

``*.jsonl`` holds an operation a line, as the editor's own log does: ``{"operation": "entity.spawn", "parameters": {...}}``.
``*.py`` is Python that finds the editor as ``editor``: ``editor.do("entity.spawn", name="Crate")``.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import Any

from taixu.edit import read_file, read_log, write_log
from taixu.errors import TaixuError, UsageError
from taixu_editor.host import Host

__all__ = ["run_script", "save_log"]

_MOST_BYTES = 64 << 20


def run_script(script: Path, *, world: Path | None = None, trust: bool | None = None, log: Path | None = None) -> Host:
    """Open a world, do what a file says, and give the host, which is the caller's to close.

    Parameters
    ----------
    log
        Where to write what was done, also when it fails: such a file does it again.

    Raises
    ------
    TaixuError
        When the file cannot be read, or a step fails: it names file and line. What was done before it stays done.
    """
    if script.suffix not in (".py", ".jsonl"):
        raise UsageError(f"{script}: scripts for the editor are *.py or *.jsonl files")
    source = read_file(script, limit=_MOST_BYTES, what="a script").decode("utf-8", errors="replace")
    host = Host(trust=trust)
    try:
        if world is not None:
            host.open(world)
        try:
            if script.suffix == ".jsonl":
                _replay(host, source, script)
            else:
                _execute(host, source, script)
        finally:
            if log is not None:
                save_log(host, log)
    except BaseException:
        host.close()
        raise
    return host


def save_log(host: Host, path: Path) -> Path:
    """Write what was done in a session, as `run_script` does it again.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    from taixu.assets.atomic import write_atomic

    write_atomic(path, write_log(host.operations.log))
    return path


def _replay(host: Host, source: str, script: Path) -> None:
    for number, done in read_log(source, file=str(script)):
        try:
            host.operations.replay(host.session, [done])
        except TaixuError as error:
            raise TaixuError(f"{script}:{number}: {error}") from None
        host.frame(0.0)


def _execute(host: Host, source: str, script: Path) -> None:
    names: dict[str, Any] = {"editor": host, "__name__": "__main__", "__file__": str(script)}
    try:
        exec(compile(source, str(script), "exec"), names)  # noqa: S102 - the user's own file, named on the command line
    except SyntaxError as error:
        where = f"{script}:{error.lineno}" if error.lineno else str(script)
        raise TaixuError(f"{where}: {error.msg}") from None
    except Exception as error:
        frames = [frame for frame in traceback.extract_tb(sys.exc_info()[2]) if frame.filename == str(script)]
        where = f"{script}:{frames[-1].lineno}" if frames else str(script)
        raise TaixuError(f"{where}: {type(error).__name__ + ': ' if not isinstance(error, TaixuError) else ''}{error}") from None
    host.frame(0.0)
