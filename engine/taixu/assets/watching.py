"""Noticing edits on disk: a look at the few files that matter, four times a second, in a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import monotonic

from taixu.app.jobs import Job, Jobs
from taixu.assets.loading import Signature, file_signature

__all__ = ["FileWatch"]

_LOOK_SECS = 0.25


class FileWatch:
    """Tells which of some files were written since they were read.

    An edit counts once two looks in a row agree on it, so that half-written files are left alone. Polling rather than
    the system's notifications: it works on network drives, and a project's other thousands of files cost nothing.
    """

    def __init__(self, jobs: Jobs, wanted: Callable[[], Mapping[Path, Signature]]) -> None:
        self._jobs = jobs
        self._wanted = wanted
        self._seen: dict[Path, Signature] = {}
        self._looking: Job | None = None
        self._next = 0.0

    def poll(self, edited: Callable[[list[Path]], None]) -> None:
        """Look again when it is time; `edited` is called in a later `Jobs.poll`, with the files that were written."""
        now = monotonic()
        if now < self._next or (self._looking is not None and not self._looking.done):
            return
        self._next = now + _LOOK_SECS
        known = dict(self._wanted())
        if known:
            self._looking = self._jobs.submit_io(
                _signatures, (list(known),), label="looking for edits", priority=-1,
                then=lambda job: self._compare(job, known, edited),
            )

    def _compare(self, job: Job, known: Mapping[Path, Signature], edited: Callable[[list[Path]], None]) -> None:
        if job.result is None:
            return
        found: dict[Path, Signature] = job.result
        settled = [path for path, now in found.items() if now != known[path] and self._seen.get(path) == now]
        self._seen = {path: now for path, now in found.items() if now != known[path]}
        if settled:
            edited(settled)


def _signatures(paths: Iterable[Path]) -> dict[Path, Signature]:
    return {path: file_signature(path) for path in paths}
