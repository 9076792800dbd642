"""Something that listens and answers in its own way: what connectors meet in a bad neighbourhood."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from waiting import HANG_SECS

__all__ = ["stranger"]


@contextmanager
def stranger(*answers: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that listens: it answers who comes first in the first way, and so on; the last way is for all others."""
    listener = socket.create_server(("127.0.0.1", 0))
    came = iter(range(1 << 30))

    def serve() -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            answer = answers[min(next(came), len(answers) - 1)]
            threading.Thread(target=talk, args=(line, answer), daemon=True).start()

    def talk(line: socket.socket, answer: Callable[[socket.socket], None]) -> None:
        line.settimeout(HANG_SECS)
        try:
            with line:
                answer(line)
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.close()
