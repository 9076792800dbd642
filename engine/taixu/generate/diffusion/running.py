"""Running a pipeline: progress and previews at each step, an end at any of them, and a look at what came out."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.generate.diffusion.loading import LoadedPipeline, told_errors
from taixu.generate.diffusion.previews import PreviewMaker
from taixu.generate.diffusion.seamless import Roller
from taixu.generate.generator import Progress

__all__ = ["run_pipeline"]


def run_pipeline(
    loaded: LoadedPipeline,
    progress: Progress,
    *,
    steps: int,
    size: tuple[int, int],
    span: tuple[float, float] = (0.0, 1.0),
    text: str = "",
    roller: Roller | None = None,
    **arguments: Any,
) -> NDArray[np.float32]:
    """Run a pipeline and give its pictures, [count, h, w, 3] from 0 to 1.

    Parameters
    ----------
    progress
        Told of each step, with a preview. What it raises ends the run at once, and comes out as it is.
    steps, size
        How many steps; width and height in pixels.
    span
        Which part of the progress this is.
    text
        What is being done, before "step 3 of 20".
    roller
        Rolls latents between steps.
    arguments
        The pipeline's own. Those that it does not know are left out where they are None, and refused otherwise.

    Raises
    ------
    TaixuError
        When it fails, or nothing but black or numbers that are none come out.
    """
    import torch

    pipeline = loaded.pipeline
    known = inspect.signature(pipeline.__call__).parameters
    given = {key: value for key, value in arguments.items() if value is not None}
    unknown = [key for key in given if key not in known]
    if unknown:
        kind = type(pipeline).__name__
        raise TaixuError(f"the model {loaded.facts.name} ({kind}) has no use for {', '.join(unknown)}; leave it out")
    steps_told = _Steps(progress, span, steps, text, PreviewMaker(pipeline, size), roller)
    given |= {key: value for key, value in (("output_type", "np"), ("num_inference_steps", steps)) if key in known}
    try:
        with told_errors(loaded.facts.name, "failed"), torch.inference_mode(), _heard(pipeline, known, steps_told, given):
            made = pipeline(**given)
    except BaseException as error:
        _tidy(pipeline)
        if steps_told.stopped is not None:
            raise steps_told.stopped from None
        raise error
    _need_allowed(made, loaded)
    return _pictures(made, loaded)


class _Steps:
    """What hears of steps."""

    def __init__(
        self, progress: Progress, span: tuple[float, float], count: int, text: str, previews: PreviewMaker, roller: Roller | None
    ) -> None:
        self.progress, self.span, self.count, self.text, self.previews = progress, span, max(count, 1), text, previews
        self.roller = roller
        self.done = 0
        self.stopped: BaseException | None = None

    def tell(self, latents: Any) -> None:
        self.done += 1
        share = min(self.done / self.count, 1.0)
        first, last = self.span
        said = f"{self.text}{', ' if self.text else ''}step {min(self.done, self.count)} of {self.count}"
        preview = None if latents is None else self.previews.show(latents)
        try:
            self.progress(first + (last - first) * share, said, preview)
        except BaseException as error:
            self.stopped = error
            raise

    def at_step_end(self, pipeline: Any, step: int, timestep: Any, values: dict[str, Any]) -> dict[str, Any]:
        self.count = int(getattr(pipeline, "num_timesteps", 0) or self.count)  # fewer, where a picture is changed but a little
        self.tell(values.get("latents"))
        if self.roller is not None:
            values["latents"] = self.roller.roll(values["latents"], is_last=self.done >= self.count)
        return values


@contextmanager
def _heard(pipeline: Any, known: Any, steps: _Steps, given: dict[str, Any]) -> Iterator[None]:
    """Have each step told: by the pipeline, or by its scheduler where a pipeline tells nothing."""
    if "callback_on_step_end" in known:
        allowed = getattr(pipeline, "_callback_tensor_inputs", ["latents"])
        given["callback_on_step_end"] = steps.at_step_end
        if "callback_on_step_end_tensor_inputs" in known:
            given["callback_on_step_end_tensor_inputs"] = [name for name in ("latents",) if name in allowed]
        yield
        return
    scheduler = pipeline.scheduler
    plain = scheduler.step

    def step(*positional: Any, **named: Any) -> Any:
        found = plain(*positional, **named)
        steps.tell(found[0] if isinstance(found, tuple) else getattr(found, "prev_sample", None))
        return found

    scheduler.step = step
    try:
        yield
    finally:
        del scheduler.step


def _tidy(pipeline: Any) -> None:
    """After an end in the middle, what lay on the device goes back to where it waits."""
    free = getattr(pipeline, "maybe_free_model_hooks", None)
    if free is not None:
        free()


def _need_allowed(made: Any, loaded: LoadedPipeline) -> None:
    """Models may bring a checker of their own, which blackens what it refuses."""
    flagged = getattr(made, "nsfw_content_detected", None)
    if flagged is not None and any(flagged):
        raise TaixuError(f"the checker in the model {loaded.facts.name} refuses what came out; try other words or another seed")


def _pictures(made: Any, loaded: LoadedPipeline) -> NDArray[np.float32]:
    found = getattr(made, "images", None)
    if found is None:
        found = made[0] if isinstance(made, tuple) else getattr(made, "prediction", None)
    pictures = np.asarray(found, np.float32)
    if pictures.ndim == 3:
        pictures = pictures[None]
    if pictures.ndim != 4 or pictures.shape[-1] not in (1, 3, 4):
        raise TaixuError(f"the model {loaded.facts.name} gave no pictures")
    is_finite = bool(np.isfinite(pictures).all())
    if not is_finite or not pictures.any():
        what = "nothing but black" if is_finite else "numbers that are none"
        how = "another seed or other words" if loaded.holding.precision == "float32" else "precision=float32"
        raise TaixuError(f"the model {loaded.facts.name} made {what}; try {how}")
    return pictures
