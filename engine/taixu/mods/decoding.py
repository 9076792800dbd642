"""What comes out of a sandbox, read as what it is: something that somebody else wrote.

Every command is checked against the table of the interface (`taixu.script.api.COMMANDS`): that it exists, that the mod was
granted it, that each argument is there, of its type, finite and within its limits, and that there are not too many.
What the guest's half of `game` cannot have written was forged: nothing after it is read, and the mod is to be stopped.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, NoReturn

from taixu.script.api import COMMANDS
from taixu.script.wire import GameError, check

__all__ = ["MOST_ANSWER_BYTES", "Answer", "Fault", "Order", "decode_answer"]

MOST_ANSWER_BYTES = 1 << 20
_MOST_COMMANDS = 10_000
_MOST_REFUSALS = 20
_MOST_REFUSED = 1000
"""So many are refused one by one; whatever follows them goes with them, unread."""
_MOST_ITEMS = 20_000
"""Numbers, texts and lists in all arguments together, but for rays, which have limits of their own."""


@dataclass(frozen=True, slots=True)
class Order:
    """One command, checked; entities in it are stable ids that may name nobody."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """An exception of the mod: where it ran, and the sentence with file and line."""

    where: str
    line: int
    text: str


@dataclass(slots=True)
class Answer:
    """What a mod answered to a step.

    Attributes
    ----------
    orders : list of Order
    fault : Fault or None
        The mod's own code failed: it runs no more until it is loaded anew.
    refused : int
        How much was not accepted.
    refusals : list of str
        The first reasons.
    forged : str
        Why it cannot come from `game`; empty where it can.
    items : int
        Numbers, texts and lists that were read.
    """

    orders: list[Order] = field(default_factory=list)
    fault: Fault | None = None
    refused: int = 0
    refusals: list[str] = field(default_factory=list)
    forged: str = ""
    items: int = 0

    def refuse(self, reason: str) -> None:
        """Count something that is not accepted."""
        self.refused += 1
        if len(self.refusals) < _MOST_REFUSALS:
            self.refusals.append(reason)

    def forge(self, reason: str) -> None:
        """Refuse all of it."""
        self.refuse(reason)
        self.forged = reason


class _Forged(GameError):
    """What nobody gets by calling `game`."""


class _TooMuch(GameError):
    """More than is read of one answer."""


def decode_answer(payload: bytes, *, capabilities: Collection[str], most_calls: int = _MOST_COMMANDS) -> Answer:
    """Read the answer to a step; nothing that is in it raises.

    Parameters
    ----------
    capabilities
        What the mod was granted.
    most_calls
        So many commands it may give in a step.
    """
    answer = Answer()
    if not payload:
        return answer
    facts = _parse(payload, answer)
    if not isinstance(facts, dict):
        answer.forge("the answer is not what an answer looks like")
        return answer
    _read_fault(facts.get("error"), answer)
    commands = facts.get("commands", [])
    if not isinstance(commands, list):
        answer.forge("the commands are no list")
        return answer
    counts: Counter[str] = Counter()
    for place, item in enumerate(commands):
        if place >= most_calls or answer.refused >= _MOST_REFUSED:
            answer.refuse(f"more than {most_calls} calls in a step (quota.host_calls asks for more)"
                          if place >= most_calls else "more that it may not do than is looked at in a step")  # fmt: skip
            answer.refused += len(commands) - place - 1
            break
        try:
            answer.orders.append(_order(item, counts, capabilities, answer))
        except (_Forged, _TooMuch) as error:
            (answer.forge if isinstance(error, _Forged) else answer.refuse)(str(error))
            answer.refused += len(commands) - place - 1
            break
        except GameError as error:
            answer.refuse(str(error))
    return answer


def _parse(payload: bytes, answer: Answer) -> Any:
    if len(payload) > MOST_ANSWER_BYTES:
        return None
    try:
        return json.loads(payload, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number that crosses")


def _read_fault(error: Any, answer: Answer) -> None:
    if error is None:
        return
    if not isinstance(error, dict):
        error = {}
    line = error.get("line")
    where, text = (str(error.get(name, "")).replace("\n", " ") for name in ("where", "text"))
    answer.fault = Fault(where[:80], line if isinstance(line, int) else 0, text[:2000])


def _order(item: Any, counts: Counter[str], capabilities: Collection[str], answer: Answer) -> Order:
    if not (isinstance(item, list) and len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], dict)):
        raise _Forged("a command that is none")
    name, given = item
    entry = COMMANDS.get(name)
    if entry is None:
        raise _Forged(f"there is no command {name[:40]!a}")
    if entry.capability and entry.capability not in capabilities:
        raise GameError(f"game.{name} needs the capability {entry.capability!r}")
    counts[name] += 1
    if counts[name] > entry.per_step:
        raise GameError(f"game.{name} was asked for more than {entry.per_step} times in a step")
    unknown = given.keys() - {argument.name for argument in entry.arguments}
    if unknown:
        raise GameError(f"game.{name} takes no {min(unknown)[:40]!a}")
    if name != "raycasts":
        answer.items += _count_items(given, _MOST_ITEMS - answer.items)
        if answer.items >= _MOST_ITEMS:
            raise _TooMuch(f"more than {_MOST_ITEMS} numbers, texts and lists in what it asks for in a step")
    arguments = {}
    for argument in entry.arguments:
        if argument.name in given:
            arguments[argument.name] = check(argument.kind, given[argument.name], f"game.{name}: {argument.name}")
        elif argument.required:
            raise GameError(f"game.{name} lacks {argument.name}")
    return Order(name, arguments)


def _count_items(value: list[Any] | dict[str, Any], most: int) -> int:
    """How many numbers, texts and lists there are in a value; it stops counting at `most`."""
    count, left = 1, [value]
    while left and count < most:
        item = left.pop()
        parts = item[:most] if isinstance(item, list) else list(item.values())
        count += len(parts)
        left += [part for part in parts if isinstance(part, (list, dict))]
    return min(count, most)
