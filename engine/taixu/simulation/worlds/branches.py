"""What if: copies of the live world that run ahead, compared with it and with one another, and adopted or thrown away.

A branch is a fork of the world and of its simulators. A thread takes its fixed steps as fast as it may, of which it runs the
simulators: bodies, scripts and devices stand as they stood. What a branch takes of memory is counted before it is made and as it
runs; who has none left is told so.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from taixu.app import Clock
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import MaterialLibrary, MeshLibrary
from taixu.simulation.worlds.differing import Difference, find_differences
from taixu.simulation.worlds.looks import LOOKS, look_mesh
from taixu.simulation.worlds.runs import Simulations, step_copy

__all__ = ["Branch", "Branches"]

_MOST_SECS = 7 * 86400.0
_AT_ONCE_SECS = 0.5
"""How much a branch simulates before it says where things are, and looks at how much memory it takes."""


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
    reason
        Why it ended before its goal: one sentence.
    shown
        Whether it is seen as ghosts.
    """

    def __init__(self, name: str, world: World, goal_ticks: int, *, share: float, most_bytes: Callable[[], int]) -> None:
        self.name, self.world = name, world
        self.lock = threading.Lock()
        self.start_ticks, self.goal_ticks = world.resource(Clock).ticks, goal_ticks
        self.reason, self.shown, self.bytes = "", False, size_of(world)
        self.wall_secs = 0.0
        self._share, self._most_bytes = share, most_bytes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"taixu branch {name}", daemon=True)

    @property
    def ticks(self) -> int:
        """The fixed step that it has come to."""
        return self.world.resource(Clock).ticks

    @property
    def progress(self) -> float:
        """How much of its run is done, 0 to 1."""
        return (self.ticks - self.start_ticks) / max(self.goal_ticks - self.start_ticks, 1)

    @property
    def is_running(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive()

    @property
    def faster(self) -> float:
        """Simulated seconds for each second that it took."""
        secs = (self.ticks - self.start_ticks) / self.world.resource(Clock).steps_per_sec
        return secs / self.wall_secs if self.wall_secs > 0 else 0.0

    def start(self) -> None:
        """Begin to run."""
        self._thread.start()

    def wait(self, secs: float | None = None) -> bool:
        """Wait for its end; says whether it came."""
        self._thread.join(secs)
        return not self.is_running

    def close(self) -> None:
        """Stop it, and close its simulators."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()
        self.world.resource(Simulations).close()

    def _run(self) -> None:
        clock = self.world.resource(Clock)
        while clock.ticks < self.goal_ticks and not self._stop.is_set():
            began = time.perf_counter()
            steps = min(max(1, round(_AT_ONCE_SECS * clock.steps_per_sec)), self.goal_ticks - clock.ticks)
            try:
                with self.lock:
                    step_copy(self.world, steps=steps)
                    self.bytes = size_of(self.world)
            except TaixuError as error:
                self.reason = str(error)
                return
            except MemoryError:
                self.reason = "the machine has no memory left for it"
                return
            if self.bytes > self._most_bytes():
                self.reason = f"it has grown to {self.bytes >> 20:,} MB, and there is no more for branches; discard one"
                return
            taken = time.perf_counter() - began
            self.wall_secs += taken
            # Whoever looks at the present comes first; a lock that is let go and taken again at once would keep everybody out.
            self._stop.wait(max(taken * (1.0 / self._share - 1.0), 1e-5))


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
    """

    def __init__(self, world: World, *, most_bytes: int = 1 << 30, most: int = 8) -> None:
        self.most_bytes, self.most = most_bytes, most
        self._world = world
        self._branches: dict[str, Branch] = {}

    def __iter__(self) -> Iterator[Branch]:
        return iter(list(self._branches.values()))

    def __getitem__(self, name: str) -> Branch:
        if name not in self._branches:
            raise TaixuError(f"there is no branch {name!r:.60}; there are {', '.join(self._branches) or 'none'}")
        return self._branches[name]

    def begin(
        self, name: str, *, seconds: float, change: Callable[[World], None] | None = None, share: float = 0.5
    ) -> Branch:
        """Fork the world as it stands, change the copy, and have it run ahead.

        Parameters
        ----------
        name
            Unlike any other branch's.
        seconds
            How far, simulated.
        change
            What is other there; called with the copy before it runs.
        share
            Of a core that it may take, above 0 to 1.

        Raises
        ------
        TaixuError
            When there is no memory left for it, or something of this cannot be; the world stays as it is.
        """
        if not name or name in self._branches:
            raise TaixuError(f"a branch wants a name of its own, not {name!r:.60}")
        if not 0 < seconds <= _MOST_SECS or not 0 < share <= 1:
            raise TaixuError(f"a branch runs ahead for 0 to {_MOST_SECS:g} s, on a share of a core from 0 to 1")
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
        branch = Branch(name, fork, goal, share=share, most_bytes=lambda: self._left_for(name))
        self._branches[name] = branch
        branch.start()
        return branch

    def differences(self, name: str, other: str = "") -> list[Difference]:
        """What is other in a branch than in another, or in the present, as both stand now."""
        branch = self[name]
        with branch.lock:
            if not other:
                return find_differences(self._world, branch.world)
            with self[other].lock:
                return find_differences(self[other].world, branch.world)

    def adopt(self, name: str) -> None:
        """Make a branch the present: the world goes on from where it came to. The branch stays, to be compared with."""
        branch = self[name]
        with branch.lock:
            self._world.restore(branch.world.snapshot())

    def discard(self, name: str) -> None:
        """Stop a branch and forget it."""
        self[name].close()
        del self._branches[name]

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
