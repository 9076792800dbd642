"""Time: fixed steps for what must be reproducible, frames for what is shown."""

from __future__ import annotations

from typing import Any

__all__ = ["Clock"]


class Clock:
    """The time of one world (a resource).

    Parameters
    ----------
    steps_per_sec
        Fixed steps in a second of simulated time.
    max_steps
        The most steps that one frame may take before time is dropped (rather than spiralling); None never drops.
    """

    def __init__(self, *, steps_per_sec: int = 60, max_steps: int | None = 5) -> None:
        self.steps_per_sec = steps_per_sec
        self.max_steps = max_steps
        self.paused = False
        self.speed = 1.0
        self.ticks = 0
        """Fixed steps done since the world started (int64)."""
        self.frames = 0
        self.frame_secs = 0.0
        """Length of the present frame, for `on_frame` and animation, in simulated seconds."""
        self.start_ns = 0
        """Twin time at tick 0, in nanoseconds since 1970."""
        self.dropped_secs = 0.0
        self._left_secs = 0.0

    @property
    def step_secs(self) -> float:
        """Length of a fixed step, in seconds."""
        return 1.0 / self.steps_per_sec

    @property
    def now_secs(self) -> float:
        """Simulated time at the last fixed step, in seconds."""
        return self.ticks / self.steps_per_sec

    @property
    def now_ns(self) -> int:
        """Twin time at the last fixed step, in nanoseconds since 1970; exact however long it runs."""
        return self.start_ns + self.ticks * 1_000_000_000 // self.steps_per_sec

    @property
    def alpha(self) -> float:
        """How far the shown moment lies between the last two fixed steps, 0 to 1."""
        return min(self._left_secs * self.steps_per_sec, 1.0)

    def begin_frame(self, real_secs: float) -> int:
        """Take in the real seconds since the last frame; gives how many fixed steps are due."""
        self.frames += 1
        self.frame_secs = 0.0 if self.paused else real_secs * self.speed
        # A hair of slack, so that sixty frames of a sixtieth make sixty steps.
        self._left_secs += self.frame_secs
        steps = int(self._left_secs * self.steps_per_sec + 1e-6)
        self._left_secs = max(self._left_secs - steps / self.steps_per_sec, 0.0)
        if self.max_steps is not None and steps > self.max_steps:
            self.dropped_secs += (steps - self.max_steps) / self.steps_per_sec
            steps = self.max_steps
        return steps

    def end_step(self) -> None:
        """A fixed step is done."""
        self.ticks += 1

    def save_state(self) -> dict[str, Any]:
        return dict(vars(self))

    def load_state(self, state: dict[str, Any]) -> None:
        vars(self).update(state)

    def fork(self, world: object) -> Clock:
        other = Clock()
        other.load_state(self.save_state())
        return other
