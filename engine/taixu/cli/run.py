"""``taixu run``: plays a world, in a window or headless, and says what it took."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli.files import finished_file, need_suffix
from taixu.cli.keeping import keep_between_sessions
from taixu.cli.mods.loading import tell_mods
from taixu.cli.options import duration, positive_integer, seed, size
from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.cli.profiling import PassProfile
    from taixu.defaults import App

__all__ = ["QUALITIES", "add_arguments", "example", "run", "summary", "usage"]

QUALITIES = ("low", "medium", "high", "cinematic", "auto")
"""The renderer's tiers, which take seconds to import."""

summary = "Plays a world: in a window, or headless at full speed with every step taken."
usage = "WORLD [options]"
example = "taixu run samples/playground --headless --seconds 3 --out toys.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world, how long, and what to keep."""
    add = parser.add_argument
    add("world", type=Path, metavar="WORLD", help="a project folder or a *.world.json file")
    add("--headless", action="store_true", help="no window; wants --seconds or --ticks")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--seconds", type=duration, metavar="S", help="simulated time after which to stop")
    length.add_argument("--ticks", type=positive_integer, metavar="N", help="fixed steps after which to stop")
    add("--record", type=Path, metavar="X.mp4", help="film it, headless")
    add("--out", type=Path, metavar="X.png", help="the last picture, headless: X.png or X.exr")
    add("--size", type=size, default=(1280, 720), metavar="WxH", help="of window, film and picture; 1280x720")
    add("--quality", choices=QUALITIES, metavar="TIER", help="low, medium, high, cinematic, or auto: measured")
    add("--seed", type=seed, default=0, metavar="N", help="of the world's chance; 0")
    add("--physics", choices=("pybullet", "rapier"), default="auto", metavar="NAME", help="pybullet or rapier")
    add("--mods", type=Path, metavar="DIR", help="a folder of mods in place of the project's mods/")
    add("--trust", action="store_true", help="let the project run its scripts")
    add("--profile", action="store_true", help="say what each pass of its pictures costs")


def run(args: argparse.Namespace) -> int:
    """Open, play, and report."""
    _refuse_contradictions(args)
    from taixu.defaults import App
    from taixu.script.alarm import end_alarms, use_alarms

    use_alarms()
    make = App.headless if args.headless else App.windowed
    try:
        with make(size=args.size, physics=args.physics, seed=args.seed, trust=args.trust or None) as app:
            if args.quality == "auto" or (args.quality is None and not args.headless):
                app.drawing.choose_quality()
            elif args.quality is not None:
                app.drawing.quality = args.quality
            app.open(args.world, mods=args.mods or True)
            if not args.headless:
                keep_between_sessions(app, args.world)
            tell_mods(app, args.console)
            profile = _profile(app, args) if args.profile else None
            if args.headless:
                _play(app, args, profile)
            else:
                app.run(seconds=args.seconds, ticks=args.ticks)
            report = _report(app) | (profile.report() if profile is not None else {})
    finally:
        end_alarms()
    written = [str(path) for path in (args.record, args.out) if path is not None]
    args.console.answer(report | {"out": written})
    args.console.show("\n".join(_lines(report, written)))
    return 0


def _refuse_contradictions(args: argparse.Namespace) -> None:
    if args.mods is not None and not args.mods.is_dir():
        raise UsageError(f"--mods: {args.mods} is no folder")
    if args.headless and args.seconds is None and args.ticks is None:
        raise UsageError("--headless wants an end: give --seconds or --ticks")
    if not args.headless and (args.record is not None or args.out is not None):
        raise UsageError("--record and --out want --headless")
    if args.record is not None:
        need_suffix(args.record, (".mp4",), option="--record")
    if args.out is not None:
        need_suffix(args.out, (".png", ".exr"), option="--out")


def _profile(app: App, args: argparse.Namespace) -> PassProfile:
    from taixu.app import Stage
    from taixu.cli.profiling import PassProfile

    profile = PassProfile(app, draws=args.headless and args.record is None)
    if not args.headless:
        app.add_system(Stage.PRESENT, lambda _world: profile.step(), name="profile_passes", after=("present_window",))
    return profile


def _play(app: App, args: argparse.Namespace, profile: PassProfile | None) -> None:
    total = args.ticks or max(1, round(args.seconds * app.clock.steps_per_sec))
    with args.console.progress("playing", total) as bar:

        def step(done: int, total: int) -> None:
            bar.step()
            if profile is not None:
                profile.step()

        app.run(ticks=total, record=args.record, progress=step)
    if args.out is not None:
        # With a tier, what a window would show; else a picture that takes its time.
        drawn: dict[str, Any] = {"quality": app.drawing.quality, "samples": 1} if args.quality is not None else {}
        with finished_file(args.out) as unfinished:
            app.picture(linear=args.out.suffix.lower() == ".exr", **drawn).save(unfinished)


def _report(app: App) -> dict[str, Any]:
    from taixu.bench.measure import peak_mb

    return {
        "ticks": app.clock.ticks,
        "frames": app.clock.frames,
        "entities": len(app.world),
        "stages": app.diagnostics.milliseconds(),
        "rss_peak_mb": peak_mb(),
        "state_hash": app.world.state_hash(),
    }


def _lines(report: dict[str, Any], written: list[str]) -> list[str]:
    from taixu.cli.profiling import table

    frame = report["stages"].get("frame", {"p50": 0.0, "p95": 0.0})
    return [
        (f"{report['ticks']} ticks, {report['entities']} entities, {frame['p50']} ms a frame ({frame['p95']} at worst "
        f"of twenty), {report['rss_peak_mb']} MB"),
        *(table(report) if "passes" in report else ()),
        *(f"wrote {path}" for path in written),
    ]
