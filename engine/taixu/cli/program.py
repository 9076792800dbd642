"""From the words of the command line to an exit status."""

from __future__ import annotations

import errno
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

from taixu.cli.commands import BUILT_IN, find_command, plugin_commands
from taixu.cli.console import Console
from taixu.errors import MachineError, TaixuError

__all__ = ["main"]

_INTERRUPTED = 130
_PIPE_CLOSED = 141
_TERMINATED = 143

_HINTS = {
    errno.ENOSPC: "; make room and call again",
    errno.ENOENT: "; the folder that this was called in may be gone",
}

_HELP_TOP = """\
usage: taixu COMMAND [options]
Taixu makes, plays and draws 3D worlds. Alone it opens the editor.

"""
_HELP_END = """
Every command takes --json (one JSON object), --debug (tracebacks) and --help.
Exit status: 0 done, 1 bad input, 2 wrong call, 3 this machine cannot do it.

example: taixu render samples/playground --out playground.png
"""


def main(words: Sequence[str] | None = None) -> int:
    """Run the program and give its exit status.

    Parameters
    ----------
    words
        The arguments after the program's name; those of this process by default.
    """
    words = list(sys.argv[1:] if words is None else words)
    debug = "--debug" in words
    console = Console(json="--json" in words)
    try:
        with _termination_unwinds(), console.quiet_output():
            status = _answering(words, console, debug=debug)
        if sys.stdout is not None:  # None where whoever called closed it
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has left. Standard output must not complain again when Python closes it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _PIPE_CLOSED
    except OSError as error:
        return _failed(*_sentence(error), console)
    return status


def _answering(words: list[str], console: Console, *, debug: bool) -> int:
    """Run, and turn what goes wrong into a sentence and a status."""
    try:
        return _dispatch(words, console)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return _failed("interrupted", _INTERRUPTED, console)
    except SystemExit as exit_:  # --help, and SIGTERM
        return exit_.code if isinstance(exit_.code, int) else 0
    except Exception as error:
        if debug:
            traceback.print_exc()
        return _failed(*_sentence(error), console)


def _dispatch(words: list[str], console: Console) -> int:
    from taixu.cli.parser import make_parser

    first = next((at for at, word in enumerate(words) if not word.startswith("-")), None)
    options = words if first is None else words[:first]
    if first is None and any(word in ("-h", "--help") for word in options):
        console.show(_help().rstrip())
        return 0
    if "--version" in options:
        return _version(console)
    unknown = [word for word in options if word not in ("--json", "--debug", "-h", "--help")]
    if unknown:
        from taixu.errors import UsageError

        raise UsageError(f"taixu does not know {unknown[0]}; `taixu --help` says what it takes")
    name = "edit" if first is None else words[first]
    rest = options + ([] if first is None else words[first + 1 :])
    command = find_command(name)
    args = make_parser(name, command).parse_args(rest)
    args.console = console
    _listen()
    status = command.run(args)
    console.answer({"exit_status": status})
    return status


def _listen() -> None:
    """Show on standard error what the engine warns of, and what scripts print."""
    import logging

    engine = logging.getLogger("taixu")
    if not engine.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        engine.addHandler(handler)
        for name in ("taixu.script", "taixu.twin.simulators"):
            logging.getLogger(name).setLevel(logging.INFO)


def _help() -> str:
    commands = dict(BUILT_IN) | {name: command.summary for name, command in plugin_commands().items()}
    width = max(map(len, commands)) + 2
    return _HELP_TOP + "".join(f"  {name:<{width}}{text}\n" for name, text in commands.items()) + _HELP_END


def _version(console: Console) -> int:
    from taixu.cli.info import taixu_version

    console.show(f"taixu {taixu_version()}")
    console.answer({"taixu": taixu_version()})
    return 0


def _sentence(error: Exception) -> tuple[str, int]:
    if isinstance(error, TaixuError):
        return str(error), error.exit_status
    if isinstance(error, OSError) and error.errno is not None:
        what = (error.strerror or str(error)).lower()
        if error.filename is not None:
            return f"{os.fsdecode(error.filename)}: {what}", TaixuError.exit_status
        return f"the system refuses: {what}{_HINTS.get(error.errno, '')}", TaixuError.exit_status
    if isinstance(error, MemoryError):
        return "there is not enough memory for this", MachineError.exit_status
    if isinstance(error, ModuleNotFoundError) and error.name and not error.name.startswith("taixu"):
        from taixu.cli.info import how_to_get

        return f"the package {error.name} is missing; {how_to_get(error.name)} brings it", MachineError.exit_status
    what = f"{type(error).__name__}: {error}".rstrip(": ")
    return f"a defect of Taixu ({what}); --debug shows where it happened", TaixuError.exit_status


def _failed(sentence: str, status: int, console: Console) -> int:
    console.say(f"taixu: {' '.join(sentence.split())}")
    console.answer({"error": sentence, "exit_status": status})
    return status


@contextmanager
def _termination_unwinds() -> Iterator[None]:
    """SIGTERM ends the program as an error does, so that no half-written file stays."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(_TERMINATED)

    try:
        before = signal.signal(signal.SIGTERM, leave)
    except ValueError:  # not the main thread: the host decides
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
