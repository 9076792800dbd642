"""Settings of simulators as documents hold them: strangers' JSON, checked field by field."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.paths import safe_join
from taixu.errors import TaixuError

__all__ = ["Settings"]

_MOST_NUMBERS = 1 << 22


class Settings:
    """Settings of one simulator, taken one by one; `done` refuses those that nobody took.

    Parameters
    ----------
    raw
        An object of JSON.
    root
        The project's folder, which files are in.
    """

    def __init__(self, raw: Any, root: Path) -> None:
        if not isinstance(raw, Mapping):
            raise TaixuError(f"settings takes an object, not {raw!r:.60}")
        self._left, self._root = dict(raw), root

    def number(self, name: str, default: float, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite number from `low` to `high`."""
        value = self._left.pop(name, default)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value) or not low <= value <= high:
            limits = "" if math.isinf(low) and math.isinf(high) else f" from {low:g} to {high:g}"
            raise TaixuError(f"{name} takes a number{limits}, not {value!r:.60}")
        return float(value)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self._left.pop(name, default)
        if not isinstance(value, str):
            raise TaixuError(f"{name} takes a text, not {value!r:.60}")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of texts; one text is a list of itself."""
        value = self._left.pop(name, [])
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list) or len(found) > 4096 or not all(isinstance(each, str) for each in found):
            raise TaixuError(f"{name} takes a list of texts, not {value!r:.60}")
        return found

    def objects(self, name: str) -> list[Settings]:
        """A list of objects; each is to be done with by itself."""
        value = self._left.pop(name, [])
        if not isinstance(value, list) or len(value) > 65536:
            raise TaixuError(f"{name} takes a list of objects, not {value!r:.60}")
        return [Settings(each, self._root) for each in value]

    def has(self, name: str) -> bool:
        """Whether something is said of it."""
        return name in self._left

    def names(self) -> list[str]:
        """Those that nobody took yet, sorted."""
        return sorted(str(name) for name in self._left)

    def array(self, name: str, *, shape: tuple[int | None, ...]) -> NDArray[np.float64]:
        """Numbers, all finite, in a shape of which None may be anything."""
        value = self._left.pop(name, None)
        wanted = " x ".join("n" if side is None else str(side) for side in shape) or "one"
        try:
            found = np.asarray(value, np.float64)
        except (TypeError, ValueError) as error:
            raise TaixuError(f"{name} takes {wanted} numbers") from error
        fits = found.ndim == len(shape) and all(want in (None, side) for want, side in zip(shape, found.shape, strict=True))
        if not fits or found.size > _MOST_NUMBERS or not np.isfinite(found).all():
            raise TaixuError(f"{name} takes {wanted} finite numbers")
        return found

    def file(self, name: str) -> Path:
        """A file of the project."""
        path = self.text(name)
        if not path:
            raise TaixuError(f"{name} takes a file of the project")
        return self._file(path, name)

    def files(self, name: str) -> list[Path]:
        """Files of the project."""
        return [self._file(path, name) for path in self.texts(name)]

    def done(self) -> None:
        """Refuse what is left.

        Raises
        ------
        TaixuError
            With its first name.
        """
        if self._left:
            raise TaixuError(f"there is no setting {min(self._left, key=str)!r:.60}")

    def _file(self, path: str, name: str) -> Path:
        file = safe_join(self._root, path)
        if not file.is_file():
            raise TaixuError(f"{name} names {path}, and there is no such file in the project")
        return file
