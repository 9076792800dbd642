"""What if: copies of the live world that run ahead, compared with it and with one another, and adopted or thrown away.

A branch is a fork of the world and of its simulators. A thread takes its fixed steps as fast as it may, of which it runs the
simulators: bodies, scripts and devices stand as they stood. It takes a share of a core and lets go between slices, and compiled
loops let go of the interpreter's lock, so that the present does not wait. What a branch takes of memory is counted before it is
made and as it runs. Who has none left, fails, says what is no number or does not come back from a slice ends with one sentence;
against simulators that bring whole processes down those with a process of their own are safe (`Simulation.process`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from taixu.app import Clock
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import MaterialLibrary, MeshLibrary
from taixu.simulation.worlds.differing import Difference, find_differences
from taixu.simulation.worlds.looks import LOOKS, look_mesh
from taixu.simulation.worlds.placing import place_simulated
from taixu.simulation.worlds.runs import Simulations, step_copy, world_time_ns

__all__ = ["Branch", "Branches", "Watch"]

_log = logging.getLogger(__name__)
_MOST_SECS = 7 * 86400.0
_AT_ONCE_SECS = 0.5
"""How much a branch simulates before it says where things are, and looks at how much memory it takes."""
_LOCK_SECS = 0.5
"""How long who wants to look into a branch, or to end it, waits for its slice to end."""

Watch = Callable[[World, float], object]
"""Looks at a branch's world after so many simulated seconds; it may write to it."""


