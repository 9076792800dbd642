"""What was done in a session, as it takes to do it again; as text, an operation a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from taixu.errors import TaixuError

__all__ = ["Done", "OperationLog", "read_log", "write_log"]

_MOST_DRAGS = 64
_KEYS = frozenset({"operation", "parameters", "drag"})


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was done, as logs keep it.

    Attributes
    ----------
    drag
        Those that follow one another with the same number are one step of history; 0 for none.
    """

    operation: str
    parameters: dict[str, Any]
    result: Any = None
    drag: int = 0

    def to_step(self) -> dict[str, Any]:
        """As JSON-able data, without the result."""
        return {"operation": self.operation, "parameters": self.parameters}


@dataclass(slots=True)
class OperationLog:
    """Operations that were done, earliest first. Of a drag it keeps where it went, not each place on the way."""

    entries: list[Done] = field(default_factory=list)
    _drags: dict[Any, int] = field(default_factory=dict)
    _latest: int = 0

    def keep(self, done: Done, merge: Any = None) -> None:
        """Add an operation; `merge` is what drags have in common."""
        if merge is not None:
            done = Done(done.operation, done.parameters, done.result, self._number(merge))
        last = self.entries[-1] if self.entries else None
        if last is not None and done.drag and _goes_on(last, done):
            self.entries[-1] = done
        else:
            self.entries.append(done)

    def clear(self) -> None:
        """Forget all."""
        self.entries.clear()

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Done]:
        return iter(self.entries)

    def __getitem__(self, place: int) -> Done:
        return self.entries[place]

    def _number(self, merge: Any) -> int:
        if merge not in self._drags:
            if len(self._drags) >= _MOST_DRAGS:
                del self._drags[next(iter(self._drags))]
            self._latest += 1
            self._drags[merge] = self._latest
        return self._drags[merge]


def _goes_on(last: Done, done: Done) -> bool:
    """Whether an operation sets just what the one before it set, of the same drag: only the values are others."""
    if (last.drag, last.operation) != (done.drag, done.operation) or last.parameters.keys() != done.parameters.keys():
        return False
    return all(
        _same_keys(last.parameters[key], value) if isinstance(value, dict) else last.parameters[key] == value
        for key, value in done.parameters.items()
    )


def _same_keys(one: Any, other: Any) -> bool:
    """Whether tables have the same keys, and the tables in them. What lies deeper is a value."""
    if not isinstance(one, dict) or one.keys() != other.keys():
        return False
    return all(_keys_of(one[key]) == _keys_of(each) for key, each in other.items())


def _keys_of(value: Any) -> Any:
    return value.keys() if isinstance(value, dict) else None


def write_log(log: Iterable[Done]) -> str:
    """JSON lines: ``{"operation": ..., "parameters": {...}}``, and ``"drag": n`` where several are one step."""
    lines = [json.dumps(done.to_step() | ({"drag": done.drag} if done.drag else {}), ensure_ascii=False) for done in log]
    return "\n".join(lines) + "\n" if lines else ""


def read_log(text: str, *, file: str) -> Iterator[tuple[int, Done]]:
    """The operations of JSON lines, each with the number of its line.

    Raises
    ------
    TaixuError
        Names file and line.
    """
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            step = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise TaixuError(f"{file}:{number}: this is no JSON ({error})") from None
        step = step if isinstance(step, dict) else {}
        operation, parameters, drag = step.get("operation"), step.get("parameters", {}), step.get("drag", 0)
        if not (isinstance(operation, str) and isinstance(parameters, dict) and type(drag) is int) or step.keys() - _KEYS:
            raise TaixuError(f'{file}:{number}: write {{"operation": "...", "parameters": {{...}}}}')
        yield number, Done(operation, parameters, drag=drag)
