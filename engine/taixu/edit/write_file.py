"""Writing a file of the project as a command: what stood there before comes back with undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.assets.atomic import write_atomic
from taixu.edit.commands import Command
from taixu.edit.prefab_world import PREFAB_SUFFIX
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["WriteFile"]


@dataclass(frozen=True, slots=True)
class WriteFile:
    """Give a file of the project other content, or none: then it is gone.

    Worlds that place a prefab follow its file at once, and so does the prefab where it is open.
    """

    path: str
    data: bytes | None

    def apply(self, session: Session) -> Command:
        """Write it, whole or not at all; undone by writing what there was.

        Raises
        ------
        TaixuError
            When it cannot be written, or is a prefab that is open with unsaved changes.
        """
        file = session.project.file(self.path)
        is_prefab = self.path.endswith(PREFAB_SUFFIX)
        if is_prefab:
            session.refuse_unsaved(self.path)
        try:
            before = file.read_bytes() if file.is_file() else None
            if self.data is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
                write_atomic(file, self.data)
            elif before is not None:
                file.unlink()
        except OSError as error:
            raise TaixuError(f"{self.path}: cannot be written ({error.strerror or error}); it is as it was") from error
        if is_prefab:
            session.prefab_changed(self.path)
        return WriteFile(self.path, before)
