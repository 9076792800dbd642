"""Beats: how often something happens. Takt time is the time between two beats; throughput is beats an hour."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import Any, Generic, Literal, TypeVar

__all__ = ["SHOWN", "Beats", "Shown"]

Shown = Literal["mean", "last", "deviation", "per_hour", "count"]
SHOWN: tuple[Shown, ...] = ("mean", "last", "deviation", "per_hour", "count")
_KEPT = 4096
_MAX_GROUPS = 10_000
K = TypeVar("K", bound="int | str")


class Beats(Generic[K]):
    """Times of events by group, the newest few thousand of each.

    Parameters
    ----------
    over_secs
        The time that means and counts are about.
    """

    def __init__(self, *, over_secs: float, began_ns: int) -> None:
        self.over_ns = round(over_secs * 1e9)
        self.began_ns = began_ns
        self._times: OrderedDict[K, deque[int]] = OrderedDict()

    def beat(self, group: K, time_ns: int) -> None:
        """Something happened."""
        times = self._times.get(group)
        if times is None:
            if len(self._times) >= _MAX_GROUPS:
                self._times.popitem(last=False)
            times = self._times[group] = deque(maxlen=_KEPT)
        times.append(time_ns)

    def forget(self, group: K) -> None:
        """There is no such group any more."""
        self._times.pop(group, None)

    def __iter__(self) -> Iterator[K]:
        return iter(self._times)

    def value(self, group: K, shown: Shown, *, target_secs: float, now_ns: int) -> float | None:
        """What is asked for, in seconds (an hour's beats, a number); None while too little has happened.

        An interval that goes on already longer than the last one took is the last one: a line that stands still shows it.
        """
        times = self._times.get(group, deque())
        recent = [each for each in times if each > now_ns - self.over_ns]
        if shown == "count":
            return float(len(recent))
        if shown == "per_hour":
            passed = min(self.over_ns, now_ns - self.began_ns)
            return len(recent) * 3600e9 / passed if passed > 0 else None
        if len(times) < 2:
            return None
        last = max(times[-1] - times[-2], now_ns - times[-1]) * 1e-9
        if shown == "last":
            return last
        if len(recent) < 2:
            return None if shown == "mean" else last - target_secs
        mean = (recent[-1] - recent[0]) * 1e-9 / (len(recent) - 1)
        return mean if shown == "mean" else mean - target_secs

    def text(self, group: K, *, target_secs: float, now_ns: int) -> str:
        """The last interval beside its target, and whether the next one is late."""
        last = self.value(group, "last", target_secs=target_secs, now_ns=now_ns)
        if last is None or not target_secs:
            return ""
        times = self._times[group]
        late = " late" if (now_ns - times[-1]) * 1e-9 > target_secs else ""
        return f"{last:.1f}/{target_secs:g} s{late}"

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"began_ns": self.began_ns, "times": [[group, list(times)] for group, times in self._times.items()]}

    def restore(self, said: Any) -> None:
        """Go on with what `as_dict` gave."""
        self.began_ns = int(said["began_ns"])
        for group, times in said["times"][-_MAX_GROUPS:]:
            if not isinstance(group, (int, str)):
                raise ValueError(group)
            self._times[group] = deque(map(int, times), maxlen=_KEPT)  # type: ignore[index]

    def copy(self) -> Beats[K]:
        """To go on with in a fork."""
        other: Beats[K] = Beats(over_secs=self.over_ns * 1e-9, began_ns=self.began_ns)
        other._times = OrderedDict((group, deque(times, maxlen=_KEPT)) for group, times in self._times.items())
        return other
