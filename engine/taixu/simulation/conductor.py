"""Many simulators under one clock.

Who is due at an instant steps with what has been published by then, and what a step says is published when the step's time is
over: so the order in which simulators are listed means nothing, nor where a run is stopped and gone on with, and a run repeats. A
simulator that fails (raises, says what is no finite number) is set aside with one sentence; its columns stay as they last were
right, and the others go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns, Simulator, doubt_of

__all__ = ["Conductor", "Link", "Standing"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Link:
    """A column of one simulator made out of columns of others.

    Attributes
    ----------
    into
        ``simulator.column`` that is written.
    of
        ``simulator.column`` of each that is read; while one of them was never said, nothing is written.
    by
        Makes the one out of the others, in the order of `of`; it remembers nothing. None hands a single column on.
    """

    into: str
    of: tuple[str, ...]
    by: Callable[..., NDArray[Any]] | None = None


@dataclass(slots=True)
class Standing:
    """How a simulator does.

    Attributes
    ----------
    due_ns
        When its next step begins.
    steps
        How many it has taken.
    wall_secs
        How long they took on this machine.
    late_steps
        Steps that took longer than the time they simulated.
    reason
        Why it was set aside: one sentence; empty while it runs.
    trouble
        What it has got over, or is late with: one sentence; empty where nothing happened.
    """

    due_ns: int
    steps: int = 0
    wall_secs: float = 0.0
    late_steps: int = 0
    reason: str = ""
    trouble: str = ""

    @property
    def runs(self) -> bool:
        """Whether it takes part."""
        return not self.reason


@dataclass(slots=True)
class _Player:
    simulator: Simulator
    standing: Standing
    links: list[tuple[str, Link]] = field(default_factory=list)
    said: dict[str, NDArray[Any]] = field(default_factory=dict)
    coming: dict[str, NDArray[Any]] = field(default_factory=dict)
    """What its last step says, published when that is over: when the next is due."""


class Conductor:
    """Simulators, what they tell one another, and the time.

    Parameters
    ----------
    simulators
        Each has a name of its own; the conductor closes them.
    links
        Who is told what.
    start_ns
        The time of their first step.

    Raises
    ------
    TaixuError
        When two share a name, a period is not above zero, or a link names nobody.
    """

    def __init__(self, simulators: Iterable[Simulator], links: Sequence[Link] = (), *, start_ns: int = 0) -> None:
        self.time_ns = start_ns
        self._players: dict[str, _Player] = {}
        for simulator in simulators:
            if simulator.name in self._players or "." in simulator.name or not simulator.name:
                raise TaixuError(f"a simulator wants a name of its own without dots, not {simulator.name!r}")
            if simulator.period_ns <= 0:
                raise TaixuError(f"the simulator {simulator.name} wants a period above zero")
            self._players[simulator.name] = _Player(simulator, Standing(start_ns))
        self._players = dict(sorted(self._players.items()))
        for link in links:
            for end in (link.into, *link.of):
                if end.partition(".")[0] not in self._players or not end.partition(".")[2]:
                    raise TaixuError(f"the link into {link.into} names {end}, and there is no such simulator")
            if link.by is None and len(link.of) != 1:
                raise TaixuError(f"the link into {link.into} hands {len(link.of)} columns on; that takes a function")
            name, _, column = link.into.partition(".")
            self._players[name].links.append((column, link))

    @property
    def standings(self) -> dict[str, Standing]:
        """How each does, by name."""
        return {name: player.standing for name, player in self._players.items()}

    def column(self, name: str) -> NDArray[Any] | None:
        """``simulator.column`` as it was last said; None where it never was.

        Raises
        ------
        TaixuError
            When there is no such simulator.
        """
        owner, _, column = name.partition(".")
        if owner not in self._players:
            raise TaixuError(f"there is no simulator {owner!r}; there are {', '.join(self._players)}")
        return self._players[owner].said.get(column)

    def say(self, name: str, values: NDArray[Any]) -> None:
        """Set a column from outside, as if its simulator had said it (a start, an edit, a sensor)."""
        owner, _, column = name.partition(".")
        if owner not in self._players or not column:
            raise TaixuError(f"there is no simulator {owner!r}; there are {', '.join(self._players)}")
        self._players[owner].said[column] = _kept(values)

    def advance(self, until_ns: int) -> None:
        """Go on to a time: all steps that begin before it are taken, and what is over by then is published."""
        while True:
            now = min((player.standing.due_ns for player in self._running()), default=until_ns)
            if now >= until_ns:
                break
            self._publish(now)
            due = [player for player in self._running() if player.standing.due_ns == now]
            for player, columns in [(player, self._given(player)) for player in due]:
                if columns is not None:
                    player.coming = self._step(player, columns)
        self._publish(until_ns)
        self.time_ns = max(self.time_ns, until_ns)

    def take_over(self, before: Conductor, names: Collection[str]) -> None:
        """Go on with simulators of another conductor, which is not used any more: their times and what they said."""
        for name in names:
            ours, theirs = self._players[name], before._players[name]
            ours.standing, ours.said, ours.coming = theirs.standing, theirs.said, theirs.coming

    def said_ns(self, name: str) -> int:
        """As of which time a simulator's columns are."""
        player = self._players[name]
        return player.standing.due_ns - (player.simulator.period_ns if player.coming else 0)

    def said(self, name: str) -> Columns:
        """All columns of a simulator as they were last said."""
        return self._players[name].said

    def _running(self) -> list[_Player]:
        return [player for player in self._players.values() if player.standing.runs]

    def _publish(self, now_ns: int) -> None:
        for player in self._players.values():
            if player.coming and player.standing.due_ns <= now_ns:
                player.said.update(player.coming)
                player.coming = {}

    def set_aside(self, name: str, reason: str) -> None:
        """Have a simulator take no further part, and say why."""
        standing = self._players[name].standing
        standing.reason = reason
        _log.warning("The simulation of %s stands still: %s", name, reason)

    def checkpoint(self) -> bytes:
        """The state of all, with the time and what was said: one moment, of which `restore` makes the same run.

        Raises
        ------
        TaixuError
            When a simulator cannot say its state.
        """
        arrays: dict[str, NDArray[Any]] = {}
        facts: dict[str, Any] = {"time_ns": self.time_ns, "simulators": {}}
        for name, player in self._players.items():
            facts["simulators"][name] = {"due_ns": player.standing.due_ns, "steps": player.standing.steps}
            if player.standing.reason:
                facts["simulators"][name]["reason"] = player.standing.reason
            else:
                arrays[f"{name}/state"] = np.frombuffer(player.simulator.checkpoint(), np.uint8)
            for when, columns in (("said", player.said), ("coming", player.coming)):
                arrays |= {f"{name}/{when}/{column}": values for column, values in columns.items()}
        return pack(arrays, facts)

    def restore(self, state: bytes, *, only: Collection[str] | None = None) -> None:
        """Go on from a checkpoint of the same simulators; with `only`, those of these names, and the others stay as they are.

        Raises
        ------
        TaixuError
            When it is of others, or damaged. Who was restored before the damage was found stays so.
        """
        arrays, facts = unpack(state)
        try:
            found, time_ns = facts["simulators"], int(facts["time_ns"])
            wanted = set(self._players) if only is None else set(only)
            if set(found) != wanted if only is None else not wanted <= found.keys() & self._players.keys():
                raise TaixuError(f"this checkpoint is of {', '.join(sorted(found))}; here run {', '.join(self._players)}")
            standings = {
                name: Standing(int(each["due_ns"]), int(each["steps"]), reason=str(each.get("reason", "")))
                for name, each in found.items()
                if name in wanted
            }
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise TaixuError("this is no checkpoint of simulators that run together") from error
        for name, player in self._players.items():
            if name not in wanted:
                continue
            if f"{name}/state" in arrays:
                player.simulator.restore(arrays[f"{name}/state"].tobytes())
            player.standing = standings[name]
            player.said, player.coming = _columns(arrays, f"{name}/said/"), _columns(arrays, f"{name}/coming/")
        self.time_ns = time_ns

    def state_hash(self) -> str:
        """The hash of all states, times and columns that were said."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """Close all simulators, those that were set aside too."""
        for player in self._players.values():
            player.simulator.close()

    def _given(self, player: _Player) -> Columns | None:
        """What a simulator is told before its step; None when what makes a column of others fails, which sets it aside."""
        given: dict[str, NDArray[Any]] = {}
        for column, link in player.links:
            parts = [self.column(name) for name in link.of]
            known = [part for part in parts if part is not None]
            if len(known) != len(parts):
                continue
            try:
                given[column] = known[0] if link.by is None else _kept(link.by(*known))
            except (ArithmeticError, LookupError, TypeError, ValueError, TaixuError) as error:
                self.set_aside(player.simulator.name, f"{column}, which it is told, could not be made: {error}")
                return None
        return given

    def _step(self, player: _Player, given: Columns) -> dict[str, NDArray[Any]]:
        """One step; nothing is said where it fails."""
        standing, simulator = player.standing, player.simulator
        began = time.perf_counter()
        try:
            said = {name: _kept(values) for name, values in simulator.step(standing.due_ns, simulator.period_ns, given).items()}
            wrong = doubt_of(said)
        except TaixuError as error:
            wrong = str(error)
        except Exception as error:  # somebody else's simulator: whatever it raises, the others go on
            wrong = f"{type(error).__name__}: {error}"
        taken = time.perf_counter() - began
        self._note(player)
        if wrong:
            self.set_aside(simulator.name, wrong)
            return {}
        standing.due_ns += simulator.period_ns
        standing.steps += 1
        standing.wall_secs += taken
        standing.late_steps += taken * 1e9 > simulator.period_ns
        return said

    def _note(self, player: _Player) -> None:
        """Take over what a simulator that looks after itself (in a process of its own) has to say of that."""
        trouble = str(getattr(player.simulator, "trouble", ""))
        if trouble != player.standing.trouble:
            player.standing.trouble = trouble
            if trouble:
                _log.warning("The simulator %s: %s", player.simulator.name, trouble)


def _columns(arrays: Columns, begin: str) -> dict[str, NDArray[Any]]:
    return {key[len(begin) :]: _kept(values) for key, values in arrays.items() if key.startswith(begin)}


def _kept(values: NDArray[Any]) -> NDArray[Any]:
    """A copy that nobody writes to."""
    kept = np.array(values)
    kept.flags.writeable = False
    return kept