class Branch:
    """One future.

    Attributes
    ----------
    name
        How it is called.
    world
        Its world; hold `lock` to look into it while it runs.
    start_ticks, goal_ticks
        The fixed step that it was forked at, and the one it runs to.
    change
        What was made other there before it ran.
    reason
        Why it ended before its goal: one sentence.
    shown
        Whether it is seen as ghosts.
    """

    def __init__(
        self, name: str, world: World, goal_ticks: int, *, share: float, pace: float, most_bytes: Callable[[], int],
        change: Callable[[World], None] | None = None, watch: Watch | None = None, aside: Collection[str] = (),
    ) -> None:  # fmt: skip
        self.name, self.world, self.change = name, world, change
        self.lock = threading.Lock()
        self.start_ticks, self.goal_ticks = world.resource(Clock).ticks, goal_ticks
        self.reason, self.shown, self.bytes = "", False, size_of(world)
        self.wall_secs = 0.0
        self._share, self._pace, self._most_bytes, self._watch = share, pace, most_bytes, watch
        self._aside = frozenset(aside)
        self._stop = threading.Event()
        self._slice_began = 0.0
        self._is_given_up = False
        self._thread = threading.Thread(target=self._run, name=f"taixu branch {name}", daemon=True)

    @property
    def ticks(self) -> int:
        """The fixed step that it has come to."""
        return self.world.resource(Clock).ticks

    @property
    def ahead_secs(self) -> float:
        """How far it has run, simulated."""
        return (self.ticks - self.start_ticks) / self.world.resource(Clock).steps_per_sec

    @property
    def progress(self) -> float:
        """How much of its run is done, 0 to 1."""
        return (self.ticks - self.start_ticks) / max(self.goal_ticks - self.start_ticks, 1)

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive() and not self._is_given_up

    @property
    def faster(self) -> float:
        """Simulated seconds for each second that it took."""
        return self.ahead_secs / self.wall_secs if self.wall_secs > 0 else 0.0

    def start(self) -> None:
        """Begin to run."""
        self._thread.start()

    def wait(self, secs: float | None = None) -> bool:
        """Wait for its end; says whether it came."""
        self._thread.join(secs)
        return not self.is_running

    @contextmanager
    def held(self) -> Iterator[World]:
        """Its world, between two slices.

        Raises
        ------
        TaixuError
            When its slice does not end.
        """
        if self._is_given_up or not self.lock.acquire(timeout=_LOCK_SECS):
            raise TaixuError(f"the branch {self.name!r} is in the middle of a long step; come again")
        try:
            yield self.world
        finally:
            self.lock.release()

    def give_up(self, hang_secs: float) -> None:
        """Leave it where it is, if a slice of it has taken longer than this: nobody can end a thread, but nobody waits for it."""
        began = self._slice_began
        if began and self.is_running and time.perf_counter() - began > hang_secs:
            self._stop.set()
            self._is_given_up = True
            self.reason = f"it hangs: one step of it has taken more than {hang_secs:g} s"
            _log.warning("The branch %s: %s", self.name, self.reason)

    def close(self) -> None:
        """Stop it, and close its simulators; where a step of it takes long, when that ends."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(_LOCK_SECS)
        if not self._thread.is_alive():
            self.world.resource(Simulations).close()

    def _run(self) -> None:
        clock = self.world.resource(Clock)
        try:
            with self.lock:
                self._look()
            while clock.ticks < self.goal_ticks and not self._stop.is_set() and not self.reason:
                steps = min(max(1, round(_AT_ONCE_SECS * clock.steps_per_sec)), self.goal_ticks - clock.ticks)
                began = self._slice_began = time.perf_counter()
                with self.lock:
                    step_copy(self.world, steps=steps)
                    self._look()
                    self.bytes = size_of(self.world)
                self._slice_began = 0.0
                taken = time.perf_counter() - began
                self.wall_secs += taken
                # Whoever looks at the present comes first; a lock that is let go and taken again at once keeps everybody out.
                rest = max(taken * (1.0 / self._share - 1.0), steps / clock.steps_per_sec / self._pace - taken, 1e-5)
                self._stop.wait(rest)
        except TaixuError as error:
            self.reason = str(error)
        except MemoryError:
            self.reason = "the machine has no memory left for it"
        except Exception as error:  # somebody else's simulator: whatever it raises, the present goes on
            _log.exception("the branch %s failed", self.name)
            self.reason = f"it failed: {type(error).__name__}: {error}"
        finally:
            if self._stop.is_set():
                self.world.resource(Simulations).close()

    def _look(self) -> None:
        """After a slice: let who watches see it, and see whether it goes on."""
        if self._watch is not None:
            self._watch(self.world, self.ahead_secs)
        runs = self.world.resource(Simulations)
        for trouble in runs.troubles:
            if trouble not in self._aside:
                raise TaixuError(trouble)
        conductor = runs.conductor
        for name, standing in conductor.standings.items() if conductor is not None else ():
            if standing.reason and name not in self._aside:
                raise TaixuError(f"{name}: {standing.reason}")
        if self.bytes > self._most_bytes():
            raise TaixuError(f"it has grown to {self.bytes >> 20:,} MB, and there is no more for branches; discard one")


class Branches:
    """The branches of a world (a resource).

    Parameters
    ----------
    world
        The live one.
    most_bytes
        Of all branches together.
    most
        How many there may be.
    hang_secs
        A slice that takes longer hangs.
    """

    def __init__(self, world: World, *, most_bytes: int = 1 << 30, most: int = 8, hang_secs: float = 60.0) -> None:
        self.most_bytes, self.most, self.hang_secs = most_bytes, most, hang_secs
        self._world = world
        self._branches: dict[str, Branch] = {}

    def __iter__(self) -> Iterator[Branch]:
        return iter(list(self._branches.values()))

    def __contains__(self, name: str) -> bool:
        return name in self._branches

    def __getitem__(self, name: str) -> Branch:
        if name not in self._branches:
            raise TaixuError(f"there is no branch {name!r:.60}; there are {', '.join(self._branches) or 'none'}")
        return self._branches[name]

    def begin(
        self, name: str, *, seconds: float, change: Callable[[World], None] | None = None, share: float = 0.5,
        pace: float = float("inf"), watch: Watch | None = None,
    ) -> Branch:  # fmt: skip
        """Fork the world as it stands, change the copy, and have it run ahead.

        Parameters
        ----------
        name
            Unlike any other branch's.
        seconds
            How far, simulated.
        change
            What is other there; called with the copy before it runs, and with the present when the branch is adopted.
        share
            Of a core that it may take, above 0 to 1.
        pace
            At most so many simulated seconds a second.
        watch
            Called with the copy and the seconds that it is ahead, at its start and after each half second, in the branch's thread.

        Raises
        ------
        TaixuError
            When there is no memory left for it, or something of this cannot be; the world stays as it is.
        """
        if not name or name in self._branches:
            raise TaixuError(f"a branch wants a name of its own, not {name!r:.60}")
        if not 0 < seconds <= _MOST_SECS or not 0 < share <= 1 or not pace > 0:
            raise TaixuError(f"a branch runs ahead for 0 to {_MOST_SECS:g} s, on a share of a core from 0 to 1")
        runs = self._world.resource(Simulations)
        runs.follow(self._world)  # the copy knows what was read for them, and from where
        size, left = size_of(self._world), self.most_bytes - sum(branch.bytes for branch in self)
        if len(self._branches) >= self.most or size > left:
            raise TaixuError(
                f"a branch of this world takes {size >> 20:,} MB; of {self.most} branches there are {len(self._branches)}, and"
                f" {max(left, 0) >> 20:,} MB are left for more: discard one"
            )
        if self._world.has_resource(MeshLibrary):
            for look in LOOKS:  # libraries are shared: all looks are there before two threads ask for one
                look_mesh(self._world.resource(MeshLibrary), self._world.resource(MaterialLibrary), look)
        fork = self._world.fork()
        goal = fork.resource(Clock).ticks + round(seconds * fork.resource(Clock).steps_per_sec)
        if change is not None:
            change(fork)
        standings = {} if runs.conductor is None else runs.conductor.standings
        aside = [*runs.troubles, *(name for name, each in standings.items() if each.reason)]
        branch = Branch(
            name, fork, goal, share=share, pace=pace, most_bytes=lambda: self._left_for(name), change=change, watch=watch,
            aside=aside,
        )  # fmt: skip
        self._branches[name] = branch
        branch.start()
        return branch

    def differences(self, name: str, other: str = "") -> list[Difference]:
        """What is other in a branch than in another, or in the present, as both stand now."""
        with self[name].held() as world:
            if not other or other == name:
                return find_differences(self._world, world)
            with self[other].held() as with_it:
                return find_differences(with_it, world)

    def adopt(self, name: str) -> None:
        """Make a branch the present: its simulators and what was changed there go on here, at its time. The branch stays.

        All else stays as it is here: what was read, scripted and commanded since the branch began is not lost.

        Raises
        ------
        TaixuError
            When what was changed there cannot be changed here any more; the world is then as before.
        """
        branch, world = self[name], self._world
        with branch.held() as future:
            state = future.resource(Simulations).save_state()
            if branch.change is not None:
                branch.change(world)
            runs = world.resource(Simulations)
            runs.load_state(state)
            world.resource(Clock).ticks = branch.ticks
        runs.follow(world)
        place_simulated(world, world_time_ns(world))

    def discard(self, name: str) -> None:
        """Stop a branch and forget it."""
        self[name].close()
        del self._branches[name]

    def look_after(self) -> None:
        """Give those up that hang; called once a frame."""
        for branch in self._branches.values():
            branch.give_up(self.hang_secs)

    def close(self) -> None:
        """Discard all."""
        for name in list(self._branches):
            self.discard(name)

    def _left_for(self, name: str) -> int:
        return self.most_bytes - sum(branch.bytes for branch in list(self._branches.values()) if branch.name != name)


def size_of(world: World) -> int:
    """Bytes of a world's columns and of its simulators' state."""
    columns = ((table, part.cls, fld.name) for table in world.tables for part in table.components for fld in part.fields)
    size = sum(table.read(cls, name).nbytes for table, cls, name in columns)
    return size + (world.resource(Simulations).state_bytes if world.has_resource(Simulations) else 0)
