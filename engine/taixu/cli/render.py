"""``taixu render``: pictures and films of a world or a model."""

from __future__ import annotations

import argparse
from dataclasses import replace
from functools import partial
from math import cos, pi, radians, sin, tau
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from taixu.cli.files import finished_file, need_suffix
from taixu.cli.layers import FRAME_RATE, layers, lead_secs, refuse_contradictions, write_layers
from taixu.cli.options import background, duration, exposure, moment, positive, positive_integer, samples, size, vector
from taixu.errors import UsageError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from taixu.defaults import App
    from taixu.render import ViewCamera

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Draws a world or a model; with no camera it frames the model."
usage = "THING --out FILE [options]"
example = "taixu render samples/gallery --out gallery.png --size 1920x1080"

TIERS = ("low", "medium", "high", "cinematic")
"""The renderer's tiers, which take seconds to import."""
_SAMPLES = 8
_FILM_RATE = FRAME_RATE
_TURN_SECS = 8.0
"""A film of a model goes around it once in this time."""
_PLAYED_SECS = 1.0
"""A model's clips need no past but their fading in: what comes before this last second is skipped, not played."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what to draw, from where and how."""
    add = parser.add_argument
    add("thing", type=Path, metavar="THING", help="a project folder, a *.world.json or a model")
    add("--out", type=Path, required=True, metavar="FILE", help="X.png, X.exr (linear), X.mp4; a folder for --outputs")
    add("--size", type=size, default=(1280, 720), metavar="WxH", help="in pixels; 1280x720")
    add("--env", type=Path, metavar="SKY", help="an equirectangular picture (HDR) as sky and light")
    add("--exposure", type=exposure, metavar="EV", help="stops: each doubles the brightness")
    add("--tonemap", choices=("neutral", "aces", "agx", "linear"), metavar="NAME", help="neutral, aces, agx or linear")
    add("--background", type=background, metavar="WHAT", help="sky, transparent or a colour #rrggbb")
    camera = parser.add_mutually_exclusive_group()
    camera.add_argument("--camera", metavar="NAME", help="a camera of the world or the model")
    camera.add_argument("--eye", type=vector, metavar="X,Y,Z", help="where to look from; --target X,Y,Z: where to")
    add("--target", type=vector, metavar="X,Y,Z", help=argparse.SUPPRESS)
    add("--fov", type=positive, metavar="DEG", help="vertical field of view, below 180")
    add("--time", type=moment, default=0.0, metavar="S", help="seconds into animation and simulation")
    add("--seconds", type=duration, default=4.0, metavar="S", help="length of a film; 4; of a folder: --frames N")
    add("--variant", default="", metavar="NAME", help="a model's material variant")
    add("--quality", choices=TIERS, metavar="TIER", help="as a window draws: low, medium, high or cinematic")
    add("--samples", type=samples, metavar="N", help="frames averaged; 8, 1 with --quality; from 64 on paths")
    add("--outputs", type=layers, default=(), metavar="LIST", help="hdr,depth,normals,ids,albedo,motion beside it, or all")
    add("--frames", type=positive_integer, metavar="N", help=argparse.SUPPRESS)
    add("--trust", action="store_true", help="let the project run its scripts")


def run(args: argparse.Namespace) -> int:
    """Open it, choose the camera, draw."""
    suffix = _refuse_contradictions(args)
    from taixu.cli.staging import open_thing, triangle_count
    from taixu.defaults import App

    start = perf_counter()
    with App.headless(size=args.size, trust=args.trust or None) as app:
        skipped_secs = max(0.0, args.time - _PLAYED_SECS)
        animated = args.time > 0 or suffix == ".mp4" or (args.frames or 1) > 1
        kind = open_thing(app, args.thing, animated=animated, from_secs=skipped_secs, variant=args.variant)
        runs_secs = args.time - (skipped_secs if kind == "model" else 0.0) - lead_secs(args)
        if runs_secs > 0:
            app.run(seconds=runs_secs)
        app.settle()
        if args.env is not None:
            _use_sky(app, args.env)
        camera = _camera(app, args)
        written: list[Path] = []
        if args.outputs:
            written = write_layers(app, args, partial(_seen, app, args, camera), _settings(args))
        elif suffix == ".mp4":
            _film(app, args, camera, turns=kind == "model")
        else:
            picture = app.picture(
                camera=camera, samples=args.samples, linear=suffix == ".exr", settings=_settings(args), quality=args.quality or ""
            )
            with finished_file(args.out) as unfinished:
                picture.save(unfinished)
        report = {
            "out": str(args.out),
            "size": list(args.size),
            "seconds": round(perf_counter() - start, 3),
            "triangles": triangle_count(app),
            "gpu": app.drawing.device.capabilities.name,
        }
        if written:
            report["outputs"] = [str(path) for path in written]
    args.console.answer(report)
    args.console.show(f"{args.out}: {report['triangles']} triangles in {report['seconds']} s on {report['gpu']}")
    return 0


