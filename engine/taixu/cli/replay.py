"""``taixu replay``: any moment of a recording, in words or as a picture."""

from __future__ import annotations

import argparse
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli.files import finished_file, need_suffix
from taixu.cli.options import size
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.twin.memory import Moment, Recording

__all__ = ["add_arguments", "example", "read_time", "run", "summary", "usage"]

summary = "Says what a recording holds, or shows the world as it was at any moment."
usage = "RECORDING [--at TIME] [--out FILE] [options]"
example = "taixu replay night-shift --at 2026-05-01T03:12:00Z --out then.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the recording, the moment and what to show of it."""
    add = parser.add_argument
    add("recording", type=Path, metavar="RECORDING", help="the folder that a twin recorded into")
    add("--at", default="", metavar="TIME", help="2026-05-01T08:00:00Z, or seconds from the beginning (-5: from the end)")
    add("--known", default="", metavar="TIME", help="what was true at that time, by all that was known by this one")
    add("--against", default="", metavar="TIME", help="say what is different from another moment")
    add("--tables", type=Path, metavar="DIR", help="write everything as Parquet tables, one a column, for DuckDB and others")
    add("--out", type=Path, metavar="FILE", help="the picture: X.png or X.exr")
    add("--project", type=Path, metavar="DIR", help="where the project's files are now")
    add("--camera", default=None, metavar="NAME", help="a camera of the world")
    add("--size", type=size, default=(1280, 720), metavar="WxH", help="in pixels; 1280x720")


def run(args: argparse.Namespace) -> int:
    """Open it, go there, show it."""
    from taixu.twin.memory import Recording
    from taixu.twin.memory.comparing import compare_moments

    if args.out is not None:
        need_suffix(args.out, (".png", ".exr"), option="--out")
    if (args.known or args.against) and not args.at:
        raise UsageError("--known and --against want --at: which moment")
    recording = Recording(args.recording)
    first, last = recording.span_ns
    report: dict[str, Any] = {
        "recording": str(args.recording), "from": text_of(first), "to": text_of(last), "ticks": len(recording.ticks),
        "rows": recording.rows,
        "events": sum(1 for _ in recording.events()),
    }
    known = read_time(args.known, recording, option="--known") if args.known else None
    at = read_time(args.at, recording, option="--at") if args.at else last
    moment = recording.moment(at, known_ns=known)
    report |= {"at": text_of(at), "tick": moment.tick, "entities": len(moment.tracks)}
    lines = [
        f"{args.recording}: {report['from']} to {report['to']}",
        f"{report['ticks']:,} ticks, {report['rows']:,} values, {report['events']:,} events",
        f"at {report['at']}: {report['entities']:,} entities",
    ]
    if args.against:
        other = recording.moment(read_time(args.against, recording, option="--against"))
        report["different"] = compare_moments(moment, other).counts()
        lines += [f"  {name}: {count:,} different" for name, count in report["different"].items()] or ["  nothing is different"]
    if args.tables is not None:
        report["tables"] = _export(args, recording)
        lines += [f"  {args.tables / name}: {rows:,} values" for name, rows in report["tables"].items()]
    if args.out is not None:
        report["notes"] = _draw(args, recording, moment)
        report["out"] = str(args.out)
        lines += [*report["notes"], f"{args.out}"]
    args.console.answer(report)
    args.console.show("\n".join(lines))
    return 0


def read_time(text: str, recording: Recording, *, option: str) -> int:
    """Nanoseconds since 1970 of a time that a person writes.

    Raises
    ------
    UsageError
        When it is none.
    """
    first, last = recording.span_ns
    try:
        secs = float(text)
    except ValueError:
        secs = math.nan
    if math.isfinite(secs):
        if abs(secs) > 1e11:
            raise UsageError(f"{option}: {text} seconds are too many")
        return (last if secs < 0 or text.startswith("-") else first) + round(secs * 1e9)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text[:40]!r} is no time; write 2026-05-01T08:00:00Z, or seconds from the beginning") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1e6) * 1000


def text_of(time_ns: int) -> str:
    """A time in ISO 8601, UTC, to the microsecond."""
    try:
        return datetime.fromtimestamp(time_ns / 1e9, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise TaixuError(f"a recording speaks of {time_ns} ns, a time that no calendar has; it is damaged") from None


def _export(args: argparse.Namespace, recording: Recording) -> dict[str, int]:
    from taixu.twin.memory.export import export_tables

    with args.console.progress("writing tables", 100) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            while shown < 100 * done // total:
                shown += 1
                bar.step()

        return export_tables(recording, args.tables, progress=show)


def _draw(args: argparse.Namespace, recording: Recording, moment: Moment) -> list[str]:
    from taixu.defaults import App

    with App.headless(size=args.size) as app:
        notes = _enter(app, args, recording, moment)
        picture = app.picture(camera=args.camera, linear=args.out.suffix.lower() == ".exr")
        with finished_file(args.out) as unfinished:
            picture.save(unfinished)
    return notes


def _enter(app: App, args: argparse.Namespace, recording: Recording, moment: Moment) -> list[str]:
    """Fill the app's world with a moment; its files are looked for where they were, or where the user says."""
    from taixu.defaults.projects import enter_project
    from taixu.edit import WorldSettings, read_project
    from taixu.twin.memory.restoring import fill_moment
    from taixu.twin.plugin import TwinPlugin

    app.add_plugin(TwinPlugin())
    notes: list[str] = []
    root = args.project or Path(str(recording.about.get("project", "")))
    if args.project is not None or (root.parts and root.is_dir()):
        enter_project(app.world, read_project(root), trust=False)
    elif root.parts:
        notes.append(f"the project {root} is not there any more; say with --project where its files are")
    said = recording.about.get("settings")
    app.resource(WorldSettings).values.update(said if isinstance(said, dict) else {})
    return notes + fill_moment(app.world, moment, app.components)
