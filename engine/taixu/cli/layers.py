"""``taixu render --outputs``: pictures with their layers, for data sets."""

from __future__ import annotations

import argparse
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.render import ViewCamera

__all__ = ["FRAME_RATE", "NAMES", "layers", "lead_secs", "refuse_contradictions", "write_layers"]

NAMES = ("hdr", "depth", "normals", "ids", "albedo", "motion")
"""The layers of `taixu.render.datasets`, which takes seconds to import."""
FRAME_RATE = 30


def layers(text: str) -> tuple[str, ...]:
    """Names by comma, or ``all``."""
    names = NAMES if text == "all" else tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in names:
        if name not in NAMES:
            raise ArgumentTypeError(f"there is no output {name!r}; there are {', '.join(NAMES)}, all")
    return names


def refuse_contradictions(args: argparse.Namespace) -> None:
    """What cannot be meant together.

    Raises
    ------
    UsageError
        With what to do instead.
    """
    suffix = args.out.suffix.lower()
    if args.frames is not None and not args.outputs:
        raise UsageError("--frames is for --outputs; a film's length is --seconds")
    if args.outputs and suffix not in (".png", ".exr", ""):
        raise UsageError("--outputs wants --out X.png or X.exr for one picture, or a folder for --frames")
    if args.outputs and suffix and (args.frames or 1) > 1:
        raise UsageError(f"--frames {args.frames} wants a folder, and --out {args.out} is one picture")


def lead_secs(args: argparse.Namespace) -> float:
    """How long before the first frame the world is drawn once: motion is that since then."""
    return 1 / FRAME_RATE if "motion" in args.outputs and args.time >= 1 / FRAME_RATE else 0.0


def write_layers(app: App, args: argparse.Namespace, camera: Callable[[], ViewCamera], settings: dict[str, Any]) -> list[Path]:
    """Draw frames a thirtieth of a second apart with what is wanted of them; gives the files.

    Motion is that since the thirtieth of a second before: the world is drawn once before its first frame, where it is old enough.
    """
    from taixu.render.datasets import BesidePicture, DatasetFolder, LayerView, ThingFinder

    count, steps = args.frames or 1, app.clock.steps_per_sec // FRAME_RATE
    beside = BesidePicture(args.out) if args.out.suffix else None
    writer = beside or DatasetFolder(args.out)
    finder, view = ThingFinder(app.world), LayerView(app.drawing.renderer, args.size, args.outputs)
    options: dict[str, Any] = {"samples": args.samples, "settings": settings, "quality": args.quality or ""}
    linear = args.out.suffix.lower() == ".exr"
    with args.console.progress("drawing", count) as bar:
        if lead_secs(args):
            view.draw(app.world, camera())
            app.run(ticks=steps)
        for index in range(count):
            app.settle()
            seen = camera()
            frame = view.draw(app.world, seen, delta_secs=1 / FRAME_RATE)
            picture = app.picture(camera=seen, linear=linear, **options)
            hdr = app.picture(camera=seen, linear=True, **options).pixels if "hdr" in args.outputs else None
            writer.add(frame, finder, picture=picture, hdr=hdr, secs=app.clock.now_secs)
            bar.step()
            if index + 1 < count:
                app.run(ticks=steps)
    writer.finish()
    view.release()
    return writer.files
