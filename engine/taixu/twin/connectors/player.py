"""What sources that are files have in common: one that is there, played by a thread until its end or the source's."""

from __future__ import annotations

import threading
from abc import abstractmethod

from taixu.errors import TaixuError
from taixu.twin.connectors.connector import Connector

__all__ = ["FilePlayer"]


class FilePlayer(Connector):
    """Plays the file that its setting `path` names, from the project on."""

    def start(self) -> None:
        """Look whether it is there, and play it in the background."""
        self._path = self.link.root / self.settings.path
        if not self._path.is_file():
            raise TaixuError(f"{self.settings.path!r} is no file")
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"taixu source {self.link.name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop playing."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        status = self.link.status
        try:
            status.state = "connected"
            self._play()
            status.state = "done"
        except TaixuError as error:
            status.state, status.problem = "failed", str(error)
        except Exception as error:  # whatever a library stumbles over in a file that is damaged
            status.state, status.problem = "failed", f"{self._path}: it cannot be read: {type(error).__name__} {str(error)[:200]}"

    @abstractmethod
    def _play(self) -> None:
        """Play it to its end, or until `_closing` is set (the thread)."""
