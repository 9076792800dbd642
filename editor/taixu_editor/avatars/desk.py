"""The studio's worker: it draws somebody, and makes the look at the present draft; the window never waits for it."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from taixu_editor.avatars.choices import KINDS
from taixu_editor.avatars.draft import Draft

if TYPE_CHECKING:
    from taixu.app import Job, Jobs
    from taixu.assets.model import ModelData

__all__ = ["AvatarDesk"]

_SETTLE_SECS = 0.05
"""What is dragged changes many times a second."""
_HERE = "taixu_editor.avatars.making"


class AvatarDesk:
    """A draft, and a look at it.

    Attributes
    ----------
    catalogue
        What there is, by kind; empty until the worker has told.
    model
        The latest look, or None; `version` goes up with each.
    error
        Why there is none of the present draft.
    """

    def __init__(self) -> None:
        self.draft = Draft()
        self.catalogue: dict[str, dict[str, Any]] = {}
        self.model: ModelData | None = None
        self.version = 0
        self.error = ""
        self._jobs: Jobs | None = None
        self._asked_at = 0.0
        self._seen = -1
        """Version of the draft that the latest look is of, or that is being made."""
        self._wanted = -1
        self._looks = 0
        self._draws = 0

    @property
    def is_busy(self) -> bool:
        """Whether something is on its way."""
        return bool(self._draws or self._looks) or self._seen != self.draft.version

    def begin(self) -> None:
        """Start the worker, and draw the first one, where nobody was drawn yet."""
        if self._jobs is not None:
            return
        from taixu.app import Jobs

        self._jobs = Jobs(workers=1)
        self._jobs.submit(f"{_HERE}:catalogue", priority=3, label="avatars", then=self._know)
        if not self.draft.values:
            self.draw(kind=self.draft.kind)

    def draw(self, *, kind: str = "", words: str | None = None, preset: str = "", seed: int | None = None) -> None:
        """Draw somebody: of words, from a preset, or by another seed. Locked tabs stay as they are.

        Parameters
        ----------
        kind
            "human" or "cartoon"; empty for what the words mean.
        """
        self.begin()
        assert self._jobs is not None
        draft = self.draft
        said = draft.words if words is None else words
        number = draft.seed if seed is None else seed
        given = {each: draft.kept(each) for each in KINDS}

        def end(job: Job) -> None:
            self._draws -= 1
            if job.error is not None:
                self.error = str(job.error)
                return
            found = job.result
            self.error = ""
            draft.take(found["kind"], found["values"], words=said, preset=found["preset"], seed=number)

        self._draws += 1
        self._jobs.submit(f"{_HERE}:draw", (kind, said, preset, number, given), priority=2, label="an avatar", then=end)

    def show(self, kind: str, values: dict[str, Any], *, words: str = "", seed: int = 0) -> None:
        """Go on with somebody who was made before; what their specification leaves open is drawn."""
        self.begin()
        assert self._jobs is not None

        def end(job: Job) -> None:
            self._draws -= 1
            self.error = "" if job.error is None else str(job.error)
            if job.error is None:
                self.draft.take(kind, job.result["values"], words=words, preset=job.result["preset"], seed=seed)

        self._draws += 1
        self._jobs.submit(f"{_HERE}:draw", (kind, words, "", seed, {kind: values}), priority=2, label="an avatar", then=end)

    def frame(self) -> None:
        """Take in what has arrived, and ask for a look at what has changed."""
        if self._jobs is None:
            return
        if self._jobs.pending:
            self._jobs.poll()
        version, now = self.draft.version, monotonic()
        if version != self._wanted:
            self._wanted, self._asked_at = version, now
        if self._looks or self._draws or version == self._seen or not self.draft.values or now - self._asked_at < _SETTLE_SECS:
            return
        self._seen = version
        self._looks += 1
        arguments = (self.draft.kind, dict(self.draft.values))
        self._jobs.submit(f"{_HERE}:make_look", arguments, priority=1, label="an avatar", then=self._look)

    def close(self) -> None:
        """End the worker; what was chosen stays."""
        jobs, self._jobs = self._jobs, None
        if jobs is not None:
            jobs.close()
        self._looks = self._draws = 0

    def _know(self, job: Job) -> None:
        self.catalogue = job.result or {}

    def _look(self, job: Job) -> None:
        self._looks -= 1
        self.error = "" if job.error is None else str(job.error)
        if job.error is None:
            self.model = job.result
            self.version += 1