def _refuse_contradictions(args: argparse.Namespace) -> str:
    if args.target is not None and args.eye is None:
        raise UsageError("--target wants --eye: where to look from")
    if args.eye is not None and args.eye == (args.target or (0.0, 0.0, 0.0)):
        raise UsageError("--eye and --target are the same point; move one of them")
    if args.fov is not None and args.fov >= 180:
        raise UsageError(f"--fov: {args.fov:g} degrees is not below 180")
    if args.samples is None:
        args.samples = 1 if args.quality else _SAMPLES
    refuse_contradictions(args)
    if args.outputs and not args.out.suffix:
        return ""
    return need_suffix(args.out, (".png", ".exr", ".mp4"), option="--out")


def _settings(args: argparse.Namespace) -> dict[str, Any]:
    """What the renderer's features want to know; what was not given is the world's."""
    given = {"exposure_ev": args.exposure, "tonemap": args.tonemap, "background": args.background}
    return {name: value for name, value in given.items() if value is not None}


def _use_sky(app: App, path: Path) -> None:
    from taixu.assets.image import read_image
    from taixu.render.lighting import LightingFeature

    pixels: NDArray[Any] = read_image(path)
    if pixels.dtype.kind != "f":
        from taixu.cli.conversions import linear_pixels

        pixels = linear_pixels(pixels)
    lighting = app.drawing.renderer.feature("lighting")
    assert isinstance(lighting, LightingFeature)
    lighting.use_sky(pixels[..., :3])


def _camera(app: App, args: argparse.Namespace) -> ViewCamera:
    from taixu.render import ViewCamera, frame_camera

    aspect = args.size[0] / args.size[1]
    if args.eye is not None:
        return ViewCamera.looking(args.eye, args.target or (0.0, 0.0, 0.0), fov_y_rad=_fov_rad(args, pi / 4))
    from taixu.defaults.drawing import main_camera

    entity = main_camera(app.world, name=args.camera or "")
    if entity is None:
        return frame_camera(app.world, aspect=aspect, fov_y_rad=_fov_rad(args, pi / 5))
    camera = ViewCamera.of_entity(app.world, entity)
    return replace(camera, fov_y_rad=_fov_rad(args, camera.fov_y_rad))


def _seen(app: App, args: argparse.Namespace, first: ViewCamera) -> ViewCamera:
    """The camera of the next frame: one of the world moves with it; what is framed stays framed as it was."""
    from taixu.defaults.drawing import main_camera

    is_worlds = args.eye is None and main_camera(app.world, name=args.camera or "") is not None
    return _camera(app, args) if is_worlds else first


def _fov_rad(args: argparse.Namespace, usual: float) -> float:
    return usual if args.fov is None else radians(args.fov)


def _film(app: App, args: argparse.Namespace, camera: ViewCamera, *, turns: bool) -> None:
    """Play, and film; a model without a camera of one's own choice is shown from all sides."""
    from taixu.assets.video import VideoWriter

    follows = args.eye is None and args.camera is None
    app.drawing.quality = args.quality or ""
    count = max(1, round(args.seconds * _FILM_RATE))
    steps = app.clock.steps_per_sec // _FILM_RATE
    writer = VideoWriter(args.out, size=args.size, fps=_FILM_RATE)
    with writer as film, args.console.progress("filming", count) as bar:
        for index in range(count):
            if follows:
                camera = _around(app, args, index / _FILM_RATE / _TURN_SECS) if turns else _camera(app, args)
            view = app.drawing.frame(
                app.world, camera=camera, delta_secs=1 / _FILM_RATE, settings=_settings(args)
            )
            film.write(app.drawing.read(view))
            app.run(ticks=steps)
            bar.step()


def _around(app: App, args: argparse.Namespace, turn: float) -> ViewCamera:
    from taixu.render import frame_camera

    angle = 0.5 + tau * turn
    direction = (sin(angle), 0.38, cos(angle))
    aspect = args.size[0] / args.size[1]
    return frame_camera(app.world, aspect=aspect, direction=direction, fov_y_rad=_fov_rad(args, pi / 5))
