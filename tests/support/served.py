"""A world that is served from a thread, which stands for the program's main one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from waiting import HANG_SECS

import taixu as tx
from taixu.serve import Server
from taixu.twin.plugin import TwinPlugin

__all__ = ["serving"]


@contextmanager
def serving(build: Callable[[tx.App], Server]) -> Iterator[Server]:
    """Serve what `build` makes of a headless app with twins, until the block ends; what it raises is raised here."""
    ready, made, wrong = threading.Event(), list[Server](), list[BaseException]()

    def run() -> None:
        try:
            with tx.App.headless(plugins=(TwinPlugin(),)) as app:
                made.append(build(app))
                ready.set()
                made[0].run()
                made[0].close()
        except BaseException as error:  # said by the thread that waits
            wrong.append(error)
            ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(HANG_SECS)
    if wrong:
        raise wrong[0]
    try:
        yield made[0]
    finally:
        made[0].stop()
        thread.join(HANG_SECS)
    if wrong:
        raise wrong[0]
    assert not thread.is_alive()
