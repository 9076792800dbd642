"""The script files of a project that a host uses: loaded once, looked at again when they are saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from taixu.errors import TaixuError
from taixu.script.loader import ScriptFile, load_script, stamp_of

__all__ = ["ScriptLibrary"]


@dataclass(frozen=True, slots=True)
class _Broken:
    """A file that does not load, so that the reason is found, and said, once."""

    reason: str
    stamp: tuple[int, int] | None


class ScriptLibrary:
    """Scripts by path.

    Parameters
    ----------
    root : Path, optional
        Folder of the project.
    """

    def __init__(self, root: Path | None = None) -> None:
        self.root = root
        self._files: dict[str, ScriptFile | _Broken] = {}

    def clear(self) -> None:
        """Forget all files."""
        self._files.clear()

    def get(self, path: str) -> ScriptFile:
        """Return a script, loading it the first time.

        Raises
        ------
        TaixuError
            If it does not load, also every time after the first.
        """
        found = self._files.get(path)
        if found is None:
            try:
                found = self.load(path)
            except TaixuError as error:
                found = _Broken(str(error), self._stamp(path))
            self._files[path] = found
        if isinstance(found, _Broken):
            raise TaixuError(found.reason)
        return found

    def load(self, path: str) -> ScriptFile:
        """Read a script from disk, whatever is known of it; see `taixu.script.loader.load_script`."""
        if self.root is None:
            raise TaixuError(f"script {path!r} has no project to be found in; open one")
        return load_script(self.root, path)

    def loaded(self) -> list[ScriptFile]:
        """All scripts that loaded."""
        return [script for script in self._files.values() if isinstance(script, ScriptFile)]

    def paths(self) -> list[str]:
        """All that was asked for, whether it loaded or not."""
        return list(self._files)

    def saved(self) -> list[str]:
        """Paths of the scripts whose file changed since they were looked at."""
        return [path for path, found in self._files.items() if self._stamp(path) not in (None, found.stamp)]

    def accept(self, script: ScriptFile) -> None:
        """Use a new version from now on."""
        self._files[script.path] = script

    def refuse(self, path: str, reason: str) -> bool:
        """Go on with the last good version of a file whose new one is no good; False where there is none."""
        old, stamp = self._files.get(path), self._stamp(path)
        if isinstance(old, ScriptFile):
            self._files[path] = replace(old, stamp=stamp or old.stamp)
            return True
        self._files[path] = _Broken(reason, stamp)
        return False

    def _stamp(self, path: str) -> tuple[int, int] | None:
        return None if self.root is None else stamp_of(self.root / path)
