"""The first look: a small result of what is asked for right now, made anew whenever that changes, on a worker of its own.

What somebody drags changes many times a second. One small order is under way at a time, and the latest wish comes next; an order
that takes long is given up for a newer one. Generators whose looks take long are asked when hands rest for a while; those which
take far too long, or need weights, show nothing before somebody makes something.
"""

from __future__ import annotations

import os
from pathlib import Path
from shutil import rmtree
from time import monotonic
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu_editor.generating.wish import Wish, look_settings

if TYPE_CHECKING:
    from taixu.app import Job, Jobs
    from taixu.generate import Generation, Generations, Generator, Result
    from taixu_editor.host import Host

__all__ = ["Looking"]

_SETTLE_SECS = 0.06
"""What is typed comes letter by letter."""
_REST_SECS = 0.8
"""Of generators that take long, only what somebody stays at is looked at."""
_PATIENCE_SECS = 4.0
_QUICK_SECS, _MOST_SECS = 3.0, 40.0
"""A look of more than the first is a long one; after one of more than the second no other is made by itself."""


class Looking:
    """What the panel shows while somebody turns sliders.

    Attributes
    ----------
    result
        Of the latest wish that could be made, with the `wish` that it is of.
    preview
        The latest picture of what is being made, uint8 [h, w, 3 or 4], or None.
    version
        Changes when one of these does.
    picture
        Of a result that is no picture itself: a sound's wave, a model as it is seen.
    error
        Why the latest wish cannot be made, in one sentence.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._jobs: Jobs | None = None
        self._generations: Generations | None = None
        self._current: Generation | None = None
        self._current_wish: Wish | None = None
        self._began = 0.0
        self._wanted: Wish | None = None
        self._wanted_at = 0.0
        self._secs: dict[str, float] = {}
        """How long each generator's latest look took."""
        self.result: Result | None = None
        self.wish: Wish | None = None
        self.preview: Any = None
        self.picture: Path | None = None
        self.version = 0
        self.error = ""

    @property
    def is_busy(self) -> bool:
        """Whether a picture is on its way."""
        return self._current is not None or self._wanted is not None

    @property
    def progress(self) -> float:
        """How far the one that is made now is."""
        return 0.0 if self._current is None else self._current.progress

    def is_live(self, generator: Generator) -> bool:
        """Whether a generator is quick enough to be asked at each change."""
        return not generator.needs.weights and self._secs.get(generator.name, 0.0) < _MOST_SECS

    def want(self, wish: Wish | None) -> None:
        """Look at this from now on; the same wish again changes nothing."""
        if wish == (self._wanted or self._current_wish or self.wish):
            return
        if wish is None:
            self.clear()
            return
        self._wanted, self._wanted_at = wish, monotonic()

    def clear(self) -> None:
        """Look at nothing."""
        if self._current is not None:
            self._current.cancel()
        self._current = self._current_wish = self._wanted = self.result = self.wish = self.preview = None
        self._drop_picture()
        self.error = ""
        self.version += 1

    def frame(self) -> None:
        """Take in what has arrived, and begin what is wanted."""
        if self._jobs is not None and self._jobs.pending:
            self._jobs.poll()
        now = monotonic()
        current = self._current
        if current is not None:
            shown = current.preview
            if shown is not None and shown is not self.preview and getattr(shown, "ndim", 0) == 3:
                self.preview = shown
                self.version += 1
            if current.is_over:
                self._end(current, now)
            elif self._wanted is not None and now - self._began > _PATIENCE_SECS:
                current.cancel()
        if self._current is None and self._wanted is not None:
            is_long = self._secs.get(self._wanted.generator, 0.0) > _QUICK_SECS
            if now - self._wanted_at >= (_REST_SECS if is_long else _SETTLE_SECS):
                self._begin(now)

    def close(self) -> None:
        """Give everything up, and end the worker."""
        jobs, self._jobs, self._generations = self._jobs, None, None
        self.clear()
        if jobs is not None:
            jobs.close()

    def _begin(self, now: float) -> None:
        wish, self._wanted = self._wanted, None
        assert wish is not None
        try:
            generations = self._ready()
            generator = generations.generators.find(wish.generator, model=wish.model)
            order = wish.order(self._host.session.project, **look_settings(generator))
            self._current, self._current_wish, self._began = generations.submit(order, priority=1), wish, now
        except TaixuError as error:
            self._fail(wish, str(error))

    def _end(self, current: Generation, now: float) -> None:
        wish, self._current, self._current_wish = self._current_wish, None, None
        self._secs[current.generator.name] = now - self._began
        if current.result is not None:
            self.result, self.wish, self.preview, self.error = current.result, wish, None, ""
            self.version += 1
            self._ask_picture(current.result)
        elif current.state == "failed":
            self._fail(wish, str(current.error))

    def _ask_picture(self, result: Result) -> None:
        """Have a worker draw what is no picture."""
        if result.files[0].suffix in (".png", ".jpg", ".jpeg", ".webp") or self._jobs is None:
            return
        folder = self._host.session.project.root / ".taixu" / "generate" / "look" / result.key
        files = [(str(file), made.role) for file, made in zip(result.files, result.provenances, strict=True)]

        def end(job: Job) -> None:
            if self.result is result and job.result:
                self._drop_picture()
                self.picture = folder / job.result[-1]
                self.version += 1
            else:
                rmtree(folder, ignore_errors=True)

        self._jobs.submit("taixu_editor.generating.small:make_small", (files, str(folder)), label="a look", then=end)

    def _drop_picture(self) -> None:
        if self.picture is not None:
            rmtree(self.picture.parent, ignore_errors=True)
            self.picture = None

    def _fail(self, wish: Wish | None, error: str) -> None:
        self.wish, self.error, self.result, self.preview = wish, error, None, None
        self._drop_picture()
        self.version += 1

    def _ready(self) -> Generations:
        from taixu.app import Jobs
        from taixu.generate import Generations

        if self._generations is None:
            self._jobs = Jobs(workers=1)
            self._generations = Generations(self._jobs, generators=self._host.studio.generators)
        return self._generations


def workers() -> int:
    """How many wishes are made at once: generators use all cores by themselves."""
    return 2 if (os.cpu_count() or 1) > 3 else 1
