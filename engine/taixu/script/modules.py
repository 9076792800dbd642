"""What `import` does inside scripts: `game` is the host's, a file beside the script comes next, then Python's
own.

The hook lives in the builtins that only scripts see, so two apps in one process each have a `game` of their
own and `sys.modules` never hears of either.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from taixu.errors import TaixuError
from taixu.script.library import ScriptLibrary
from taixu.script.loader import ScriptFile, Stamp, stamp_of

__all__ = ["ScriptModules"]

_FOLDER = "scripts"


class ScriptModules:
    """The import hook of one host, and the helper modules that its scripts share.

    Parameters
    ----------
    game : object
        What `import game` gives.
    library : ScriptLibrary
        Where the files are.
    say : callable
        Takes the text of a `print`.
    """

    def __init__(self, game: object, library: ScriptLibrary, say: Callable[[str], None]) -> None:
        self._game = game
        self._library = library
        self._modules: dict[str, tuple[ScriptFile, ModuleType]] = {}
        self._stamps: dict[Path, Stamp | None] = {}
        self.builtins = {**vars(builtins), "__import__": self._import, "print": self._print}
        self._say = say

    def loaded(self) -> list[ScriptFile]:
        """The files of the helper modules."""
        return [script for script, _ in self._modules.values()]

    def saved(self) -> bool:
        """Whether one of the files that were ever imported changed since; said once for each change."""
        changed = False
        for file, stamp in self._stamps.items():
            now = stamp_of(file)
            if now not in (None, stamp):
                self._stamps[file] = now
                changed = True
        return changed

    def forget(self) -> None:
        """Load helper modules anew when they are asked for next."""
        self._modules.clear()

    def _print(self, *values: object, sep: str = " ", end: str = "\n", **_: object) -> None:
        self._say((sep.join(map(str, values)) + end).rstrip("\n"))

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if level == 0:
            if name == "game":
                return self._game
            helper = self._helper(name)
            if helper is not None:
                return helper
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    def _helper(self, name: str) -> ModuleType | None:
        root = self._library.root
        if root is None or not name.isidentifier():
            return None
        path = f"{_FOLDER}/{name}.py"
        if path in self._modules:
            return self._modules[path][1]
        if not (root / path).is_file():
            return None
        self._stamps[root / path] = stamp_of(root / path)
        try:
            script = self._library.load(path)
        except TaixuError as error:
            raise ImportError(str(error)) from None
        module = ModuleType(name)
        module.__file__ = str(script.file)
        module.__dict__["__builtins__"] = self.builtins
        self._modules[path] = (script, module)  # before it runs, so that two helpers may import each other
        try:
            exec(script.code, module.__dict__)  # noqa: S102  (a part of the project's scripts)
        except BaseException:
            del self._modules[path]
            raise
        return module
